import { apiUrl } from "../../terraform/server-address";
import type { SshHostsProps } from "./ssh-hosts-props";
import { closeForPasswords, openForPasswords, passwordService } from "./ssh-password-files";
import { formerSshdFile, sshdFile } from "./sshd-files";

/** A file on a host. */
export interface HostFile {
  readonly path: string;
  readonly content: string;
  readonly permissions: string;
}

interface HostFilesProps extends SshHostsProps {
  /** Where hosts have their keys signed. */
  readonly signingMount: string;
  /** Where the roles of one-time passwords are. */
  readonly passwordMount: string;
  readonly publicKey: string;
}

/** Folder of what hosts know. */
export const FOLDER = "/etc/ssh/tenant-vault";

/** Program that applies the files on a host. */
export const SCRIPT = "/usr/local/sbin/tenant-vault-ssh";

/** Unit that runs it. */
export const TIMER = "tenant-vault-ssh.timer";

/** Files of a host. */
export function hostFiles(props: HostFilesProps): HostFile[] {
  const { users, hostRole, oneTimePasswordRoles = [], revokedSerials = [], publicKey } = props;
  const { path, content } = passwordService(FOLDER);
  const lines = (each: readonly string[]): string => each.map((line) => `${line}\n`).join("");
  const sshd = [
    `TrustedUserCAKeys ${FOLDER}/trusted-user-ca-keys.pem`,
    `AuthorizedPrincipalsFile ${FOLDER}/principals/%u`,
    `RevokedKeys ${FOLDER}/revoked-keys`,
    ...(hostRole === undefined ? [] : [`HostCertificate ${FOLDER}/host-cert.pub`]),
  ];
  return [
    file(`${FOLDER}/trusted-user-ca-keys.pem`, publicKey),
    ...Object.entries(users).map(([user, principals]) => file(`${FOLDER}/principals/${user}`, lines(principals))),
    file(`${FOLDER}/revoked-serials`, lines(revokedSerials.map((serial) => `serial: 0x${serial}`))),
    { ...file(SCRIPT, script(props)), permissions: "0755" },
    ...(hostRole === undefined ? [] : units()),
    ...(oneTimePasswordRoles.length === 0 ? [] : [file(path, content)]),
    // sshd accepts no key at all without the revocation list, which the script makes.
    file(sshdFile("ca"), lines(sshd)),
  ];
}

function file(path: string, content: string): HostFile {
  return { path, content, permissions: "0644" };
}

function script(props: HostFilesProps): string {
  const takesPasswords = (props.oneTimePasswordRoles ?? []).length > 0;
  return `#!/bin/sh
# Makes the revocation list, and renews the certificate of the host key. Then sshd reads both.
set -eu
cd ${FOLDER}

ssh-keygen -q -k -f revoked-keys.new
while read -r key; do
  echo "$key" > revoking-ca.new
  ssh-keygen -q -k -u -f revoked-keys.new -s revoking-ca.new revoked-serials
done < trusted-user-ca-keys.pem
mv revoked-keys.new revoked-keys
rm -f ${formerSshdFile("ca")}
${props.hostRole === undefined ? "" : renewal(props)}${takesPasswords ? "" : closeForPasswords()}
reload() { systemctl try-reload-or-restart ssh.service sshd.service; }
reload
${
  takesPasswords
    ? `${openForPasswords(props, props.passwordMount)}reload
`
    : ""
}`;
}

/** A host without a login yet shows no certificate. No secret is an argument of a program. */
function renewal({ signingMount, hostRole, login, ...instance }: HostFilesProps): string {
  const loginUrl = apiUrl(instance, `auth/${login?.path ?? "approle"}/login`);
  return `
if [ -s role-id ] && [ -s secret-id ]; then
  [ ! -s ca.pem ] || export CURL_CA_BUNDLE="$PWD/ca.pem"
  post() { curl --silent --show-error --fail --retry 3 --max-time 30 "$@"; }
  value() { sed -n 's/.*"'"$1"'":"\\([^"\\\\]*\\).*/\\1/p'; }
  token=$(printf '{"role_id":"%s","secret_id":"%s"}' "$(cat role-id)" "$(cat secret-id)" |
    post --data @- ${loginUrl} | value client_token)
  printf '{"cert_type":"host","valid_principals":"%s","public_key":"%s"}' \\
    "$(hostname -f)" "$(cat /etc/ssh/ssh_host_ed25519_key.pub)" > request.new
  printf 'X-Vault-Token: %s\\n' "$token" |
    post --header @- --data @request.new ${apiUrl(instance, `${signingMount}/sign/${hostRole}`)} | value signed_key > host-cert.new
  ssh-keygen -L -f host-cert.new > /dev/null
  mv host-cert.new host-cert.pub
fi
`;
}

function units(): HostFile[] {
  return [
    file(
      "/etc/systemd/system/tenant-vault-ssh.service",
      `[Unit]
Description=Certificate of the SSH host key
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=${SCRIPT}
`,
    ),
    file(
      `/etc/systemd/system/${TIMER}`,
      `[Unit]
Description=Daily renewal of the certificate of the SSH host key

[Timer]
OnCalendar=daily
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`,
    ),
  ];
}
