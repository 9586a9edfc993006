import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { readSshCaKey } from "../../core/ssh-public-key";
import { unknownRole } from "../access/roles";
import { parseServerAddress } from "../../terraform/server-address";
import type { SshHostsProps } from "./ssh-hosts-props";
import type { SshRole } from "./ssh-role";
import { FOLDER, hostFiles, SCRIPT, TIMER, type HostFile } from "./ssh-host-files";

/** Files that set hosts up. Each contains the public keys that hosts trust, and no secret. */
export interface SshHostSetup {
  /** For cloud-init, as user data. */
  readonly cloudInit: string;
  /** A playbook for Ansible, for all hosts of an inventory. */
  readonly ansible: string;
}

/** Stands for the public keys, which Terraform fills in. */
const KEYS = "keys-of-the-authority";

/** A name of a user, and a principal. Both stand in files of their own. */
const NAME = /^\w[\w.@+-]*$/;

/**
 * Renders the setup of hosts. JSON is YAML as well.
 *
 * @param publicKey Public keys that hosts trust, one per line.
 * @param mounts Where hosts have their keys signed, and where the roles of one-time passwords are.
 */
export function sshHostSetup(
  props: SshHostsProps,
  publicKey: string,
  mounts: { readonly signingMount: string; readonly passwordMount: string },
): SshHostSetup {
  parseServerAddress(props.address);
  const files = hostFiles({ ...props, ...mounts, publicKey: KEYS });
  const hasTimer = props.hostRole !== undefined;
  const enable = ["systemctl", "enable", "--now", TIMER];
  const cloudInit = {
    write_files: files,
    runcmd: [[SCRIPT], ...(hasTimer ? [["systemctl", "daemon-reload"], enable] : [])],
  };
  const copied = ({ path, content, permissions }: HostFile): object => ({
    name: path,
    "ansible.builtin.copy": { dest: path, content, mode: permissions },
  });
  const folders = [FOLDER, `${FOLDER}/principals`].map((path) => ({
    name: path,
    "ansible.builtin.file": { path, state: "directory", mode: "0755" },
  }));
  const timer = {
    name: TIMER,
    "ansible.builtin.systemd_service": { name: TIMER, enabled: true, state: "started", daemon_reload: true },
  };
  const apply = { name: SCRIPT, "ansible.builtin.command": SCRIPT, changed_when: false };
  const tasks = [...folders, ...files.map(copied), apply, ...(hasTimer ? [timer] : [])];
  const play = { name: "SSH logins", hosts: "all", become: true, tasks };
  const filled = (value: object): string =>
    JSON.stringify(value, undefined, 2).replaceAll(JSON.stringify(KEYS), () => jsonOf(publicKey));
  return { cloudInit: `#cloud-config\n${filled(cloudInit)}\n`, ansible: `${filled([play])}\n` };
}

/** An expression of a text as JSON. */
function jsonOf(template: string): string {
  return `\${jsonencode("${template.replaceAll("\n", "\\n")}")}`;
}

/** A line of a file of public keys: type, encoded key, and perhaps a comment without characters that Terraform or a shell reads. */
const PUBLIC_KEY = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})( [\w.@+:/ -]*)?$/;

/** @throws ValidationError if no CA should have the key. */
function checkTrustedKey(line: string, scope?: Construct): void {
  const fail = (problem: string): never => {
    throw new ValidationError(
      "ssh-hosts",
      `The hosts of the SSH authority trust ${JSON.stringify(line)}, which ${problem}.`,
      scope,
    );
  };
  const [, type, encoded = ""] = PUBLIC_KEY.exec(line.trim()) ?? [];
  let key: ReturnType<typeof readSshCaKey> | undefined;
  try {
    key = readSshCaKey(Buffer.from(encoded, "base64"));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (key === undefined || key.type !== type)
    return fail('is not a public key; write the line of its file, such as "ssh-ed25519 AAAA..."');
  if (key.problem !== undefined) fail(key.problem);
}

/** @throws ValidationError if a file on a host would be wrong. */
export function checkHosts(
  {
    users,
    additionalTrustedKeys = [],
    revokedSerials = [],
    hostRole,
    oneTimePasswordRoles = [],
  }: Omit<SshHostsProps, "address" | "namespace" | "login">,
  roles: readonly SshRole[],
  scope?: Construct,
): void {
  const wrong = Object.entries(users)
    .flatMap(([user, principals]) => [user, ...principals])
    .find((name) => !NAME.test(name));
  if (wrong !== undefined)
    throw new ValidationError(
      "ssh-hosts",
      `The hosts of the SSH authority have ${JSON.stringify(wrong)}, which is not a valid name; write letters, digits, _, -, ., @ and +.`,
      scope,
    );
  for (const key of additionalTrustedKeys) checkTrustedKey(key, scope);
  const serial = revokedSerials.find((each) => !/^[0-9a-f]{1,16}$/i.test(each));
  if (serial !== undefined)
    throw new ValidationError(
      "ssh-hosts",
      `The hosts of the SSH authority revoke ${JSON.stringify(serial)}, which is not a serial number; write up to 16 hexadecimal digits, as the instance returns it.`,
      scope,
    );
  const names = roles.filter(({ config }) => config.allowHostCertificates === true).map(({ name }) => name);
  if (hostRole !== undefined && !names.includes(hostRole)) throw unknownRole("SSH host", hostRole, names, scope);
  const passwordRoles = roles.filter(({ endpoint }) => endpoint === "creds").map(({ name }) => name);
  const unknown = oneTimePasswordRoles.find((name) => !passwordRoles.includes(name));
  if (unknown !== undefined) throw unknownRole("SSH one-time-password", unknown, passwordRoles, scope);
}
