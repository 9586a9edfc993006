import type { IGrantee } from "../../policy/grantee";
import { ValidationError } from "../../core/errors";
import { checkDurations, type Duration } from "../../core/duration";
import type { SshSecretBackendRoleConfig } from "../../terraform/providers/vault";

/** A role that signs the SSH keys of users, so that hosts which trust the CA accept them. */
export interface SshCertificateRoleProps {
  /** Name of the role. */
  readonly name: string;
  /** Users, called principals, that a certificate may name. */
  readonly allowedUsers: readonly string[];
  /**
   * The user if a request names none.
   *
   * @default - the first of allowedUsers
   */
  readonly defaultUser?: string;
  /** How long a certificate is valid, unless a request asks for less. */
  readonly maxTtl: Duration;
  /**
   * What a session may do in addition to running commands.
   *
   * @default ["permit-pty"]
   */
  readonly extensions?: readonly string[];
}

/** A role that generates passwords. A host accepts each once, through the helper of the SSH engine on that host. */
export interface SshOneTimePasswordRoleProps {
  /** Name of the role. */
  readonly name: string;
  /** The user if a request names none. */
  readonly defaultUser: string;
  /** Addresses of the hosts, as CIDRs. */
  readonly cidrs: readonly string[];
  /**
   * Additional users.
   *
   * @default - none
   */
  readonly allowedUsers?: readonly string[];
}

/** A role of the SSH engine. */
export class SshRole {
  /** By signed certificate; https://developer.hashicorp.com/vault/docs/secrets/ssh/signed-ssh-certificates */
  static certificate(props: SshCertificateRoleProps): SshRole {
    checkDurations(props, ["maxTtl"]);
    const { name, allowedUsers } = props;
    const [first] = allowedUsers;
    if (first === undefined)
      throw new ValidationError("ssh-users", `The SSH role ${name} allows no users; add at least one to allowedUsers.`);
    const defaultUser = props.defaultUser ?? first;
    if (!allowedUsers.includes(defaultUser) && !allowedUsers.includes("*"))
      throw new ValidationError(
        "ssh-users",
        `The SSH role ${name} has the defaultUser ${defaultUser}, who is not among its allowedUsers (${allowedUsers.join(", ")}); add that user, or choose another.`,
      );
    const extensions = props.extensions ?? ["permit-pty"];
    return new SshRole(name, "sign", {
      keyType: "ca",
      allowUserCertificates: true,
      allowedUsers: allowedUsers.join(","),
      defaultUser,
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
    return new SshRole(props.name, "creds", {
      keyType: "otp",
      defaultUser: props.defaultUser,
      allowedUsers: [props.defaultUser, ...(props.allowedUsers ?? [])].join(","),
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
