import { askCentral, CentralError } from "../../central/client";
import type { Instance } from "../../contract/instance";
import { readCertificate } from "../../core/certificate";
import type { RunContext } from "../context";
import { runLoop, type Outcome, UnfinishedError } from "../loop";
import type { KubernetesClient } from "../../kubernetes/client";
import { KubernetesSecret, secretField, type StoredSecret } from "../../kubernetes/secret";
import type { VaultClient } from "../../vault/client";
import { OperationError } from "../../core/errors";

const DAY = 86_400_000;

/** Lifetime of a certificate, and the remaining lifetime below which it is renewed. */
const LIFETIME_HOURS = 365 * 24;
const RENEW_BEFORE = 30 * DAY;

/** Milliseconds between two checks for a certificate that another program issues. */
const POLL = 2_000;

interface ServerCertificate {
  readonly certificate: string;
  readonly caCertificate: string;
}

type Kubernetes = NonNullable<Instance["kubernetes"]>;

/** The Secret with the servers' certificate. The central Vault issues the certificate. Its private key never passes Terraform. */
export class CertificateSecret {
  static of(client: KubernetesClient, { namespace, certificate }: Kubernetes): CertificateSecret {
    return new CertificateSecret(new KubernetesSecret(client, namespace, certificate.secretName), certificate);
  }

  private constructor(
    private readonly secret: KubernetesSecret,
    private readonly certificate: Kubernetes["certificate"],
  ) {}

  /** @returns The certificate of the authority, PEM; undefined if the servers have no certificate yet. */
  async readCa(): Promise<string | undefined> {
    return parseSecret(await this.secret.read())?.caCertificate;
  }

  /**
   * Makes sure that the certificate exists, fits the servers' names and is valid for long enough. One that others issue is waited for.
   *
   * @returns The certificate of the authority, PEM.
   */
  async ensure(central: VaultClient, run: RunContext): Promise<string> {
    const { names, issuer } = this.certificate;
    if (issuer === undefined) return this.waitForOthers(run);
    const secret = await this.secret.read();
    const current = parseSecret(secret);
    if (current !== undefined && fits(current, names, run.clock.date())) return current.caCertificate;
    const { caCertificate, data } = await issue(central, issuer, names);
    if (await this.secret.write(secret, { type: "kubernetes.io/tls", stringData: data })) return caCertificate;
    // Another run was first. Use its certificate.
    return (await this.readCa()) ?? caCertificate;
  }

  private waitForOthers(run: RunContext): Promise<string> {
    const { path } = this.secret;
    return runLoop<ServerCertificate | undefined, ServerCertificate | undefined, string>(run, {
      observe: async () => parseSecret(await this.secret.read()),
      decide: (found) => found,
      perform: (found): Promise<Outcome<string>> =>
        Promise.resolve(
          found === undefined
            ? { wait: `the Secret ${path} holds no certificate` }
            : { done: this.checkReadable(found) },
        ),
      recover: () => undefined,
      unfinished: (code) =>
        new UnfinishedError(
          code,
          code === "interrupted"
            ? `Interrupted while the Secret ${path} held no certificate; run this again.`
            : `The Secret ${path} holds no tls.crt with its ca.crt; fill it with the servers' certificate, for example by cert-manager.`,
        ),
      poll: POLL,
    });
  }

  private checkReadable(found: ServerCertificate): string {
    if (isReadable(found)) return found.caCertificate;
    throw new OperationError(
      "certificate-damaged",
      `The Secret ${this.secret.path} holds a tls.crt or a ca.crt that is not a valid certificate; fill it again with the servers' certificate, for example by cert-manager.`,
    );
  }
}

async function issue(
  central: VaultClient,
  { mount, role }: NonNullable<Kubernetes["certificate"]["issuer"]>,
  names: readonly string[],
): Promise<{ readonly caCertificate: string; readonly data: Record<string, string> }> {
  const [commonName, ...otherNames] = names;
  const { body } = await askCentral(central, "POST", `${mount}/issue/${role}`, {
    body: { common_name: commonName, alt_names: otherNames.join(","), ip_sans: "127.0.0.1", ttl: `${LIFETIME_HOURS}h` },
  }).catch(explainRefusal);
  const issued = body.data as { certificate: string; private_key: string; issuing_ca: string; ca_chain?: string[] };
  const caCertificate = issued.ca_chain?.at(-1) ?? issued.issuing_ca;
  return {
    caCertificate,
    data: {
      "tls.crt": [issued.certificate, ...(issued.ca_chain?.slice(0, -1) ?? [])].join("\n"),
      "tls.key": issued.private_key,
      "ca.crt": caCertificate,
    },
  };
}

function explainRefusal(error: unknown): never {
  if (error instanceof CentralError && error.status === 400) {
    throw new CentralError(
      "refused",
      `${error.message.replace(/\.$/, "")}; deploy the stack "<tenant>-access", which allows the names of the tenant's servers.`,
      error.status,
    );
  }
  throw error;
}

/** Whether a certificate names every server and is valid for long enough. */
export function fits(current: ServerCertificate, names: readonly string[], now: Date): boolean {
  const parsed = readCertificate(current.certificate);
  return (
    parsed !== undefined &&
    isReadable(current) &&
    names.every((name) => parsed.checkHost(name) !== undefined) &&
    Date.parse(parsed.validTo) - now.getTime() > RENEW_BEFORE
  );
}

function isReadable({ certificate, caCertificate }: ServerCertificate): boolean {
  return [certificate, caCertificate].every((pem) => readCertificate(pem) !== undefined);
}

function parseSecret(secret: StoredSecret | undefined): ServerCertificate | undefined {
  const [certificate, caCertificate] = [secretField(secret, "tls.crt"), secretField(secret, "ca.crt")];
  if (certificate === undefined || caCertificate === undefined) return undefined;
  return { certificate, caCertificate };
}
