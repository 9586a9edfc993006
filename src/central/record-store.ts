import { RECORDS_MOUNT } from "../contract/central-vault";
import {
  VaultError,
  type VaultClient,
  type VaultFailure,
  type VaultRequest,
  type VaultResponse,
} from "../vault/client";
import type { RecordFields } from "./record";

const TOO_MANY_REQUESTS = 429;

/** And above. */
const SERVER_FAILED = 500;

/** The central Vault did not do its part. */
export class CentralError extends VaultError {
  override readonly name = "CentralError";

  /** Whether time may heal it: it restarts, is sealed until people unseal it, or has too much to do. */
  get isPassing(): boolean {
    if (this.failure === "unreachable" || this.failure === "sealed") return true;
    return this.status !== undefined && (this.status >= SERVER_FAILED || this.status === TOO_MANY_REQUESTS);
  }
}

/** The record of one instance in the central Vault. Every method throws {@link CentralError} when it fails. */
export class RecordStore {
  readonly path: string;

  constructor(
    private readonly central: VaultClient,
    tenant: string,
    name: string,
  ) {
    this.path = `${tenant}/${name}`;
  }

  async read(): Promise<SeenRecord> {
    const { status, body, serverTime } = await askCentral(this.central, "GET", this.url("data"), { accept: [404] });
    const { data, metadata } = (body.data ?? {}) as { data?: RecordFields | null; metadata?: VersionMetadata };
    if (metadata === undefined) {
      // A 404 with errors is a missing mount, or one of another type; without, a path that was never written.
      if (status === 404 && Array.isArray(body.errors) && body.errors.length > 0) throw noMount(this.central);
      return { version: 0, fields: {}, deleted: false, age: 0 };
    }
    const now = serverTime ?? Date.now();
    return {
      version: metadata.version,
      fields: data ?? {},
      deleted: metadata.deletion_time !== "" || metadata.destroyed,
      age: Math.max(0, (now - Date.parse(metadata.created_time)) / 1000),
    };
  }

  /**
   * Writes all fields as the version after `version`.
   *
   * @returns The new version.
   * @throws CentralError `conflict` when another wrote in between.
   */
  async write(fields: RecordFields, version: number): Promise<number> {
    const { body } = await askCentral(this.central, "POST", this.url("data"), {
      body: { data: fields, options: { cas: version } },
    });
    return (body.data as VersionMetadata).version;
  }

  /** Deletes a version, recoverably. */
  async delete(version: number): Promise<void> {
    await askCentral(this.central, "POST", this.url("delete"), { body: { versions: [version] } });
  }

  /** What the record says that is not secret; empty where there is no record. */
  async readMetadata(): Promise<Readonly<Record<string, string>>> {
    const { body } = await askCentral(this.central, "GET", this.url("metadata"), { accept: [404] });
    return (body.data as { custom_metadata?: Record<string, string> | null } | undefined)?.custom_metadata ?? {};
  }

  /** Sets the given keys of the custom metadata, removes those that are null, and leaves the others alone. */
  async patchMetadata(patch: Readonly<Record<string, string | null>>): Promise<void> {
    const body = { custom_metadata: patch };
    const { status } = await askCentral(this.central, "PATCH", this.url("metadata"), {
      body,
      contentType: "application/merge-patch+json",
      accept: [404],
    });
    // Where nothing was ever written, as for an instance without keys, there is nothing to patch.
    if (status === 404) await askCentral(this.central, "POST", this.url("metadata"), { body });
  }

  /** Destroys every version and the metadata, for good. */
  async destroy(): Promise<void> {
    await askCentral(this.central, "DELETE", this.url("metadata"));
  }

  private url(part: "data" | "metadata" | "delete"): string {
    return `${RECORDS_MOUNT}/${part}/${this.path}`;
  }
}

interface VersionMetadata {
  readonly version: number;
  readonly created_time: string;
  readonly deletion_time: string;
  readonly destroyed: boolean;
}

/** Names of everything under a folder of the records' mount: tenants for `""`, instances for `"<tenant>/"`. */
export async function listRecords(central: VaultClient, folder: string): Promise<string[]> {
  const { body } = await askCentral(central, "LIST", `${RECORDS_MOUNT}/metadata/${folder}`, { accept: [404] });
  return (body.data as { keys?: string[] } | undefined)?.keys ?? [];
}

/** Sends a request to the central Vault; a failure says in one sentence what to do. */
export async function askCentral(
  central: VaultClient,
  method: "GET" | "POST" | "PATCH" | "LIST" | "DELETE",
  path: string,
  request: VaultRequest = {},
): Promise<VaultResponse> {
  try {
    return await central.send(method, path, request);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new CentralError(error.failure, explain(error, central.address, path), error.status);
  }
}

function explain(error: VaultError, address: string, path: string): string {
  const { failure, message } = error;
  // Of the login that the client tried on the way, which says what to do.
  if (error instanceof CentralError)
    return `The token for ${path} is denied, and the login for another failed: ${message}`;
  const sentences: Record<VaultFailure, string> = {
    unreachable: `The central Vault at ${address} does not answer (${message}); check VAULT_ADDR and that it runs.`,
    untrusted: `The central Vault at ${address} is not trusted: ${message}; set VAULT_CACERT to the certificate of its CA.`,
    sealed: `The central Vault at ${address} is sealed or not initialised; unseal it, which this program never does, and run this again.`,
    denied: `The central Vault at ${address} refuses the token for ${path}; use one that is valid and has the policy tenant-vault-hook.`,
    missing: `The central Vault at ${address} has nothing at ${path}; deploy the stack "central" first.`,
    conflict: `The central Vault at ${address} has a newer version of ${path}: another wrote it at the same time.`,
    refused: `The central Vault at ${address} refuses the request ${message}.`,
  };
  return sentences[failure];
}

function noMount(central: VaultClient): CentralError {
  return new CentralError(
    "missing",
    `The central Vault at ${central.address} has no KV version 2 mount "${RECORDS_MOUNT}"; deploy the stack "central" first.`,
    404,
  );
}

/** The record as the central Vault has it. */
export interface SeenRecord {
  /** Version that the next check-and-set write names; 0 where nothing was ever written. */
  readonly version: number;
  /** Empty where there is no version, or it is deleted. */
  readonly fields: RecordFields;
  /** Whether the newest version is deleted, recoverably. */
  readonly deleted: boolean;
  /** Seconds since this version was written, by the central Vault's clock. */
  readonly age: number;
}
