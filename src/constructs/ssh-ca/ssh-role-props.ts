import type { Duration } from "../../core/duration";
import type { SshKeyKind } from "./ssh-keys";

/** A role that signs the SSH keys of users, so that hosts which trust the CA accept them. */
export interface SshCertificateRoleProps {
  /**
   * Name of the role.
   *
   * @changes replaces the role: clients use the new name; issued certificates stay valid
   */
  readonly name: string;
  /**
   * Users, called principals, that a certificate may name: names, `*` for every user, or templates of the identity that logged in,
   * such as `{{identity.entity.name}}`. Hosts decide as which user a principal may log in.
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowedUsers: readonly string[];
  /**
   * The user if a request names none. Required if the first of allowedUsers is `*`.
   *
   * @default - the first of allowedUsers
   * @changes in place: for certificates that are issued afterwards
   */
  readonly defaultUser?: string;
  /**
   * How long a certificate is valid at most.
   *
   * @changes in place: for certificates that are issued afterwards
   */
  readonly maxTtl: Duration;
  /**
   * How long a certificate is valid if a request does not say.
   *
   * @default - maxTtl
   * @changes in place: for certificates that are issued afterwards
   */
  readonly defaultTtl?: Duration;
  /**
   * What a session may do in addition to running commands.
   *
   * @default ["permit-pty"]
   * @changes in place: for certificates that are issued afterwards
   */
  readonly extensions?: readonly string[];
  /**
   * Networks from which sshd accepts a certificate (`source-address`). No request can leave them out.
   *
   * @default - from anywhere
   * @changes in place: for certificates that are issued afterwards
   */
  readonly sourceCidrs?: readonly string[];
  /**
   * The command that sshd runs instead of the one that the user asks for (`force-command`). No request can leave it out.
   *
   * @default - the user's own command, or a shell
   * @changes in place: for certificates that are issued afterwards
   */
  readonly forceCommand?: string;
  /**
   * Types and lengths of keys that are signed.
   *
   * @default - all of Ed25519, ECDSA, and RSA from 3,072 bits
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowedKeys?: readonly SshKeyKind[];
  /**
   * Key ID of certificates, which sshd logs at each login. It may contain `{{token_display_name}}`, `{{role_name}}` and
   * `{{public_key_hash}}`.
   *
   * @default - the display name of the token, and the hash of the key
   * @changes in place: for certificates that are issued afterwards
   */
  readonly keyIdFormat?: string;
  /**
   * Whether a request may choose the key ID. What sshd logs is then what the user says.
   *
   * @default false
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowUserKeyIds?: boolean;
}

/** A role that signs the keys of hosts, so that clients which trust the CA ask no question about a host key. */
export interface SshHostRoleProps {
  /**
   * Name of the role.
   *
   * @changes replaces the role: hosts use the new name; issued certificates stay valid
   */
  readonly name: string;
  /**
   * Domains of the hosts that a certificate may name.
   *
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowedDomains: readonly string[];
  /**
   * Whether certificates may name hosts below allowedDomains.
   *
   * @default true
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowSubdomains?: boolean;
  /**
   * Whether certificates may name allowedDomains themselves.
   *
   * @default false
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowBareDomains?: boolean;
  /**
   * How long a certificate is valid at most.
   *
   * @changes in place: for certificates that are issued afterwards
   */
  readonly maxTtl: Duration;
  /**
   * How long a certificate is valid if a request does not say.
   *
   * @default - maxTtl
   * @changes in place: for certificates that are issued afterwards
   */
  readonly defaultTtl?: Duration;
  /**
   * Types and lengths of host keys that are signed.
   *
   * @default - all of Ed25519, ECDSA, and RSA from 3,072 bits
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowedKeys?: readonly SshKeyKind[];
}

/** A role that generates passwords. A host accepts each once, through the helper of the SSH engine on that host. */
export interface SshOneTimePasswordRoleProps {
  /**
   * Name of the role.
   *
   * @changes replaces the role: clients use the new name; passwords that were not used yet stay valid
   */
  readonly name: string;
  /**
   * The user if a request names none.
   *
   * @changes in place: for passwords that are generated afterwards
   */
  readonly defaultUser: string;
  /**
   * Addresses of the hosts, as CIDRs.
   *
   * @changes in place: for passwords that are generated afterwards
   */
  readonly cidrs: readonly string[];
  /**
   * Additional users.
   *
   * @default - none
   * @changes in place: for passwords that are generated afterwards
   */
  readonly allowedUsers?: readonly string[];
}
