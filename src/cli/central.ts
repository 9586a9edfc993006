import { forgetKeys, giveKey, parseKey, type KeyOutcome } from "../operations/central/give-key";
import { keyText } from "../operations/central/key-text";
import { faultsOf, inState, observeServers } from "../operations/central/server-states";
import { progressText, statesText } from "../operations/central/states-text";
import { withCentralServers, type CentralOptions } from "./central-servers";
import type { CommandHost, CommandResult } from "./command";
import { readHidden } from "./hidden-input";

/** Exit code if a server is sealed or does not work. */
const UNHEALTHY = 2;

/** `tenant-vault central status`: shows each server of the central Vault. It needs no token. */
export function status(host: CommandHost, options: CentralOptions): Promise<CommandResult> {
  return withCentralServers(host, options, async (servers) => {
    const states = await observeServers(servers);
    const faults = faultsOf(states);
    return {
      text: statesText(states),
      json: { healthy: faults.length === 0, servers: states, faults },
      exitCode: faults.length === 0 ? 0 : UNHEALTHY,
    };
  });
}

/** Options of `central unseal`. */
export interface CentralUnsealOptions extends CentralOptions {
  /** Whether the servers forget the keys that they have received. @default - they get one */
  readonly reset?: true;
}

/** `tenant-vault central unseal`: sends one person's key to each sealed server of the central Vault. */
export function unseal(host: CommandHost, options: CentralUnsealOptions): Promise<CommandResult> {
  return withCentralServers(host, options, async (servers) => {
    const outcomes =
      options.reset === true
        ? await forgetKeys(servers)
        : await giveKey(host.clock, servers, async (states) => {
            for (const each of inState(states, "sealed"))
              host.log.info("sealed", { server: each.address, received: progressText(each) });
            return parseKey(await readHidden("Your key (it is not shown): ", host));
          });
    return resultOf(outcomes);
  });
}

function resultOf(outcomes: readonly KeyOutcome[]): CommandResult {
  return {
    text: keyText(outcomes),
    json: outcomes,
    exitCode: outcomes.every(({ error }) => error === undefined) ? 0 : 1,
  };
}
