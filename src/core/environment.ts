import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** An environment variable. An empty one counts as unset, because shells and CI systems often leave variables empty. */
export function setting(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === "" ? undefined : value;
}

/** The user's own folder. */
export function homeFolder(environment: NodeJS.ProcessEnv): string {
  return setting(environment, "HOME") ?? homedir();
}

/** Folder of this program's files: TENANT_VAULT_STATE_DIR, else the user's state folder of the XDG Base Directory Specification. */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const folder =
    setting(environment, "TENANT_VAULT_STATE_DIR") ??
    join(setting(environment, "XDG_STATE_HOME") ?? join(homeFolder(environment), ".local", "state"), "tenant-vault");
  return resolve(folder);
}
