import { OperationError } from "../core/errors";
import type { CommandHost } from "./command";
import { keepConfiguredCustody } from "./custody";
import { forAnyInstance } from "./each-instance";
import { unseal } from "./unseal";

/** Seconds. */
const TIMEOUT = 600;

/**
 * What `tenant-vault watch --maintain` does for an instance: the work of the hook, which renews what expires, and then the second
 * custody, if it is configured. Neither keeps the other from its work.
 *
 * @throws OperationError if one of them fails.
 */
export async function maintain(host: CommandHost, target: string): Promise<void> {
  const own = forAnyInstance(host);
  const failures = [
    await failureOf(() => unseal(own, target, { timeout: TIMEOUT, respectsHold: true })),
    await failureOf(() => keepConfiguredCustody(own, target)),
  ];
  const failure = failures.find((each) => each !== undefined);
  if (failure !== undefined) throw failure;
}

async function failureOf(work: () => Promise<unknown>): Promise<OperationError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    // A record is deleted, for example, if its instance was retired.
    return error.code === "record-deleted" ? undefined : error;
  }
}
