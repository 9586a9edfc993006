import { isDeepStrictEqual } from "node:util";
import { RECORDS_MOUNT, SHARES_MOUNT, SHARE_GROUPS, sharesPath } from "../contract/central-vault";
import type { Clock } from "../core/clock";
import { OperationError } from "../core/errors";
import type { VaultClient } from "../vault/client";
import { askCentral, CentralError } from "./client";
import { customMetadata, readSecret, writeSecret } from "./key-value";
import type { KeySet } from "./pending-keys";
import type { RecordFields } from "./record";
import { RecordStore, type SeenRecord } from "./record-store";

/**
 * Field of a copy, and key of the record's metadata, that identifies all keys of the instance. It is not the version of the record,
 * because other programs write that as well.
 */
export const KEY_SET = "key-set";

/** The parts of one record that groups of watchers read. Every method throws a CentralError if it fails. */
export class ShareCopies {
  constructor(
    private readonly central: VaultClient,
    /** `<tenant>/<instance>`. */
    private readonly instance: string,
  ) {}

  /** Names of the groups; none if the central Vault has no such mount, or keeps it from this program. */
  async groups(): Promise<readonly string[]> {
    const { groups = "" } = customMetadata(await this.lookAt("GET", SHARE_GROUPS));
    return groups.split(" ").filter((name) => name !== "");
  }

  /** Writes the copy of a group if it is another one, and reads it back. */
  async keep(group: string, copy: RecordFields): Promise<void> {
    const path = `${group}/${this.instance}`;
    const { data, metadata } = await readSecret(this.central, SHARES_MOUNT, path);
    if (isDeepStrictEqual(data, copy)) return;
    await writeSecret(this.central, SHARES_MOUNT, path, copy, metadata?.version ?? 0);
    if (isDeepStrictEqual((await readSecret(this.central, SHARES_MOUNT, path)).data, copy)) return;
    throw new CentralError(
      "conflict",
      `Another program wrote ${sharesPath(group, this.instance)} at the same time; run this again.`,
    );
  }

  /** Destroys the copies of every group, also of those that are not declared any more. */
  async destroy(): Promise<void> {
    const { keys = [] } = (await this.lookAt("LIST", "")) as { keys?: readonly string[] };
    for (const folder of keys.filter((key) => key.endsWith("/")))
      await askCentral(this.central, "DELETE", `${SHARES_MOUNT}/metadata/${folder}${this.instance}`);
  }

  /** Empty if there is nothing, no such mount, or it is kept from this program. */
  private async lookAt(method: "GET" | "LIST", path: string): Promise<object> {
    try {
      const { body } = await askCentral(this.central, method, `${SHARES_MOUNT}/metadata/${path}`, { accept: [403] });
      return body.data ?? {};
    } catch (error) {
      if (error instanceof CentralError && error.failure === "missing") return {};
      throw error;
    }
  }
}

/** A record as the watcher of a share group sees it: the shares of the group instead of the keys. */
export class ShareGroupRecord implements Pick<RecordStore, "path" | "read" | "readMetadata" | "formerKeys"> {
  readonly path: string;

  constructor(
    private readonly central: VaultClient,
    private readonly group: string,
    tenant: string,
    name: string,
    private readonly clock: Pick<Clock, "date">,
  ) {
    this.path = `${tenant}/${name}`;
  }

  /** @throws OperationError `shares-missing` or `shares-outdated` if the group has not the shares of the keys in the record. */
  async read(): Promise<SeenRecord> {
    const record = await this.readRecordMetadata();
    const newest = record.versions?.[record.current_version ?? 0];
    if (newest === undefined || newest.destroyed || this.isPast(newest.deletion_time))
      return { version: record.current_version ?? 0, fields: {}, deleted: newest !== undefined, age: 0 };
    const copy = sharesPath(this.group, this.path);
    const { data, metadata } = await readSecret(this.central, SHARES_MOUNT, `${this.group}/${this.path}`);
    if (data === undefined || metadata === undefined) {
      throw new OperationError(
        "shares-missing",
        `The central Vault has no shares of ${this.path} at ${copy}; name the group in shareGroups of the CentralVault, choose a threshold of at least 2 for the instance, and run "tenant-vault unseal ${this.path}".`,
      );
    }
    const { [KEY_SET]: keySet, ...fields } = data;
    if (keySet !== customMetadata(record)[KEY_SET]) {
      throw new OperationError(
        "shares-outdated",
        `${copy} has shares of other keys than those of ${this.path}, so none is sent; copy them again with "tenant-vault unseal ${this.path}".`,
      );
    }
    return { version: metadata.version, fields, deleted: false, age: 0 };
  }

  async readMetadata(): Promise<Readonly<Record<string, string>>> {
    return customMetadata(await this.readRecordMetadata());
  }

  /** Its mount keeps one version. */
  formerKeys(): Promise<readonly KeySet[]> {
    return Promise.resolve([]);
  }

  private async readRecordMetadata(): Promise<RecordMetadata> {
    const { body } = await askCentral(this.central, "GET", `${RECORDS_MOUNT}/metadata/${this.path}`, { accept: [404] });
    const metadata: RecordMetadata = body.data ?? {};
    return metadata;
  }

  /** A deletion time may be in the future. */
  private isPast(deletion: string): boolean {
    return deletion !== "" && Date.parse(deletion) <= this.clock.date().getTime();
  }
}

interface RecordMetadata {
  readonly current_version?: number;
  readonly versions?: Readonly<Record<number, { readonly deletion_time: string; readonly destroyed: boolean }>>;
}
