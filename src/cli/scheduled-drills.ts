import { OperationError } from "../core/errors";
import { openTarget } from "../operations/snapshot/open-target";
import type { Drills } from "../watch/fleet-drills";
import type { CommandHost } from "./command";
import { drillInstance } from "./drill";
import { isolationOf, requireServer, type DrillServerOptions } from "./drill-server";
import { forAnyInstance } from "./each-instance";
import { readIdentities } from "./snapshot";
import { type TargetOptions } from "./with-target";

/** Options of `watch` for drills. */
export interface ScheduledDrillOptions extends TargetOptions, DrillServerOptions {
  /** Days after which the last proof of an instance is too old. @default - no drills */
  readonly drill?: number;
  /** Identity file of age. */
  readonly identity?: string;
}

/** Seconds that one drill may take. A large snapshot takes as long as its transfer. */
const TIMEOUT = 3600;
const DAY = 86_400_000;

/**
 * The drills of `tenant-vault watch --drill`.
 *
 * @throws OperationError `usage`, `drill-server-missing` or `drill-not-isolated` if no drill could work.
 */
export async function scheduledDrills(
  host: CommandHost,
  { drill: days, target, identity, ...command }: ScheduledDrillOptions,
): Promise<Drills> {
  if (days === undefined) {
    throw new OperationError(
      "usage",
      "--target, --identity, --server and --without-network-isolation are for drills; add --drill <days>.",
    );
  }
  if (identity === undefined) {
    throw new OperationError(
      "usage",
      "Drills decrypt snapshots, and no private key is named; add --identity <file>, an identity file of age.",
    );
  }
  await readIdentities(identity);
  await (await openTarget(target, host.environment)).close();
  requireServer(command.server, host.environment);
  const options = {
    ...command,
    isolation: await isolationOf(command),
    identity,
    onlyNew: true,
    timeout: TIMEOUT,
    ...(target && { target }),
  } as const;
  return {
    age: days * DAY,
    run: (instance, signal) => drillInstance({ ...forAnyInstance(host), signal }, instance, options),
  };
}
