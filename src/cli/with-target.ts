import { openTarget, type TargetUse } from "../operations/snapshot/open-target";
import type { SnapshotTarget } from "../operations/snapshot/target";
import type { CommandHost } from "./command";

/** Option of the commands that use stored files. */
export interface TargetOptions {
  /** URL. @default - what the environment names */
  readonly target?: string;
}

/**
 * Opens the target that an option or the environment names, and closes it after the work.
 *
 * @param use @default - snapshots
 */
export async function withTarget<Result>(
  { environment, signal }: CommandHost,
  { target: url }: TargetOptions,
  work: (target: SnapshotTarget) => Promise<Result>,
  use?: TargetUse,
): Promise<Result> {
  const target = await openTarget(url, environment, signal, use);
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}
