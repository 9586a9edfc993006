import { systemClock, type Clock } from "../core/clock";
import { RECORDS_MOUNT } from "../contract/central-vault";
import type { VaultClient } from "../vault/client";
import type { KeyType } from "../vault/keys";
import { askCentral, CentralError } from "./client";
import { recordedKeys, type RecordFields } from "./record";

/** The record as the central Vault has it. */
export interface SeenRecord {
  /** Version that the next check-and-set write names; 0 where nothing was ever written. */
  readonly version: number;
  /** Empty where there is no version, or it is deleted. */
  readonly fields: RecordFields;
  /** Whether the newest version is deleted, recoverably. */
  readonly deleted: boolean;
  /** When the newest version is deleted by itself, RFC 3339; undefined if it is kept. */
  readonly expires?: string | undefined;
  /** Seconds since this version was written, by the central Vault's clock. */
  readonly age: number;
}

/** The record of one instance in the central Vault. Every method throws {@link CentralError} when it fails. */
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
    const { status, body, serverTime } = await askCentral(this.central, "GET", this.url("data"), { accept: [404] });
    const { data, metadata } = (body.data ?? {}) as { data?: RecordFields | null; metadata?: VersionMetadata };
    if (metadata === undefined) {
      // A 404 with errors is a missing mount, or one of another type; without, a path that was never written.
      if (status === 404 && Array.isArray(body.errors) && body.errors.length > 0) throw noMount(this.central);
      return { version: 0, fields: {}, deleted: false, age: 0 };
    }
    const now = serverTime ?? this.clock.date().getTime();
    const { deletion_time: deletion } = metadata;
    // `delete_version_after` sets a time in the future: until then the fields are there.
    const deleted = metadata.destroyed || (deletion !== "" && (data ?? undefined) === undefined);
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
   * @throws CentralError `conflict` when another wrote in between.
   */
  async write(fields: RecordFields, version: number): Promise<number> {
    const { body } = await askCentral(this.central, "POST", this.url("data"), {
      body: { data: fields, options: { cas: version } },
    });
    return (body.data as VersionMetadata).version;
  }

  /** The newest version before this one that holds more keys than that; undefined if none that can be read does. */
  async versionWithKeys(type: KeyType, more: number, before: number): Promise<number | undefined> {
    for (let version = before - 1; version > 0; version--) {
      const path = `${this.url("data")}?version=${version}`;
      const { body } = await askCentral(this.central, "GET", path, { accept: [404] });
      const { data } = (body.data ?? {}) as { data?: RecordFields | null };
      if (recordedKeys(data ?? {}, type).length > more) return version;
    }
    return undefined;
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

function noMount(central: VaultClient): CentralError {
  return new CentralError(
    "missing",
    `The central Vault at ${central.address} has no KV version 2 mount "${RECORDS_MOUNT}"; deploy the stack "central" first.`,
    404,
  );
}
