import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setting } from "../../core/environment";
import { OperationError } from "../../core/errors";
import { parseYaml } from "../../core/yaml";
import { ansibleVariables, sshArgs } from "./ansible-settings";

/** A command line. */
export interface AnsibleCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Folder to run it in. @default - the current one */
  readonly cwd?: string;
}

/** The operator's copy of Kubespray. */
export interface KubespraySource {
  /** `ansible` or `ansible-playbook` with these arguments; `{folder}` in them stands for the run's folder. */
  command(program: "ansible" | "ansible-playbook", args: readonly string[], folder: string): AnsibleCommand;
  /** The run's folder, as Ansible sees it. */
  seenFolder(folder: string): string;
  /** What Ansible gives to SSH, by the variable ANSIBLE_SSH_ARGS. */
  sshArgs(folder: string): string;
}

/**
 * Finds Kubespray by what TENANT_VAULT_KUBESPRAY names: a checkout, or an image for Podman or Docker.
 *
 * @throws OperationError if its release differs from the release of the inventory.
 */
export function findKubespray(environment: NodeJS.ProcessEnv, version: string): KubespraySource {
  const named = setting(environment, "TENANT_VAULT_KUBESPRAY");
  if (named === undefined) {
    throw new OperationError(
      "kubespray-missing",
      `No Kubespray is named; set TENANT_VAULT_KUBESPRAY to a checkout of v${version}, or to an image of it such as quay.io/kubespray/kubespray:v${version}.`,
    );
  }
  return existsSync(named) ? checkout(resolve(named), version) : image(named, version, environment);
}

function checkout(folder: string, version: string): KubespraySource {
  const manifest = join(folder, "galaxy.yml");
  const found = existsSync(manifest)
    ? (parseYaml(readFileSync(manifest, "utf8")) as { version?: string }).version
    : undefined;
  if (found !== version) {
    throw new OperationError(
      "kubespray-mismatch",
      `TENANT_VAULT_KUBESPRAY names ${folder}, which is ${found === undefined ? "not a checkout of Kubespray" : `Kubespray ${found}`}; check out v${version}, or set provisioner.version.`,
    );
  }
  return {
    command: (program, args, run) => ({ program, args: args.map((arg) => inFolder(arg, run)), cwd: folder }),
    seenFolder: (run) => run,
    sshArgs,
  };
}

/** Folder of Kubespray in the official image, and mount point of the run's folder. */
const IN_IMAGE = { kubespray: "/kubespray", folder: "/run/tenant-vault", agent: "/run/ssh-agent" };

function image(name: string, version: string, environment: NodeJS.ProcessEnv): KubespraySource {
  if (!name.endsWith(`:v${version}`)) {
    throw new OperationError(
      "kubespray-mismatch",
      `TENANT_VAULT_KUBESPRAY names ${name}, which is neither a folder nor an image of v${version}; name one, or set provisioner.version.`,
    );
  }
  return {
    seenFolder: () => IN_IMAGE.folder,
    sshArgs: () => sshArgs(IN_IMAGE.folder),
    command: (program, args, folder) => ({
      program: environment.TENANT_VAULT_CONTAINER_ENGINE ?? "podman",
      args: [
        "run",
        "--rm",
        "--network=host",
        `--volume=${folder}:${IN_IMAGE.folder}`,
        ...(environment.SSH_AUTH_SOCK === undefined
          ? []
          : [`--volume=${environment.SSH_AUTH_SOCK}:${IN_IMAGE.agent}`, `--env=SSH_AUTH_SOCK=${IN_IMAGE.agent}`]),
        ...caFile(environment),
        // By name alone: a value on a command line could be read by everybody on this machine.
        ...Object.keys(environment)
          .filter((variable) => variable.startsWith("OS_"))
          .sort()
          .map((variable) => `--env=${variable}`),
        ...["ANSIBLE_SSH_ARGS", ...Object.keys(ansibleVariables(IN_IMAGE.folder))].map(
          (variable) => `--env=${variable}`,
        ),
        `--workdir=${IN_IMAGE.kubespray}`,
        name,
        program,
        ...args.map((arg) => inFolder(arg, IN_IMAGE.folder)),
      ],
    }),
  };
}

/** The file of the cloud's CA, at the same path in the container: Kubespray copies it to the nodes. */
function caFile(environment: NodeJS.ProcessEnv): string[] {
  const file = setting(environment, "OS_CACERT");
  return file === undefined ? [] : [`--volume=${file}:${file}:ro`];
}

/** Replaces `{folder}` in an argument. */
function inFolder(arg: string, folder: string): string {
  return arg.replaceAll("{folder}", folder);
}
