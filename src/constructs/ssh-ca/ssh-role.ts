import type { IGrantee } from "../../policy/grantee";
import { ValidationError } from "../../core/errors";
import { checkDurations, type Duration } from "../../core/duration";
import type { ValueType } from "../../core/value-type";
import type { SshSecretBackendRoleConfig } from "../../terraform/providers/vault";

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
   * How long a certificate is valid, unless a request asks for less.
   *
   * @changes in place: for certificates that are issued afterwards
   */
  readonly maxTtl: Duration;
  /**
   * What a session may do in addition to running commands.
   *
   * @default ["permit-pty"]
   * @changes in place: for certificates that are issued afterwards
   */
  readonly extensions?: readonly string[];
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

/** Stands for every user in a list of allowed ones. */
const ANY_USER = "*";

/** Keys that are long enough to be signed. A key of Ed25519 has one length; a hardware key counts as the same type. */
const USER_KEYS: SshSecretBackendRoleConfig["allowedUserKeyConfig"] = [
  { type: "ecdsa", lengths: [256, 384, 521] },
  { type: "ed25519", lengths: [0] },
  { type: "rsa", lengths: [2048, 3072, 4096, 8192] },
];

/** A user's name, in which templates of the identity may stand. A comma would make two names of it. */
const USER_NAME = /^([\w.@+-]|\{\{\s*identity\.(entity|groups)\.[\w.-]+\s*\}\})+$/;

function isTemplate(user: string): boolean {
  return user.includes("{{");
}

/** @throws ValidationError if a certificate or password for one of the users could not work. */
function checkUsers(role: string, users: readonly string[]): void {
  const wrong = users.find((user) => !USER_NAME.test(user));
  if (wrong === undefined) return;
  throw new ValidationError(
    "ssh-users",
    wrong === ANY_USER
      ? `The SSH role ${role} would issue for a user named *, whom no host knows; set defaultUser.`
      : `The SSH role ${role} has ${JSON.stringify(wrong)}, which is not a valid user; write a name, or a template such as "{{identity.entity.name}}".`,
  );
}

/** A role of the SSH engine. */
export class SshRole {
  /** By signed certificate; https://developer.hashicorp.com/vault/docs/secrets/ssh/signed-ssh-certificates */
  static certificate(props: SshCertificateRoleProps): SshRole {
    checkDurations(props, ["maxTtl"]);
    const { name, allowedUsers } = props;
    const defaultUser = props.defaultUser ?? allowedUsers[0];
    if (defaultUser === undefined)
      throw new ValidationError("ssh-users", `The SSH role ${name} allows no users; add at least one to allowedUsers.`);
    checkUsers(name, [...allowedUsers.filter((user) => user !== ANY_USER), defaultUser]);
    if (!allowedUsers.includes(defaultUser) && !allowedUsers.includes(ANY_USER))
      throw new ValidationError(
        "ssh-users",
        `The SSH role ${name} has the defaultUser ${defaultUser}, who is not among its allowedUsers (${allowedUsers.join(", ")}); add that user, or choose another.`,
      );
    const extensions = props.extensions ?? ["permit-pty"];
    return new SshRole(name, "sign", {
      keyType: "ca",
      allowUserCertificates: true,
      allowedUsers: allowedUsers.join(","),
      allowedUsersTemplate: allowedUsers.some(isTemplate) ? true : undefined,
      defaultUser,
      defaultUserTemplate: isTemplate(defaultUser) ? true : undefined,
      allowedUserKeyConfig: USER_KEYS,
      allowedExtensions: extensions.join(","),
      defaultExtensions: Object.fromEntries(extensions.map((extension) => [extension, ""])),
      ttl: String(props.maxTtl.toSeconds()),
      maxTtl: String(props.maxTtl.toSeconds()),
    });
  }

  /** By one-time password; https://developer.hashicorp.com/vault/docs/secrets/ssh/one-time-ssh-passwords */
  static oneTimePassword(props: SshOneTimePasswordRoleProps): SshRole {
    if (props.cidrs.length === 0)
      throw new ValidationError(
        "ssh-cidrs",
        `The SSH role ${props.name} has no cidrs, so no host could use it; add at least one.`,
      );
    const users = [props.defaultUser, ...(props.allowedUsers ?? [])];
    checkUsers(props.name, [props.defaultUser, ...users.filter((user) => user !== ANY_USER)]);
    const template = users.find(isTemplate);
    if (template !== undefined)
      throw new ValidationError(
        "ssh-users",
        `The SSH role ${props.name} has the user ${template}, but one-time passwords know no templates; name a user.`,
      );
    return new SshRole(props.name, "creds", {
      keyType: "otp",
      defaultUser: props.defaultUser,
      allowedUsers: users.join(","),
      cidrList: props.cidrs.join(","),
    });
  }

  private constructor(
    readonly name: string,
    /** The endpoint of the engine at which a login starts. */
    readonly endpoint: "sign" | "creds",
    /** Arguments of `vault_ssh_secret_backend_role`. */
    readonly config: Omit<SshSecretBackendRoleConfig, "name" | "backend">,
  ) {}

  /** Allows the grantee to log in to hosts with this role of a mount. */
  grantLogin(mount: string, grantee: IGrantee): void {
    grantee.grant({
      path: `${mount}/${this.endpoint}/${this.name}`,
      capabilities: ["create", "update"],
      reason: `SSH logins with the role ${this.name}`,
    });
  }
}

/** A role, for checks at run time. */
export const SSH_ROLE: ValueType = {
  name: "SshRole",
  member: "endpoint",
  example: 'SshRole.certificate({ name: "operators", allowedUsers: ["ubuntu"], maxTtl: Duration.hours(8) })',
  required: true,
};
