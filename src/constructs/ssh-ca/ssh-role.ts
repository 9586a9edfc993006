import type { StatementUse } from "../../contract/guide";
import type { IGrantee } from "../../policy/grantee";
import { ValidationError } from "../../core/errors";
import { parseAnyCidr } from "../../core/cidr";
import { parseDomain } from "../../core/domains";
import { checkDurations } from "../../core/duration";
import type { ValueType } from "../../core/value-type";
import type { SshSecretBackendRoleConfig } from "../../terraform/providers/vault";
import { templateProblem } from "../../policy/policy-path";
import { longerThanMaxTtl } from "../access/roles";
import { allowedUserKeyConfig } from "./ssh-keys";
import type { SshCertificateRoleProps, SshHostRoleProps, SshOneTimePasswordRoleProps } from "./ssh-role-props";

/** Stands for every user in a list of allowed ones. */
const ANY_USER = "*";

/** A user's name, in which templates of the identity may stand. A comma would make two names of it. */
const USER_NAME = /^([\w.@+-]|\{\{\s*identity\.(entity|groups)\.[\w.-]+\s*\}\})+$/;

/** The list as servers read it: `*` stands for every user only if it is the whole text. */
function allowedText(users: readonly string[]): string {
  return users.includes(ANY_USER) ? ANY_USER : users.join(",");
}

function isTemplate(user: string): boolean {
  return user.includes("{{");
}

/** @throws ValidationError if a certificate or password for one of the users could not work. */
function checkUsers(role: string, users: readonly string[]): void {
  const wrong = users.find((user) => !USER_NAME.test(user) || templateProblem(user) !== undefined);
  if (wrong === undefined) return;
  throw new ValidationError(
    "ssh-users",
    wrong === ANY_USER
      ? `The SSH role ${role} would issue for a user named *, whom no host knows; set defaultUser.`
      : `The SSH role ${role} has ${JSON.stringify(wrong)}, which is not a valid user; write a name, or a template such as "{{identity.entity.name}}".`,
  );
}

/** A name of RFC 4250, section 4.6.1. A comma would make two of it. */
const EXTENSION = /^[\w.+-]+(@[\w.-]+)?$/;

/** @throws ValidationError if an extension has no valid name, or sshd would log or run something else than what one line says. */
function checkTexts({ name, extensions = [], forceCommand, keyIdFormat }: SshCertificateRoleProps): void {
  const fail = (problem: string): never => {
    throw new ValidationError("ssh-text", `The SSH role ${name} has ${problem}.`);
  };
  const extension = extensions.find((each) => !EXTENSION.test(each));
  if (extension !== undefined)
    fail(`the extension ${JSON.stringify(extension)}, which is not a valid name; write one such as "permit-pty"`);
  for (const [field, text] of Object.entries({ forceCommand, keyIdFormat }))
    if (text !== undefined && (text === "" || /\p{Cc}/u.test(text)))
      fail(`a ${field} that is empty or has control characters; write one line of text`);
}

/** Arguments of the critical options, without which sshd refuses a certificate. */
function enforcedOptions({ name, sourceCidrs, forceCommand }: SshCertificateRoleProps): Partial<SshRole["config"]> {
  if (sourceCidrs?.length === 0)
    throw new ValidationError(
      "ssh-cidrs",
      `The SSH role ${name} has no sourceCidrs; add at least one, or remove the field.`,
    );
  if (sourceCidrs === undefined && forceCommand === undefined) return {};
  return {
    defaultCriticalOptions: {
      ...(sourceCidrs && { "source-address": sourceCidrs.map((cidr) => parseAnyCidr(cidr).toString()).join(",") }),
      ...(forceCommand !== undefined && { "force-command": forceCommand }),
    },
    allowedCriticalOptions: UNKNOWN_OPTION,
  };
}

/**
 * What a request may ask for instead of the default options. An empty list would allow everything, and what is asked for replaces
 * the defaults. No sshd knows this option, so each refuses a certificate that has it.
 */
const UNKNOWN_OPTION = "none@tenant-vault";

/** @throws ValidationError if the default TTL exceeds the maximum. */
function ttls(props: Pick<SshCertificateRoleProps, "name" | "maxTtl" | "defaultTtl">): { ttl: string; maxTtl: string } {
  checkDurations(props, ["defaultTtl", "maxTtl"]);
  const { name, maxTtl, defaultTtl = maxTtl } = props;
  if (defaultTtl.isLongerThan(maxTtl))
    throw new ValidationError("ssh-ttl", longerThanMaxTtl("SSH", { name, defaultTtl, maxTtl }));
  return { ttl: String(defaultTtl.toSeconds()), maxTtl: String(maxTtl.toSeconds()) };
}

/** A role of the SSH engine. */
export class SshRole {
  /** By signed certificate; https://developer.hashicorp.com/vault/docs/secrets/ssh/signed-ssh-certificates */
  static certificate(props: SshCertificateRoleProps): SshRole {
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
    checkTexts(props);
    const extensions = props.extensions ?? ["permit-pty"];
    return new SshRole(name, "sign", {
      keyType: "ca",
      allowUserCertificates: true,
      allowedUsers: allowedText(allowedUsers),
      allowedUsersTemplate: isTemplate(allowedText(allowedUsers)) ? true : undefined,
      defaultUser,
      defaultUserTemplate: isTemplate(defaultUser) ? true : undefined,
      allowedUserKeyConfig: allowedUserKeyConfig(name, props.allowedKeys),
      allowedExtensions: extensions.join(","),
      defaultExtensions: Object.fromEntries(extensions.map((extension) => [extension, ""])),
      ...enforcedOptions(props),
      keyIdFormat: props.keyIdFormat,
      allowUserKeyIds: props.allowUserKeyIds === true ? true : undefined,
      ...ttls(props),
    });
  }

  /** By certificates of hosts; https://developer.hashicorp.com/vault/docs/secrets/ssh/signed-ssh-certificates#host-key-signing */
  static host(props: SshHostRoleProps): SshRole {
    const { name, allowedDomains, allowSubdomains = true, allowBareDomains = false } = props;
    if (allowedDomains.length === 0 || !(allowSubdomains || allowBareDomains))
      throw new ValidationError(
        "ssh-domains",
        `The SSH role ${name} allows no host; ${allowedDomains.length === 0 ? "add at least one domain to allowedDomains" : "set allowBareDomains: true, or remove allowSubdomains: false"}.`,
      );
    return new SshRole(name, "sign", {
      keyType: "ca",
      allowHostCertificates: true,
      allowedDomains: allowedDomains.map(parseDomain).join(","),
      allowSubdomains,
      allowBareDomains,
      allowedUserKeyConfig: allowedUserKeyConfig(name, props.allowedKeys),
      ...ttls(props),
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
      allowedUsers: allowedText(users),
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

  /**
   * Allows the grantee to use this role of a mount.
   *
   * @param use What the guide says of it; nothing if another mount has taken its place.
   */
  grantLogin(mount: string, grantee: IGrantee, use?: StatementUse): void {
    grantee.grant({
      path: `${mount}/${this.endpoint}/${this.name}`,
      capabilities: ["create", "update"],
      reason:
        this.config.allowHostCertificates === true
          ? `host certificates of the SSH role ${this.name}`
          : `SSH logins with the role ${this.name}`,
      use,
    });
  }

  /** Domains of the hosts whose keys it signs. */
  get hosts(): readonly string[] {
    const { allowHostCertificates, allowedDomains = "" } = this.config;
    return allowHostCertificates === true ? allowedDomains.split(",") : [];
  }

  /** What clients do with it on a mount. @param hosts Domains of the hosts that the authority of the mount knows. */
  useOn(mount: string, hosts: readonly string[]): StatementUse {
    const { name: role, endpoint, config } = this;
    const [domain] = this.hosts;
    if (domain !== undefined) return { kind: "ssh-host", mount, role, domain };
    const user = config.defaultUser ?? "";
    if (endpoint === "creds") {
      const [address = ""] = (config.cidrList ?? "").split(/[,/]/);
      // A host has not the address of its network.
      return { kind: "ssh-password", role, user, example: address.replace(/\.0$/, ".1") };
    }
    const kinds = config.allowedUserKeyConfig;
    const kind = Array.isArray(kinds) ? (kinds.find(({ type }) => type === "ed25519") ?? kinds[0]) : undefined;
    const [bits] = kind?.lengths ?? [];
    return {
      kind: "ssh-certificate",
      mount,
      role,
      user,
      hosts,
      keyType: kind?.type ?? "ed25519",
      ...(bits === undefined || bits === 0 ? {} : { keyBits: bits }),
    };
  }
}

/** A role, for checks at run time. */
export const SSH_ROLE: ValueType = {
  name: "SshRole",
  member: "endpoint",
  example: 'SshRole.certificate({ name: "operators", allowedUsers: ["ubuntu"], maxTtl: Duration.hours(8) })',
  required: true,
};
