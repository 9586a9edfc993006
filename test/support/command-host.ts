import type { CommandHost } from "../../src/cli/command";
import { systemClock } from "../../src/core/clock";
import { Log } from "../../src/core/log";
import type { FakeVault } from "./vault-api";

/** Surroundings of a command: an environment with a central Vault and nothing else of this machine. */
export function hostOf(central: FakeVault, environment: NodeJS.ProcessEnv = {}): CommandHost {
  return {
    environment: { VAULT_ADDR: central.address, VAULT_TOKEN: "t", ...environment },
    clock: systemClock,
    log: new Log(() => undefined),
    signal: new AbortController().signal,
    holds: new Set(),
  };
}
