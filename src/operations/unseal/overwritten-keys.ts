import { recordedKeys } from "../../central/record";
import type { RecordStore, SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { KeyType } from "../../vault/keys";
import type { StopCode } from "./decide";

/** Codes that end a run because the record's newest version lacks keys. An earlier version may have them. */
const LACKS_KEYS: readonly StopCode[] = ["answer-lost", "initialized-elsewhere", "too-few-keys"];

/**
 * Looks for keys that the newest version of the record lacks, before a run stops for the want of them.
 *
 * @throws OperationError `keys-overwritten` if an earlier version of the record has more.
 */
export async function refuseOverwritten(
  store: Pick<RecordStore, "path" | "versionWithKeys">,
  type: KeyType,
  code: StopCode,
  { fields, version }: SeenRecord,
): Promise<void> {
  if (!LACKS_KEYS.includes(code)) return;
  const found = await store.versionWithKeys(type, recordedKeys(fields, type).length, version);
  if (found === undefined) return;
  const record = recordPath(store.path);
  throw new OperationError(
    "keys-overwritten",
    `The newest version of ${record} lacks keys that its version ${found} holds: somebody replaced the record; bring them back with "vault kv rollback -version=${found} ${record}" and run this again.`,
  );
}
