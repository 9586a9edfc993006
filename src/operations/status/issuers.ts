import type { Instance, Replica } from "../../contract/instance";
import { readCertificate } from "../../core/certificate";
import { mapConcurrently } from "../../core/concurrent";
import type { Secret } from "../../core/secret";
import type { ContentRequests } from "../../vault/content";
import { ReplicaError } from "../../vault/errors";
import { pkiMounts } from "../certificates/pki-session";
import type { OperatorToken } from "../identities/operator-token";

const READS_AT_ONCE = 4;

/** The issuer from which the roles of a PKI mount issue. */
export interface IssuerSummary {
  /** Path of the mount. */
  readonly mount: string;
  /** When its certificate expires, RFC 3339. */
  readonly expires: string;
}

/** An instance that is asked about its issuers. */
interface Asked {
  readonly instance: Instance;
  /** Its active server; undefined if there is none. */
  readonly active: Replica | undefined;
  readonly operator: Pick<OperatorToken, "get">;
  readonly content: (replica: Replica, token: Secret) => Pick<ContentRequests, "read">;
}

/**
 * The default issuer of each PKI mount that the tenant file describes, as the identity `operate`. Former issuers are left out: they
 * expire as planned.
 */
export async function issuersOf({ instance, active, operator, content }: Asked): Promise<readonly IssuerSummary[]> {
  const mounts = pkiMounts({ instance });
  // Without the record's fields, the root token does not take the place of the identity.
  const token = mounts.length === 0 ? undefined : await operator.get({}, active);
  if (token === undefined || active === undefined) return [];
  const api = content(active, token);
  const found = await mapConcurrently(mounts, READS_AT_ONCE, async (mount): Promise<IssuerSummary[]> => {
    const { certificate = "" } = ((await api.read(`${mount}/cert/ca`).catch(undefinedIfRefused)) ?? {}) as {
      certificate?: string;
    };
    const expires = readCertificate(certificate)?.validTo;
    return expires === undefined ? [] : [{ mount, expires: new Date(expires).toISOString() }];
  });
  return found.flat();
}

/** A mount that does not exist yet or has no issuer, and a policy of before. */
function undefinedIfRefused(error: unknown): undefined {
  if (error instanceof ReplicaError) return undefined;
  throw error;
}
