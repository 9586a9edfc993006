import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeconfigStore } from "../../central/kubeconfig-store";
import type { Log } from "../../core/log";

/** Host keys of the machines. */
const KNOWN_HOSTS = "known_hosts";

/** Folder of the secrets that Kubespray generates, such as the key with which etcd's content is encrypted. */
const CREDENTIALS = "credentials";

/** Puts files of the last run into the folder, unless the folder has them: an operator may have edited the known hosts. */
export function restoreFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, CREDENTIALS), { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    if (isKept(name) && !existsSync(file)) writeFileSync(file, content, { mode: 0o600 });
  }
}

/**
 * Runs Ansible, and puts into the central Vault what the next run needs, on whichever machine. The credentials then go from the
 * disk. They stay, readable by their owner only, if the central Vault does not take them.
 */
export async function keepFiles(
  { folder, store, log }: { readonly folder: string; readonly store: KubeconfigStore; readonly log: Log },
  work: () => Promise<void>,
): Promise<void> {
  let done = false;
  try {
    await work();
    done = true;
  } finally {
    try {
      await store.writeFiles(keptFiles(folder));
      rmSync(join(folder, CREDENTIALS), { recursive: true, force: true });
    } catch (error) {
      log.warn("credentials of Kubespray stay in the run's folder until the next run", { folder });
      // The reason why Ansible failed is the one to tell.
      if (done) throw error;
    }
  }
}

function keptFiles(folder: string): Record<string, string> {
  const credentials = join(folder, CREDENTIALS);
  const names = existsSync(credentials)
    ? readdirSync(credentials, { withFileTypes: true }).filter((entry) => entry.isFile())
    : [];
  return Object.fromEntries(
    [KNOWN_HOSTS, ...names.map(({ name }) => `${CREDENTIALS}/${name}`)]
      .filter((name) => existsSync(join(folder, name)))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

/** The central Vault names files, and must not name one outside the folder. */
function isKept(name: string): boolean {
  return name === KNOWN_HOSTS || /^credentials\/\w[\w.-]*$/.test(name);
}
