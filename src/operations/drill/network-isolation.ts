import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { OperationError } from "../../core/errors";

const run = promisify(execFile);

/** What a command begins with, so that it runs in a network of its own. Empty if the network is closed by other means. */
export type Isolation = readonly string[];

/** The network has no interface that is up. The first needs root, the second user namespaces. */
const ISOLATIONS: readonly Isolation[] = [
  ["unshare", "--net"],
  ["unshare", "--user", "--map-root-user", "--net"],
];

/**
 * Finds out by a try how this machine isolates a command from the network.
 *
 * @throws OperationError `drill-not-isolated`.
 */
export async function findIsolation(): Promise<Isolation> {
  let reason = "";
  for (const isolation of ISOLATIONS) {
    const [unshare = "", ...args] = isolation;
    try {
      await run(unshare, [...args, "true"]);
      return isolation;
    } catch (error) {
      reason = (error as Error).message.trim().split("\n").at(-1) ?? "";
    }
  }
  throw new OperationError(
    "drill-not-isolated",
    `This machine cannot cut the throw-away server off from the network (${reason}), so the server could revoke credentials and rotate passwords that production uses; run this as root, or on a Linux machine that allows user namespaces, or close its network by other means and add --without-network-isolation.`,
  );
}
