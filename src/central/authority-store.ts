import { AUTHORITIES_MOUNT, AUTHORITY_FIELDS, authorityPath } from "../contract/authorities";
import { OperationError } from "../core/errors";
import { Secret } from "../core/secret";
import type { VaultClient } from "../vault/client";
import { CentralError } from "./client";
import { readField, readSecret, writeSecret } from "./key-value";

type Part = keyof typeof AUTHORITY_FIELDS;

/** What the central Vault holds of an exported CA. */
export interface HeldParts {
  /** PEM, PKCS #8. */
  readonly key: Secret | undefined;
  /** PEM. */
  readonly certificate: string | undefined;
}

/**
 * The CAs of one instance whose keys the central Vault holds. Key and certificate are two secrets, because each is written once, with
 * a token that may not overwrite it.
 */
export class AuthorityStore {
  /** @param instance `<tenant>/<instance>`. */
  constructor(
    private readonly central: VaultClient,
    private readonly instance: string,
  ) {}

  /** @throws OperationError `authority-deleted` if a person has deleted a part. */
  async read(issuer: string): Promise<HeldParts> {
    const [key, certificate] = [await this.readPart(issuer, "key"), await this.readPart(issuer, "certificate")];
    return { key: key === undefined ? undefined : new Secret(key), certificate };
  }

  /** Writes the key, unless there is one. */
  keepKey(issuer: string, key: Secret): Promise<void> {
    return this.keep(issuer, "key", key.reveal());
  }

  /** Writes the certificate, unless there is one. */
  keepCertificate(issuer: string, certificate: string): Promise<void> {
    return this.keep(issuer, "certificate", certificate);
  }

  /** A bundle that a person has written; undefined if there is none. */
  readBundle(mount: string, path: string, field: string): Promise<Secret | undefined> {
    return readField(this.central, mount, path, field);
  }

  private async readPart(issuer: string, part: Part): Promise<string | undefined> {
    const path = this.pathOf(issuer, part);
    const { data, metadata } = await readSecret(this.central, AUTHORITIES_MOUNT, path);
    if (metadata === undefined) return undefined;
    const { [AUTHORITY_FIELDS[part]]: value } = data ?? {};
    if (typeof value === "string" && value !== "") return value;
    throw new OperationError(
      "authority-deleted",
      `The central Vault no longer has ${AUTHORITIES_MOUNT}/${path}; recover it with "vault kv undelete" or "vault kv rollback", or raise generation of the PKI for another CA.`,
    );
  }

  /** A token without the right to update is denied what exists. The next turn reads it. */
  private async keep(issuer: string, part: Part, value: string): Promise<void> {
    const path = this.pathOf(issuer, part);
    try {
      await writeSecret(this.central, AUTHORITIES_MOUNT, path, { [AUTHORITY_FIELDS[part]]: value }, 0);
    } catch (error) {
      const isTaken = error instanceof CentralError && (error.failure === "denied" || error.failure === "conflict");
      if (!isTaken || (await this.readPart(issuer, part)) === undefined) throw error;
    }
  }

  private pathOf(issuer: string, part: Part): string {
    return `${authorityPath(this.instance, issuer)}/${part}`;
  }
}
