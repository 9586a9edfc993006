import { z } from "zod";
import { SSH_MOUNT, SshCa, type SshCaProps } from "../../constructs/ssh-ca/ssh-ca";
import {
  SshRole,
  type SshCertificateRoleProps,
  type SshOneTimePasswordRoleProps,
} from "../../constructs/ssh-ca/ssh-role";
import { checkRoleName } from "../../constructs/access/roles";
import { list, name, only, parsedBy, uniquelyNamed, validatedBy } from "../builders";
import { forgetBelow } from "../../terraform/forgotten-resource";
import { cidr, duration, mountPath } from "../fields";
import { shape, type InFile } from "../in-file";
import { engine, unknownName } from "./engine";

/** A role that signs the SSH keys of users. */
export interface SshCertificateRoleSpec extends InFile<SshCertificateRoleProps> {
  /** @changes in place: clients use the other endpoint */
  readonly type: "certificate";
}

/** A role that generates passwords which a host accepts once. */
export interface SshOneTimePasswordRoleSpec extends InFile<SshOneTimePasswordRoleProps> {
  /** @changes in place: clients use the other endpoint */
  readonly type: "one-time-password";
}

/** SSH logins of a tenant. */
export interface SshSpec extends InFile<Pick<SshCaProps, "mount">> {
  /**
   * How users log in to hosts.
   *
   * @changes in place: certificates of a removed role stay valid until they expire
   */
  readonly roles: readonly (SshCertificateRoleSpec | SshOneTimePasswordRoleSpec)[];
}

/** The field of an instance. */
export interface SshField {
  /**
   * An SSH authority: signed certificates and one-time passwords.
   *
   * @default - none
   * @changes in place: removed, Terraform forgets the mount and its key and does not destroy them
   */
  readonly ssh?: SshSpec;
}

/** The field of a role. */
export interface SshGrants {
  /**
   * Names of SSH roles with which to log in to hosts.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly ssh?: readonly string[];
}

const KEPT = "It holds the signing key, which hosts trust.";

const roleName = (example: string) => validatedBy(name(example), (value) => checkRoleName("SSH", value));

const certificate = parsedBy(
  shape<SshCertificateRoleSpec>()({
    type: only("certificate"),
    name: roleName("ops"),
    allowedUsers: list(name("ubuntu"), '"ubuntu"'),
    defaultUser: name("ubuntu").optional(),
    maxTtl: duration,
    extensions: list(name("permit-pty"), '"permit-pty"').optional(),
  }),
  (role) => SshRole.certificate(role),
);

const oneTimePassword = parsedBy(
  shape<SshOneTimePasswordRoleSpec>()({
    type: only("one-time-password"),
    name: roleName("break-glass"),
    defaultUser: name("ubuntu"),
    cidrs: list(cidr, '"20.0.0.0/24"'),
    allowedUsers: list(name("ubuntu"), '"ubuntu"').optional(),
  }),
  (role) => SshRole.oneTimePassword(role),
);

export const ssh = engine<SshField, SshGrants>()({
  field: "ssh",
  schema: shape<SshSpec>()({
    mount: mountPath.optional(),
    roles: uniquelyNamed(z.discriminatedUnion("type", [certificate, oneTimePassword])),
  }),
  grants: { ssh: list(name("ops"), '"ops"').optional() },
  mounts: ({ mount = SSH_MOUNT }) => [mount],
  refuse: (spec, _field, entry) => unknownName(entry, spec?.roles.map((role) => role.name) ?? []),
  create: (scope, spec, { provider, deletionProtection }) =>
    new SshCa(scope, "Ssh", { ...spec, deletionProtection, provider }),
  forget: (scope) => {
    forgetBelow(scope, ["Ssh", "Mount"], "vault_mount", KEPT);
    forgetBelow(scope, ["Ssh", "Resource"], "vault_ssh_secret_backend_ca", KEPT);
  },
  grant: (authority, grantee, { ssh: roles = [] }) => roles.forEach((role) => authority.grantLogin(grantee, role)),
});
