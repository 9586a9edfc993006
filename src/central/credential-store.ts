import { ACCESS_FIELDS, ACCESS_MOUNT, accessPath, type LoginName } from "../contract/identities";
import { Secret } from "../core/secret";
import type { VaultClient } from "../vault/client";
import { CentralError } from "./client";
import { readSecret, writeSecret } from "./key-value";

/** What an identity logs in with. */
export interface Credential {
  readonly roleId: string;
  readonly secretId: Secret;
  /** Names the secret ID without telling it. */
  readonly accessor: string;
  /** When the secret ID expires. */
  readonly expires: Date;
}

/** The credentials of an identity as the central Vault has them. */
export interface SeenCredential {
  /** Version that the next check-and-set write names; 0 where nothing was ever written. */
  readonly version: number;
  /** All fields, also those of others. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Undefined if there is none, or it is incomplete. */
  readonly credential: Credential | undefined;
}

/** The credentials of one instance's identities in the central Vault. Every method throws {@link CentralError} when it fails. */
export class CredentialStore {
  /** `<tenant>/<instance>`. */
  private readonly instance: string;

  constructor(
    private readonly central: VaultClient,
    tenant: string,
    name: string,
  ) {
    this.instance = `${tenant}/${name}`;
  }

  async read(identity: LoginName): Promise<SeenCredential> {
    const path = accessPath(this.instance, identity);
    const { data, metadata } = await readSecret(this.central, ACCESS_MOUNT, path);
    const fields = data ?? {};
    return { version: metadata?.version ?? 0, fields, credential: parseCredential(fields) };
  }

  /** Reads the credential of an earlier version; undefined if that is deleted, or there is none. */
  async readVersion(identity: LoginName, version: number): Promise<Credential | undefined> {
    const path = accessPath(this.instance, identity);
    const { data = {} } = await readSecret(this.central, ACCESS_MOUNT, path, version);
    return parseCredential(data);
  }

  /**
   * Writes a credential beside the fields of others, and reads it back.
   *
   * @throws CentralError `conflict` if another wrote in between.
   */
  async write(identity: LoginName, { fields, version }: SeenCredential, credential: Credential): Promise<void> {
    const path = accessPath(this.instance, identity);
    await writeSecret(this.central, ACCESS_MOUNT, path, withCredential(fields, credential), version);
    const seen = await this.read(identity);
    if (seen.credential?.secretId.equals(credential.secretId) !== true) {
      throw new CentralError(
        "conflict",
        `Another program wrote ${this.path(identity)} at the same time; run this again.`,
      );
    }
  }

  /** Where the credentials are, as Vault's own command names it. */
  path(identity: LoginName): string {
    return `${ACCESS_MOUNT}/${accessPath(this.instance, identity)}`;
  }
}

/** The fields of a secret with a credential. */
export function withCredential(
  fields: Readonly<Record<string, unknown>>,
  { roleId, secretId, accessor, expires }: Credential,
): Readonly<Record<string, unknown>> {
  return {
    ...fields,
    [ACCESS_FIELDS.roleId]: roleId,
    [ACCESS_FIELDS.secretId]: secretId.reveal(),
    [ACCESS_FIELDS.accessor]: accessor,
    [ACCESS_FIELDS.expires]: expires.toISOString(),
  };
}

/** The credential in the fields of a secret; undefined if it is incomplete. */
export function parseCredential(fields: Readonly<Record<string, unknown>>): Credential | undefined {
  const [roleId, secretId, accessor, expires] = [
    ACCESS_FIELDS.roleId,
    ACCESS_FIELDS.secretId,
    ACCESS_FIELDS.accessor,
    ACCESS_FIELDS.expires,
  ].map((name) => fields[name]);
  if (typeof roleId !== "string" || typeof secretId !== "string") return undefined;
  if (typeof accessor !== "string" || typeof expires !== "string" || Number.isNaN(Date.parse(expires)))
    return undefined;
  return { roleId, secretId: new Secret(secretId), accessor, expires: new Date(expires) };
}
