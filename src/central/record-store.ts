import { systemClock, type Clock } from "../core/clock";
import { OperationError } from "../core/errors";
import { RECORDS_MOUNT, recordPath } from "../contract/central-vault";
import type { VaultClient } from "../vault/client";
import type { KeyType } from "../vault/keys";
import { askCentral } from "./client";
import { customMetadata, readSecret, writeSecret } from "./key-value";
import { formerKeySets, type EarlierVersion, type KeySet } from "./pending-keys";
import { hasKeys, recordedKeys, type RecordFields } from "./record";

/** The newest version of a record in the central Vault. */
export interface SeenRecord {
  /** Version for the next check-and-set write; 0 if nothing was ever written. */
  readonly version: number;
  /** Empty if there is no version or it is deleted. */
  readonly fields: RecordFields;
  /** Whether the newest version is deleted or destroyed. */
  readonly deleted: boolean;
  /** Time at which Vault deletes this version by itself, RFC 3339; undefined if it keeps the version. */
  readonly expires?: string | undefined;
  /** Seconds since this version was written, by the central Vault's clock. */
  readonly age: number;
}

/** Versions that KV version 2 keeps if neither the secret nor its mount says it. The larger of the two counts. */
const DEFAULT_VERSIONS = 10;

/** The record of one instance in the central Vault. Every method throws a CentralError if it fails. */
export class RecordStore {
  readonly path: string;

  constructor(
    private readonly central: VaultClient,
    tenant: string,
    name: string,
    private readonly clock: Clock = systemClock,
  ) {
    this.path = `${tenant}/${name}`;
  }

  async read(): Promise<SeenRecord> {
    const { data, metadata, serverTime } = await readSecret(this.central, RECORDS_MOUNT, this.path);
    if (metadata === undefined) return { version: 0, fields: {}, deleted: false, age: 0 };
    const now = serverTime ?? this.clock.date().getTime();
    const { deletion_time: deletion } = metadata;
    // `delete_version_after` sets a time in the future. Until then the fields are readable.
    const deleted = metadata.destroyed || (deletion !== "" && data === undefined);
    return {
      version: metadata.version,
      fields: data ?? {},
      deleted,
      ...(deleted || deletion === "" ? {} : { expires: deletion }),
      age: Math.max(0, (now - Date.parse(metadata.created_time)) / 1000),
    };
  }

  /**
   * Writes all fields as the version after `version`.
   *
   * @returns The new version.
   * @throws CentralError `conflict` if another program wrote in between.
   */
  write(fields: RecordFields, version: number): Promise<number> {
    return writeSecret(this.central, RECORDS_MOUNT, this.path, fields, version);
  }

  /** Reads a version; undefined if it is deleted, or there is none. */
  async readVersion(version: number): Promise<RecordFields | undefined> {
    return (await readSecret(this.central, RECORDS_MOUNT, this.path, version)).data;
  }

  /** Finds the newest readable version before `before` that has more than `more` keys; undefined if there is none. */
  async versionWithKeys(type: KeyType, more: number, before: number): Promise<number | undefined> {
    for await (const { version, fields } of this.earlier(before))
      if (recordedKeys(fields, type).length > more) return version;
    return undefined;
  }

  /** Reads the newest version with these keys, as `keysFingerprint` tells them; undefined if none that can be read has them. */
  async readWithKeys(type: KeyType, fingerprint: string): Promise<RecordFields | undefined> {
    const { version: newest } = await this.read();
    for await (const { fields } of this.earlier(newest + 1)) if (hasKeys(fields, type, fingerprint)) return fields;
    return undefined;
  }

  /** Reads the sets of keys that rotations have replaced, the newest first, as far as the central Vault keeps them. */
  formerKeys(type: KeyType, { fields, version }: SeenRecord): Promise<readonly KeySet[]> {
    return formerKeySets(fields, type, this.earlier(version));
  }

  /** Deletes a version. It can be undeleted. */
  async delete(version: number): Promise<void> {
    await askCentral(this.central, "POST", this.url("delete"), { body: { versions: [version] } });
  }

  /**
   * How many versions of the record the central Vault keeps, as far as the token lets this program see that.
   *
   * @returns Undefined if the record and its mount may keep any number.
   */
  async keptVersions(): Promise<number | undefined> {
    const { max_versions: own = 0, current_version: newest = 0, oldest_version: oldest = 0 } = await this.ownMetadata();
    const config = await askCentral(this.central, "GET", `${RECORDS_MOUNT}/config`, { accept: [403, 404] });
    if (config.status === 200) {
      const { max_versions: mount = 0 } = config.body.data as { max_versions?: number };
      return Math.max(own, mount) || DEFAULT_VERSIONS;
    }
    if (own > 0) return own;
    // The hook may not read the settings of the mount. What it has dropped tells them.
    return oldest > 1 ? newest - oldest + 1 : undefined;
  }

  /** Reads the custom metadata, which contain no secret; empty if there is no record. */
  async readMetadata(): Promise<Readonly<Record<string, string>>> {
    return customMetadata(await this.ownMetadata());
  }

  /** Sets the given keys of the custom metadata, removes those that are null, and leaves the others alone. */
  async patchMetadata(patch: Readonly<Record<string, string | null>>): Promise<void> {
    const body = { custom_metadata: patch };
    const { status } = await askCentral(this.central, "PATCH", this.url("metadata"), {
      body,
      contentType: "application/merge-patch+json",
      accept: [404],
    });
    // If no version was ever written, as for an instance without keys, the metadata do not exist yet.
    if (status === 404) await askCentral(this.central, "POST", this.url("metadata"), { body });
  }

  /** Destroys every version and the metadata. They cannot be restored. */
  async destroy(): Promise<void> {
    await askCentral(this.central, "DELETE", this.url("metadata"));
  }

  /** The versions before `before` that can be read, the newest first. */
  private async *earlier(before: number): AsyncGenerator<EarlierVersion> {
    const { oldest_version: oldest = 0 } = await this.ownMetadata();
    for (let version = before - 1; version >= Math.max(1, oldest); version--) {
      const fields = await this.readVersion(version);
      if (fields !== undefined) yield { version, fields };
    }
  }

  /** What KV version 2 says of the secret; empty if there is none. */
  private async ownMetadata(): Promise<Partial<Record<"max_versions" | "current_version" | "oldest_version", number>>> {
    const { body } = await askCentral(this.central, "GET", this.url("metadata"), { accept: [404] });
    return body.data ?? {};
  }

  private url(part: "metadata" | "delete"): string {
    return `${RECORDS_MOUNT}/${part}/${this.path}`;
  }
}

/** Lists the names in a folder of the records: tenants for `""`, instances for `"<tenant>/"`. */
export async function listRecords(central: VaultClient, folder: string): Promise<string[]> {
  const { body } = await askCentral(central, "LIST", `${RECORDS_MOUNT}/metadata/${folder}`, { accept: [404] });
  return (body.data as { keys?: string[] } | undefined)?.keys ?? [];
}

/** The newest version of a record is deleted, and nobody knows whether it should be. */
export function recordDeleted({ path }: Pick<RecordStore, "path">, version: number): OperationError {
  const record = recordPath(path);
  return new OperationError(
    "record-deleted",
    `The record ${record} is deleted; undelete version ${version}, or an earlier one that holds the keys, with "vault kv undelete -versions=${version} ${record}" and run this again.`,
  );
}
