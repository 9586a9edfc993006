import { toYaml } from "../../core/yaml";

/** A file that cloud-init writes. */
export interface FileToWrite {
  readonly path: string;
  readonly content: string;
  readonly permissions: string;
}

/** Setup of a machine at its first start. */
export interface CloudInitProps {
  /** Public keys of the SSH CAs of accepted user certificates. @default - none */
  readonly trustedUserCaKeys?: readonly string[];
  /** @default - none */
  readonly packages?: readonly string[];
  /** @default - none */
  readonly files?: readonly FileToWrite[];
  /** Commands, each a list of words, run once. @default - none */
  readonly commands?: readonly (readonly string[])[];
}

const CA_KEYS = "/etc/ssh/trusted-user-ca-keys.pem";

/**
 * Cloud-init configuration of a machine. It allows no login by password and no login as root;
 * https://cloudinit.readthedocs.io/en/latest/reference/modules.html
 */
export function cloudInit({
  trustedUserCaKeys = [],
  packages = [],
  files = [],
  commands = [],
}: CloudInitProps): string {
  const trusted = trustedUserCaKeys.length > 0;
  const sshd = [
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin no",
    "X11Forwarding no",
    "AllowAgentForwarding no",
    ...(trusted ? [`TrustedUserCAKeys ${CA_KEYS}`] : []),
  ];
  const config = {
    ssh_pwauth: false,
    disable_root: true,
    ...(packages.length === 0 ? {} : { package_update: true, packages: [...packages] }),
    write_files: [
      // sshd reads the files of this folder by name, and uses the first value of a setting. Those of an SSH authority's hosts come first.
      file("/etc/ssh/sshd_config.d/00-tenant-vault.conf", `${sshd.join("\n")}\n`),
      ...(trusted ? [file(CA_KEYS, `${trustedUserCaKeys.join("\n")}\n`)] : []),
      ...files,
    ],
    runcmd: [
      ["systemctl", "try-reload-or-restart", "ssh.service", "sshd.service"],
      ...commands.map((words) => [...words]),
    ],
  };
  // Terraform would interpret the ${name} of a shell, so escape it.
  return `#cloud-config\n${toYaml(config, { lineWidth: 0 })}`.replaceAll("${", () => "$${");
}

function file(path: string, content: string): FileToWrite {
  return { path, content, permissions: "0644" };
}
