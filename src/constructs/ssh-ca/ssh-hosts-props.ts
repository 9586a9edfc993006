import type { IAppRoleLogin } from "../login/app-role-login";

/** How hosts are set up for the logins of an SSH authority. */
export interface SshHostsProps {
  /**
   * URL of the instance, which a host asks for its certificate, and whether a one-time password is valid.
   *
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly address: string;
  /**
   * Namespace of the instance in which the authority is.
   *
   * @default - the root namespace
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly namespace?: string;
  /**
   * The login of hosts with a hostRole.
   *
   * @default - the AppRole login at its default path
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly login?: IAppRoleLogin;
  /**
   * Users of the hosts, each with the principals that may log in as that user.
   *
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly users: Readonly<Record<string, readonly string[]>>;
  /**
   * The role with which each host signs its own Ed25519 key, every day. A login by AppRole that is granted the role lies on the host.
   *
   * @default - hosts show no certificate
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly hostRole?: string;
  /**
   * Roles of one-time passwords with which people log in to the hosts. A host takes these passwords once the product's SSH helper is
   * installed there.
   *
   * @default - hosts take no passwords
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly oneTimePasswordRoles?: readonly string[];
  /**
   * Public keys of other SSH CAs whose user certificates hosts accept as well, such as the operator's, one line each: Ed25519, ECDSA, or
   * RSA from 3,072 bits.
   *
   * @default - none
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly additionalTrustedKeys?: readonly string[];
  /**
   * Serial numbers of certificates that hosts refuse, in hexadecimal digits as the instance returns them.
   *
   * @default - none
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly revokedSerials?: readonly string[];
}
