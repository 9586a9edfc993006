import { z } from "zod";
import { forgetSuccessors, KEPT, SSH_MOUNT, SshCa, type SshCaProps } from "../../constructs/ssh-ca/ssh-ca";
import { SshCaKey, type EcdsaSshCaKeyProps, type RsaSshCaKeyProps } from "../../constructs/ssh-ca/ssh-ca-key";
import {
  generationsOf,
  signingMounts,
  type SshGenerations,
  type SshImportedKey,
} from "../../constructs/ssh-ca/ssh-generations";
import { checkHosts } from "../../constructs/ssh-ca/ssh-hosts";
import { importedKeysOf } from "../../constructs/ssh-ca/ssh-imported-keys";
import type { SshHostsProps } from "../../constructs/ssh-ca/ssh-hosts-props";
import { SSH_KEY_KINDS } from "../../constructs/ssh-ca/ssh-keys";
import { SshRole } from "../../constructs/ssh-ca/ssh-role";
import type {
  SshCertificateRoleProps,
  SshHostRoleProps,
  SshOneTimePasswordRoleProps,
} from "../../constructs/ssh-ca/ssh-role-props";
import { parseDomain } from "../../core/domains";
import { checkRoleName } from "../../constructs/access/roles";
import {
  boolean,
  choice,
  count,
  distinct,
  list,
  map,
  name,
  only,
  parsedBy,
  uniquelyNamed,
  validatedBy,
  whole,
} from "../builders";
import { forgetBelow } from "../../terraform/forgotten-resource";
import { cidr, cidrs, duration, mountPath, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { engine, unknownName } from "./engine";

/** A role that signs the SSH keys of users. */
export interface SshCertificateRoleSpec extends InFile<SshCertificateRoleProps> {
  /** @changes in place: clients use the other endpoint */
  readonly type: "certificate";
}

/** A role that signs the SSH keys of hosts. */
export interface SshHostRoleSpec extends InFile<SshHostRoleProps> {
  /** @changes in place: clients sign other keys with the role */
  readonly type: "host";
}

/** A role that generates passwords which a host accepts once. */
export interface SshOneTimePasswordRoleSpec extends InFile<SshOneTimePasswordRoleProps> {
  /** @changes in place: clients use the other endpoint */
  readonly type: "one-time-password";
}

/** An Ed25519 key, which is the default. */
export interface Ed25519SshKeySpec {
  /** @changes refused: raise generation, which creates another key beside the former one */
  readonly type: "ed25519";
}

/** An RSA key, for devices that know nothing newer. */
export interface RsaSshKeySpec extends InFile<RsaSshCaKeyProps> {
  /** @changes refused: raise generation, which creates another key beside the former one */
  readonly type: "rsa";
}

/** An ECDSA key on a curve of NIST. */
export interface EcdsaSshKeySpec extends InFile<EcdsaSshCaKeyProps> {
  /** @changes refused: raise generation, which creates another key beside the former one */
  readonly type: "ecdsa";
}

/** Hosts that trust the authority. */
export type SshHostsSpec = InFile<Omit<SshHostsProps, "address" | "namespace" | "login">>;

/** A signing key that exists, which the hook imports from the central Vault. */
export type SshImportedKeySpec = InFile<SshImportedKey>;

/** SSH logins of a tenant. */
export interface SshSpec extends InFile<SshGenerations & Pick<SshCaProps, "mount">> {
  /**
   * Kind of the signing key that the instance generates.
   *
   * @default - Ed25519
   * @changes refused: raise generation, which creates another key beside the former one
   */
  readonly key?: Ed25519SshKeySpec | RsaSshKeySpec | EcdsaSshKeySpec;
  /**
   * How hosts are set up, as outputs for cloud-init and Ansible.
   *
   * @default - no files are rendered
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly hosts?: SshHostsSpec;

  /**
   * How users log in to hosts.
   *
   * @changes in place: certificates of a removed role stay valid until they expire
   */
  readonly roles: readonly (SshCertificateRoleSpec | SshHostRoleSpec | SshOneTimePasswordRoleSpec)[];
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

const roleName = (example: string) => validatedBy(name(example), (value) => checkRoleName("SSH", value));

const allowedKeys = distinct(choice(...SSH_KEY_KINDS), '"ed25519"').optional();

const certificate = parsedBy(
  shape<SshCertificateRoleSpec>()({
    type: only("certificate"),
    name: roleName("ops"),
    allowedUsers: list(name("ubuntu"), '"ubuntu"'),
    defaultUser: name("ubuntu").optional(),
    maxTtl: duration,
    defaultTtl: duration.optional(),
    extensions: list(name("permit-pty"), '"permit-pty"').optional(),
    sourceCidrs: cidrs.optional(),
    forceCommand: name("/usr/bin/backup").optional(),
    allowedKeys,
    keyIdFormat: name("{{token_display_name}}").optional(),
    allowUserKeyIds: boolean.optional(),
  }),
  (role) => SshRole.certificate(role),
);

const host = parsedBy(
  shape<SshHostRoleSpec>()({
    type: only("host"),
    name: roleName("hosts"),
    allowedDomains: list(parsedBy(name("customer10.internal"), parseDomain), '"customer10.internal"'),
    allowSubdomains: boolean.optional(),
    allowBareDomains: boolean.optional(),
    maxTtl: duration,
    defaultTtl: duration.optional(),
    allowedKeys,
  }),
  (role) => SshRole.host(role),
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

const key = z.discriminatedUnion("type", [
  parsedBy(shape<Ed25519SshKeySpec>()({ type: only("ed25519") }), () => SshCaKey.ed25519()),
  parsedBy(
    shape<RsaSshKeySpec>()({
      type: only("rsa"),
      bits: count("3072, 4096 or 8192").optional(),
      signatureAlgorithm: choice("rsa-sha2-256", "rsa-sha2-512").optional(),
    }),
    (props) => SshCaKey.rsa(props),
  ),
  parsedBy(shape<EcdsaSshKeySpec>()({ type: only("ecdsa"), bits: count("256, 384 or 521").optional() }), (props) =>
    SshCaKey.ecdsa(props),
  ),
]);

const importedKey = shape<SshImportedKeySpec>()({
  generation: whole("generation", 1).optional(),
  privateKey: secretRef,
});

const hosts = shape<SshHostsSpec>()({
  users: map(name("ubuntu"), list(name("ops"), '"ops"')),
  hostRole: name("hosts").optional(),
  oneTimePasswordRoles: distinct(name("break-glass"), '"break-glass"').optional(),
  additionalTrustedKeys: distinct(name("ssh-ed25519 AAAA..."), '"ssh-ed25519 AAAA..."').optional(),
  revokedSerials: distinct(name("5d2f7a9c0e1b3c4d"), '"5d2f7a9c0e1b3c4d"').optional(),
});

export const ssh = engine<SshField, SshGrants>()({
  field: "ssh",
  schema: validatedBy(
    shape<SshSpec>()({
      mount: mountPath.optional(),
      key: key.optional(),
      generation: whole("generation", 1).optional(),
      oldestGeneration: whole("generation", 1).optional(),
      importedKeys: list(importedKey, "{ privateKey: { ... } }").optional(),
      hosts: hosts.optional(),
      roles: uniquelyNamed(z.discriminatedUnion("type", [certificate, host, oneTimePassword])),
    }),
    (spec) => {
      generationsOf(spec);
      importedKeysOf(spec);
      if (spec.hosts !== undefined) checkHosts(spec.hosts, spec.roles);
    },
  ),
  grants: { ssh: list(name("ops"), '"ops"').optional() },
  mounts: ({ mount = SSH_MOUNT, generation: newest = 1 }) => signingMounts(mount, { oldest: 1, newest }),
  refuse: (spec, _field, entry) => unknownName(entry, spec?.roles.map((role) => role.name) ?? []),
  create: (scope, { hosts: each, ...spec }, { tenant, name: instance, central, ...context }) => {
    const { address, namespace, login, provider, deletionProtection } = context;
    return new SshCa(scope, "Ssh", {
      ...spec,
      ...(central === undefined ? {} : { hook: { tenant, name: instance, central } }),
      hosts: each && { ...each, address, namespace, login },
      deletionProtection,
      provider,
    });
  },
  forget: (scope) => {
    forgetBelow(scope, ["Ssh", "Mount"], "vault_mount", KEPT);
    forgetBelow(scope, ["Ssh", "Resource"], "vault_ssh_secret_backend_ca", KEPT);
    forgetSuccessors(scope, ["Ssh"]);
  },
  outputs: ({ publicKey, hostSetup }) => ({
    ssh_ca_public_key: publicKey,
    ssh_hosts_cloud_init: hostSetup?.cloudInit,
    ssh_hosts_ansible: hostSetup?.ansible,
  }),
  grant: (authority, grantee, { ssh: roles = [] }) => roles.forEach((role) => authority.grantLogin(grantee, role)),
});
