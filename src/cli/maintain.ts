import { OperationError } from "../core/errors";
import type { CommandHost } from "./command";
import { forAnyInstance } from "./each-instance";
import { unseal } from "./unseal";

/** Seconds. */
const TIMEOUT = 600;

/** What `tenant-vault watch --maintain` does for an instance: the work of the hook, which renews what expires. */
export async function maintain(host: CommandHost, target: string): Promise<void> {
  try {
    await unseal(forAnyInstance(host), target, { timeout: TIMEOUT, respectsHold: true });
  } catch (error) {
    // As that of a retired instance may be.
    if (!(error instanceof OperationError) || error.code !== "record-deleted") throw error;
  }
}
