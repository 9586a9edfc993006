import { connectToCentral } from "../central/login";
import { mapConcurrently } from "../core/concurrent";
import { OperationError } from "../core/errors";
import { proxiesOf } from "../core/proxies";
import { exposition } from "../operations/status/exposition";
import { selectInstances, statusOf } from "../operations/status/status";
import { statusText } from "../operations/status/text";
import type { CommandHost, CommandResult } from "./command";
import { instancesAtOnce, openFilesLimit } from "./open-files";

/** Exit code if an instance is not healthy. */
const UNHEALTHY = 2;

/**
 * `tenant-vault status`: shows one instance, a tenant's, or all.
 *
 * @param selection `<tenant>` or `<tenant>/<instance>`. @default - all instances
 */
export async function status(
  { environment, clock }: CommandHost,
  selection: string | undefined,
  { prometheus }: { prometheus?: true },
): Promise<CommandResult> {
  const atOnce = instancesAtOnce(openFilesLimit());
  const central = await connectToCentral(environment);
  try {
    const targets = await selectInstances(central, selection);
    if (targets.length === 0) {
      throw new OperationError(
        "no-records",
        `The central Vault holds no record${selection === undefined ? "" : ` of ${selection}`}; deploy a tenant first.`,
      );
    }
    const options = { clock, network: { proxies: proxiesOf(environment) } };
    const statuses = await mapConcurrently(targets, atOnce, (target) => statusOf(central, target, options));
    const now = clock.date().getTime();
    return {
      text: prometheus ? exposition(statuses, now) : statusText(statuses, now),
      json: statuses,
      exitCode: statuses.every(({ healthy }) => healthy) ? 0 : UNHEALTHY,
    };
  } finally {
    await central.close();
  }
}
