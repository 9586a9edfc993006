import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** A variable of the environment; an empty one counts as unset, as shells and CI systems often leave it. */
export function setting(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === "" ? undefined : value;
}

/** Where this program keeps files: TENANT_VAULT_STATE_DIR, else the user's state folder as freedesktop.org's base directories name it. */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const folder =
    setting(environment, "TENANT_VAULT_STATE_DIR") ??
    join(setting(environment, "XDG_STATE_HOME") ?? join(homedir(), ".local", "state"), "tenant-vault");
  return resolve(folder);
}
