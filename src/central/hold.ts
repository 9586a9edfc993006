import { recordPath } from "../contract/central-vault";
import { OperationError } from "../core/errors";
import type { RecordStore } from "./record-store";

/** The key of a record's metadata whose value is the reason why no program may unseal the instance by itself. */
const HELD = "held";

/** Bytes in a value of custom metadata, as Vault and OpenBao limit them. */
const REASON_LIMIT = 512;

/** Why the instance is held; undefined if it is not. */
export function holdOf(metadata: Readonly<Record<string, string>>): string | undefined {
  return metadata[HELD];
}

/** The change of the metadata that holds the instance. @throws OperationError `usage` if they cannot have this reason. */
export function holdPatch(reason: string): Readonly<Record<string, string>> {
  if (reason.trim() !== "" && Buffer.byteLength(reason) <= REASON_LIMIT && !/\p{Cc}/u.test(reason)) {
    return { [HELD]: reason };
  }
  throw new OperationError(
    "usage",
    `The reason must be one line of 1 to ${REASON_LIMIT} bytes; shorten what follows --reason.`,
  );
}

/** The command that ends the hold. */
export function endOfHold(path: string): string {
  return `vault kv metadata patch -remove-custom-metadata=${HELD} ${recordPath(path)}`;
}

/** @throws OperationError `held` if the metadata hold the instance. */
export function refuseHeld(path: string, metadata: Readonly<Record<string, string>>): void {
  const reason = holdOf(metadata);
  if (reason === undefined) return;
  throw new OperationError(
    "held",
    `${path} is sealed and stays so, because its record says that it is held (${reason}); allow its unsealing with "${endOfHold(path)}".`,
  );
}

/** Reads the metadata again, because a run that may unseal takes long. @throws OperationError `held` as {@link refuseHeld} does. */
export async function refuseNewHold(store: Pick<RecordStore, "path" | "readMetadata">): Promise<void> {
  refuseHeld(store.path, await store.readMetadata());
}
