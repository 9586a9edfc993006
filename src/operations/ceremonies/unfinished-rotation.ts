import { restoredSnapshot, type PendingKeys } from "../../central/pending-keys";
import { OperationError } from "../../core/errors";

/**
 * Of a record with pending keys: either these or the others open the data.
 *
 * @param path Of the record.
 * @param consequence What is open for that reason. @default - nothing
 */
export function unfinishedRotation(path: string, pending: PendingKeys, consequence?: string): OperationError {
  const snapshot = restoredSnapshot(pending);
  const [what, remedy] =
    snapshot === undefined
      ? [`A rotation of the keys of ${path}`, "finish it"]
      : [
          `A restore of the snapshot ${snapshot} into ${path}`,
          "run it again, or replace the keys of the data that are there",
        ];
  return new OperationError(
    "rotation-unfinished",
    `${what} was interrupted${consequence === undefined ? "" : `, so ${consequence}`}; ${remedy} with "tenant-vault rotate-keys ${path}", and run this again.`,
  );
}
