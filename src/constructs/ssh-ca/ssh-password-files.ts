import type { SshHostsProps } from "./ssh-hosts-props";
import { formerSshdFile, sshdFile } from "./sshd-files";

/** The product's helper, where its documentation puts it; https://github.com/hashicorp/vault-ssh-helper */
const HELPER = "/usr/local/bin/vault-ssh-helper";

/** What sshd's PAM service includes instead of the passwords of the host. */
const SERVICE = "tenant-vault-ssh";

const PAM = `/etc/pam.d/${SERVICE}`;
const SSHD_PAM = "/etc/pam.d/sshd";
const SSHD = sshdFile("passwords");
const FORMER_SSHD = formerSshdFile("passwords");
const CONFIG = "one-time-passwords.json";

/** How the helper checks a password, as a service of PAM. Its last line lets PAM clean up, and decides nothing. */
export function passwordService(folder: string): { readonly path: string; readonly content: string } {
  return {
    path: PAM,
    content: `auth requisite pam_exec.so quiet expose_authtok ${HELPER} -config=${folder}/${CONFIG}
auth optional pam_unix.so not_set_pass use_first_pass nodelay
`,
  };
}

/**
 * Part of the script of a host that opens sshd for one-time passwords once the helper works. sshd asks for passwords only after PAM
 * asks nobody else about them, so that no password of the host is accepted meanwhile.
 *
 * @param mount Where the roles are.
 */
export function openForPasswords(
  { address, namespace, oneTimePasswordRoles = [] }: SshHostsProps,
  mount: string,
): string {
  const settings = JSON.stringify({
    vault_addr: address,
    ssh_mount_point: mount,
    namespace,
    allowed_roles: oneTimePasswordRoles.join(","),
  });
  return `
if [ -x ${HELPER} ]; then
  ca=''
  [ ! -s ca.pem ] || ca=',"ca_cert":"'"$PWD"'/ca.pem"'
  printf '%s%s}\\n' '${settings.slice(0, -1)}' "$ca" > ${CONFIG}
  ${HELPER} -verify-only -config=${CONFIG}
  sed -i 's/^@include common-auth$/@include ${SERVICE}/' ${SSHD_PAM}
  if ! grep -q '^@include ${SERVICE}$' ${SSHD_PAM}; then
    echo "${SSHD_PAM} does not include common-auth; write '@include ${SERVICE}' there instead of its lines that begin with auth." >&2
    exit 1
  fi
  printf 'UsePAM yes\\nKbdInteractiveAuthentication yes\\nPasswordAuthentication no\\n' > ${SSHD}
  rm -f ${FORMER_SSHD}
fi
`;
}

/** Part of the script of a host that takes back what let one-time passwords in. */
export function closeForPasswords(): string {
  return `
if [ -f ${SSHD} ] || [ -f ${FORMER_SSHD} ]; then
  rm -f ${SSHD} ${FORMER_SSHD}
  sed -i 's/^@include ${SERVICE}$/@include common-auth/' ${SSHD_PAM}
fi
`;
}
