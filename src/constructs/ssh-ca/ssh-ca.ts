import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { IGrantee } from "../../policy/grantee";
import { checkMountPath } from "../../core/mount-path";
import { checkValueLists, checkValues } from "../../core/value-type";
import { APP_ROLE_LOGIN } from "../login/app-role-login";
import { checkRoleName, checkUniqueRoles, unknownRole } from "../access/roles";
import { checkProviders } from "../../terraform/provider-value";
import { forgetBelow } from "../../terraform/forgotten-resource";
import type { HookTarget } from "../../terraform/hook";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { createSshAuthority } from "./ssh-authority";
import { SSH_CA_KEY, type SshCaKey } from "./ssh-ca-key";
import { generationsOf, signingMounts, type SshGenerations } from "./ssh-generations";
import { checkHosts, sshHostSetup, type SshHostSetup } from "./ssh-hosts";
import type { SshHostsProps } from "./ssh-hosts-props";
import { guardImportedKeys, importedKeysOf } from "./ssh-imported-keys";
import { SSH_ROLE, type SshRole } from "./ssh-role";

/** Default mount of the SSH engine. */
export const SSH_MOUNT = "ssh";

/** Scope of the keys after the first. */
const SUCCESSORS = "Successors";

/** Makes Terraform forget the keys after the first instead of destroying them. @param scope The {@link SshCa}, or its ID in its place. */
export function forgetSuccessors(scope: Construct, id: readonly string[] = []): void {
  forgetBelow(scope, [...id, SUCCESSORS, "Mount"], "vault_mount", KEPT);
  forgetBelow(scope, [...id, SUCCESSORS, "Resource"], "vault_ssh_secret_backend_ca", KEPT);
}

/** Why a mount and its key are kept. */
export const KEPT = "It holds the signing key, which hosts trust.";

/** Properties of an {@link SshCa}. */
export interface SshCaProps extends SshGenerations {
  /**
   * Path of the SSH mount. The plan fails if it changes, because the signing key would be lost.
   *
   * @default "ssh"
   * @changes refused: move the key by the steps in the README of SshCa
   */
  readonly mount?: string;
  /**
   * What the hook needs that imports keys.
   *
   * @default - none: importedKeys are refused
   * @changes in place: the hook uses it from its next run on
   */
  readonly hook?: HookTarget;
  /**
   * Kind of the signing key that the instance generates.
   *
   * @default - Ed25519
   * @changes refused: raise generation, which creates another key beside the former one
   */
  readonly key?: SshCaKey;
  /**
   * Roles for logins.
   *
   * @changes in place: certificates of a removed role stay valid until they expire
   */
  readonly roles: readonly SshRole[];
  /**
   * How hosts are set up, as files for cloud-init and Ansible.
   *
   * @default - no files are rendered
   * @changes in place: of the outputs alone; bring them to the hosts
   */
  readonly hosts?: SshHostsProps;
  /**
   * Whether Terraform refuses to destroy the signing key. Hosts that trust it would reject later logins.
   *
   * @default true
   * @changes in place: applies to the next deployment
   */
  readonly deletionProtection?: boolean;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/** An authority for SSH logins. */
export interface ISshCa {
  /** Path of the SSH mount. */
  readonly mount: string;
  /** Path of the mount that signs: the one of the newest generation. */
  readonly signingMount: string;
  /** Public keys for the `TrustedUserCAKeys` file of sshd, one per line. There are several during a rotation. */
  readonly publicKey: string;
  /** Allows the grantee to log in to hosts with a role. @throws ValidationError if the role does not exist. */
  grantLogin(grantee: IGrantee, role: string): void;
}

/**
 * A tenant's SSH authority: signed certificates and one-time passwords.
 * The instance generates the signing key, which never leaves it, or the hook imports a key of the central Vault.
 */
export class SshCa extends Construct implements ISshCa {
  readonly mount: string;
  readonly signingMount: string;
  readonly publicKey: string;
  /** Files that set hosts up, if hosts are described. */
  readonly hostSetup?: SshHostSetup;
  private readonly roles: ReadonlyMap<string, SshRole>;
  /** Mounts in which there are roles that sign. */
  private readonly mounts: readonly string[];

  constructor(scope: Construct, id: string, props: SshCaProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkValueLists(props, ["roles"], SSH_ROLE, this);
    checkValues(props, ["key"], SSH_CA_KEY, this);
    this.mount = checkMountPath(props.mount ?? SSH_MOUNT, this);
    checkUniqueRoles(props.roles, this);
    for (const { name } of props.roles) checkRoleName("SSH", name, this);
    this.roles = new Map(props.roles.map((role) => [role.name, role]));
    const { oldest, newest } = generationsOf(props, this);
    this.mounts = signingMounts(this.mount, { oldest, newest });
    this.signingMount = this.mounts.at(-1) ?? this.mount;

    const imported = importedKeysOf(props, this);
    const settings = { ...props, mount: this.mount, imported, oldest, newest };
    const keys = [...createSshAuthority(this, settings)];
    if (newest > 1) {
      const later = Array.from({ length: newest - 1 }, (_, index) => index + 2);
      keys.push(...createSshAuthority(new Construct(this, SUCCESSORS), settings, later));
    } else if (props.deletionProtection !== false) forgetSuccessors(this);
    guardImportedKeys(this, imported, props.deletionProtection ?? true);
    const lines = keys.map((key) => `\${trimspace(${key})}\n`).join("");
    this.publicKey = keys.length === 1 ? `\${${keys.join()}}` : lines;
    const { hosts } = props;
    if (hosts === undefined) return;
    checkValues(hosts, ["login"], { ...APP_ROLE_LOGIN, required: false }, this);
    checkHosts(hosts, props.roles, this);
    const others = (hosts.additionalTrustedKeys ?? []).map((key) => `${key.trim()}\n`);
    this.hostSetup = sshHostSetup(hosts, others.length === 0 ? this.publicKey : [lines, ...others].join(""), {
      signingMount: this.signingMount,
      passwordMount: this.mount,
    });
  }

  grantLogin(grantee: IGrantee, role: string): void {
    const known = this.roles.get(role);
    if (known === undefined) throw unknownRole("SSH", role, this.roles.keys(), this);
    const isSigned = known.endpoint === "sign";
    const newest = isSigned ? this.signingMount : this.mount;
    const hosts = [...this.roles.values()].flatMap((each) => each.hosts);
    for (const mount of isSigned ? this.mounts : [this.mount])
      known.grantLogin(mount, grantee, mount === newest ? known.useOn(mount, hosts) : undefined);
  }
}
