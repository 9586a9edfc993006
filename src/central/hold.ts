import { recordPath } from "../contract/central-vault";
import { OperationError } from "../core/errors";
import { CentralError } from "./client";
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

/** @param reason Of the hold. @throws OperationError `held` if there is one. */
export function refuseHeld(path: string, reason: string | undefined): void {
  if (reason === undefined) return;
  throw new OperationError(
    "held",
    `${path} is sealed and stays so, because its record says that it is held (${reason}); allow its unsealing with "${endOfHold(path)}".`,
  );
}

/**
 * Why the record says now that the instance is held; undefined if it is not. A program that may not read the metadata takes it for
 * not held, because a missing right must not keep an instance sealed.
 */
export async function readHold(store: Pick<RecordStore, "readMetadata">): Promise<string | undefined> {
  try {
    return holdOf(await store.readMetadata());
  } catch (error) {
    if (error instanceof CentralError && error.failure === "denied") return undefined;
    throw error;
  }
}

/** Reads the hold again, because a run that may unseal takes long. @throws OperationError `held` if the instance is held. */
export async function refuseNewHold(store: Pick<RecordStore, "path" | "readMetadata">): Promise<void> {
  refuseHeld(store.path, await readHold(store));
}
