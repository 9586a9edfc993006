import { keySets, type KeySet } from "../../central/pending-keys";
import type { RecordStore, SeenRecord } from "../../central/record-store";
import { isAboutKeys } from "./unsealing";

/**
 * The unseal keys that rotations have replaced. A replica that was away during a rotation has the data of before, and opens with
 * those of that time alone. They are read only for such a replica, because each version of the record takes a request.
 */
export class FormerKeys {
  /** The sets that were found, the newest first. */
  sets: readonly KeySet[] = [];
  /** Version of the record whose history was read. */
  private version: number | undefined;

  constructor(private readonly store: Pick<RecordStore, "formerKeys">) {}

  /** @returns Whether there are keys that were not tried. */
  async find(record: SeenRecord): Promise<boolean> {
    if (this.version === record.version) return false;
    this.sets = await this.store.formerKeys("unseal", record);
    this.version = record.version;
    return this.sets.length > 0;
  }

  /**
   * Does what needs keys, with those of the record first.
   *
   * @returns Undefined if it needs keys that are found only now, so that it is to be done again.
   */
  async use<Result>(
    record: SeenRecord,
    work: (sets: readonly KeySet[]) => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await work([...keySets(record.fields, "unseal"), ...this.sets]);
    } catch (error) {
      if (isAboutKeys(error) && (await this.find(record))) return undefined;
      throw error;
    }
  }
}
