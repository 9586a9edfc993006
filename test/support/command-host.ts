import type { CommandHost } from "../../src/cli/command";
import { systemClock } from "../../src/core/clock";
import { Log } from "../../src/core/log";
import { commandLineHost } from "./command-line-host";
import type { FakeVault } from "./vault-api";

/** Surroundings of a command: an environment with a central Vault and nothing else of this machine. */
export function hostOf(central: FakeVault, environment: NodeJS.ProcessEnv = {}): CommandHost {
  return {
    ...commandLineHost({ VAULT_ADDR: central.address, VAULT_TOKEN: "t", ...environment }),
    clock: systemClock,
    log: new Log(() => undefined),
  };
}
