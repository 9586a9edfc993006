import { createHash } from "node:crypto";

/**
 * Rules of SSH for the nodes and, because they are in the file, for a bastion as well: SSH passes the file on to a jump host,
 * and its options not. The first value counts, so that the operator's own configuration cannot turn the check off.
 *
 * @param folder The run's folder, as Ansible sees it.
 */
export function sshConfig(folder: string): string {
  return [
    "Host *",
    // The first key of a machine is remembered, and another one refused.
    "  StrictHostKeyChecking accept-new",
    `  UserKnownHostsFile "${folder}/known_hosts"`,
    "Include ~/.ssh/config",
    "",
  ].join("\n");
}

/**
 * Arguments of SSH for Ansible. They repeat the rules of the file, because Kubespray's ansible.cfg and an inventory can add
 * options, and the first option counts. Ansible removes the outer quotes and SSH the inner ones, for folders with spaces.
 */
export function sshArgs(folder: string): string {
  return [
    `-F '${folder}/ssh_config'`,
    "-o StrictHostKeyChecking=accept-new",
    `-o 'UserKnownHostsFile="${folder}/known_hosts"'`,
    "-o ControlMaster=auto",
    "-o ControlPersist=60s",
  ].join(" ");
}

/** Variables of Ansible. They win over Kubespray's ansible.cfg, which checks no host key and caches facts in /tmp. */
export function ansibleVariables(folder: string): Readonly<Record<string, string>> {
  return {
    ANSIBLE_HOST_KEY_CHECKING: "True",
    ANSIBLE_SSH_HOST_KEY_CHECKING: "True",
    // Not in files: another user of this machine could write into the folder that Kubespray names.
    ANSIBLE_CACHE_PLUGIN: "memory",
    // Ansible names connections by address and user. Networks of two tenants may have the same addresses behind their bastions.
    ANSIBLE_SSH_CONTROL_PATH_DIR: `~/.ansible/cp/${createHash("sha256").update(folder).digest("hex").slice(0, 8)}`,
    ANSIBLE_NOCOLOR: "1",
  };
}

/** Whether SSH refused a machine because it presented another host key than the remembered one. */
export function hasRefusedHostKey(output: string): boolean {
  return output.includes("REMOTE HOST IDENTIFICATION HAS CHANGED");
}
