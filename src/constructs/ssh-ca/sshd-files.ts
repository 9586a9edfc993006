/** Folder of sshd's settings. */
const SSHD = "/etc/ssh/sshd_config.d";

/**
 * A file of sshd's settings. sshd reads them by name, and uses the first value of a setting. So these come before
 * `00-tenant-vault.conf` of a cluster's machine, which trusts the keys that there were when it was made, and takes no passwords.
 */
export function sshdFile(name: string): string {
  return `${SSHD}/00-tenant-vault-${name}.conf`;
}

/** The name that the file had before. It came after that of a cluster's machine. */
export function formerSshdFile(name: string): string {
  return `${SSHD}/10-tenant-vault-${name}.conf`;
}
