import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  type WriteStream,
} from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import type { ClusterDescription } from "../../contract/cluster";
import { KUBERNETES_API_PORT } from "../../contract/kubernetes-api";
import { setting } from "../../core/environment";
import { OperationError } from "../../core/errors";
import type { Log } from "../../core/log";
import { isSecureAddress } from "../../core/secure-address";
import { toYaml } from "../../core/yaml";
import type { KubeconfigStore, Releases } from "../../central/kubeconfig-store";
import { withServer } from "../../kubernetes/kubeconfig";
import { ansibleVariables, hasRefusedHostKey, sshConfig } from "./ansible-settings";
import { missingCloudVariables, unsecuredCloud, withCredentialName } from "./cloud-credentials";
import type { AnsibleCommand, KubespraySource } from "./kubespray-source";
import { keepFiles, restoreFiles } from "./run-files";

/** Seconds until machines must answer SSH, including cloud-init. */
const BOOT_TIMEOUT = 600;

/** Input of a run of Kubespray. */
export interface KubesprayRun {
  readonly cluster: ClusterDescription;
  readonly source: KubespraySource;
  readonly store: KubeconfigStore;
  /** Inventory, SSH configuration, known hosts, log, artifacts and credentials: readable by nobody else. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Ends Ansible if aborted. The next run continues from there. */
  readonly signal: AbortSignal;
}

/**
 * Waits until the nodes answer SSH, installs or changes Kubernetes on them, and puts the kubeconfig into the central Vault.
 * Kubespray's playbooks are idempotent, so a failed run can be repeated.
 *
 * @throws OperationError that names the task that failed and the log.
 */
export async function runKubespray(run: KubesprayRun): Promise<void> {
  const { cluster, store, folder } = run;
  checkCloud(cluster, run.environment);
  const installed = await store.installed();

  const artifacts = join(folder, "artifacts");
  prepare(run);
  restoreFiles(folder, await store.files());
  const log = createWriteStream(logFile(folder), { mode: 0o600 });
  try {
    await keepFiles(run, () => install(run, log, playbookFor(cluster, installed)));
    await store.write(
      withServer(readKubeconfig(artifacts), cluster.apiAddress, KUBERNETES_API_PORT),
      releasesOf(cluster),
    );
  } finally {
    // The file contains an administrator's key. The central Vault now has it, or the next run creates the file again.
    rmSync(artifacts, { recursive: true, force: true });
    log.end();
    await finished(log);
  }
}

async function install(run: KubesprayRun, log: WriteStream, playbook: string): Promise<void> {
  const { cluster, folder, log: events } = run;
  events.info("waiting until every node answers SSH", { log: logFile(folder) });
  if (!(await answer(run, log))) {
    const seconds = `timeout=${BOOT_TIMEOUT}`;
    await ansible(run, log, "ansible", [
      "all",
      "--module-name",
      "ansible.builtin.wait_for_connection",
      "--args",
      seconds,
    ]);
  }
  events.info("running Kubespray, which takes 10 to 30 minutes", { playbook, version: cluster.version });
  await ansible(run, log, "ansible-playbook", [
    "--become",
    "--extra-vars",
    JSON.stringify({
      kubeconfig_localhost: true,
      artifacts_dir: "{folder}/artifacts",
      credentials_dir: "{folder}/credentials",
      // Upgrade one node at a time, because draining a node evicts a replica.
      serial: 1,
    }),
    playbook,
  ]);
}

/** Returns the installed releases, which are stored beside the kubeconfig. */
function releasesOf({ version, kubernetesVersion = "" }: ClusterDescription): Releases {
  return { kubespray: version, kubernetes: kubernetesVersion };
}

/**
 * Chooses the playbook. `cluster.yml` would restart all kubelets of another release at once, and not upgrade the control plane.
 * https://kubespray.io/#/docs/operations/upgrades
 */
function playbookFor(cluster: ClusterDescription, installed: Releases | undefined): string {
  return installed === undefined || isDeepStrictEqual(installed, releasesOf(cluster))
    ? "cluster.yml"
    : "upgrade-cluster.yml";
}

/** File with the output of the last run. */
function logFile(folder: string): string {
  return join(folder, "kubespray.log");
}

function prepare({ folder, cluster, source }: KubesprayRun): void {
  mkdirSync(join(folder, "artifacts"), { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  writeFileSync(join(folder, "inventory.yml"), toYaml(cluster.inventory), { mode: 0o600 });
  writeFileSync(join(folder, "ssh_config"), sshConfig(source.seenFolder(folder)), { mode: 0o600 });
}

/** Whether every node answers. @throws OperationError if a node is another machine than before; waiting does not help then. */
async function answer(run: KubesprayRun, log: WriteStream): Promise<boolean> {
  const { folder, cluster } = run;
  const code = await attempt(run, log, "ansible", ["all", "--timeout", "10", "--module-name", "ansible.builtin.ping"]);
  if (!hasRefusedHostKey(readFileSync(logFile(folder), "utf8"))) return code === 0;
  throw new OperationError(
    "kubespray-host-key",
    `A machine of ${cluster.tenant} presents another SSH host key than before, so it may not be the same machine; read ${logFile(folder)}, and only if you recreated the machine, run ssh-keygen -f ${join(folder, "known_hosts")} -R ADDRESS, then tenant-vault kubespray ${cluster.tenant}.`,
  );
}

async function ansible(
  run: KubesprayRun,
  log: WriteStream,
  program: "ansible" | "ansible-playbook",
  args: readonly string[],
): Promise<void> {
  const { folder, cluster } = run;
  const code = await attempt(run, log, program, args);
  if (code === 0) return;
  throw new OperationError(
    "kubespray-failed",
    `Kubespray did not finish for ${cluster.tenant} (${program} ended with ${code}${lastTask(readFileSync(logFile(folder), "utf8"))}); read ${logFile(folder)}, fix the cause, and run tenant-vault kubespray ${cluster.tenant} again, which continues from there.`,
  );
}

/** Runs a program of Ansible. @returns Its exit code, or the signal that ended it. */
function attempt(
  { source, folder, environment, signal, cluster }: KubesprayRun,
  log: WriteStream,
  program: "ansible" | "ansible-playbook",
  args: readonly string[],
): Promise<number | string> {
  const command = source.command(program, ["--inventory", "{folder}/inventory.yml", ...args], folder);
  const env = {
    ...(cluster.needsCloud ? withCredentialName(environment) : environment),
    ...ansibleVariables(source.seenFolder(folder)),
    ANSIBLE_SSH_ARGS: source.sshArgs(folder),
  };
  return execute(command, env, signal, log);
}

function execute(
  { program, args, cwd }: AnsibleCommand,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  log: WriteStream,
): Promise<number | string> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const stop = (): void => void child.kill("SIGTERM");
    signal.addEventListener("abort", stop);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.on("error", ({ message }) => {
      reject(
        new OperationError(
          "kubespray-failed",
          `${program} cannot be started (${message}); install what Kubespray's requirements.txt names.`,
        ),
      );
    });
    child.on("close", (code, killed) => {
      signal.removeEventListener("abort", stop);
      // The log is read next, so it must be complete.
      log.write("", () => resolve(code ?? killed ?? "a signal"));
    });
  });
}

/** Returns Ansible's last task, as part of the message. */
function lastTask(output: string): string {
  const task = [...output.matchAll(/^TASK \[([^\]\n]+)\]/gm)].at(-1)?.[1];
  return task === undefined ? "" : ` at the task "${task}"`;
}

function readKubeconfig(artifacts: string): string {
  const file = join(artifacts, "admin.conf");
  if (!existsSync(file))
    throw new OperationError(
      "kubespray-failed",
      `Kubespray ended well and wrote no kubeconfig to ${file}; check that its release is the one that is named.`,
    );
  return readFileSync(file, "utf8");
}

/**
 * @throws OperationError if Kubespray needs the cloud and the environment lacks a variable. Kubespray reads them where it runs.
 */
export function checkCloud(
  { needsCloud, tenant }: Pick<ClusterDescription, "needsCloud" | "tenant">,
  environment: NodeJS.ProcessEnv,
): void {
  if (!needsCloud) return;
  const url = setting(environment, "OS_AUTH_URL");
  if (url !== undefined && !isSecureAddress(url))
    throw new OperationError("kubespray-credentials", unsecuredCloud(url));
  const missing = missingCloudVariables(environment);
  if (missing.length === 0) return;
  throw new OperationError(
    "kubespray-credentials",
    `Kubespray needs the cloud's credentials for the volumes of ${tenant}: set ${missing.join(", ")} (clouds.yaml is not read), or provisioner.openStackIntegration to false.`,
  );
}
