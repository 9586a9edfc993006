import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { IGrantee } from "../../policy/grantee";
import { checkMountPath } from "../../core/mount-path";
import { checkValueLists } from "../../core/value-type";
import { checkRoleName, checkUniqueRoles, unknownRole } from "../access/roles";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { Mount, SshSecretBackendCa, SshSecretBackendRole } from "../../terraform/providers/vault";
import { SSH_ROLE, type SshRole } from "./ssh-role";

/** Default mount of the SSH engine. */
export const SSH_MOUNT = "ssh";

/** Properties of an {@link SshCa}. */
export interface SshCaProps {
  /**
   * Path of the SSH mount. The plan fails if it changes, because the signing key would be lost.
   *
   * @default "ssh"
   * @changes refused: move the key by the steps in the README of SshCa
   */
  readonly mount?: string;
  /**
   * Roles for logins.
   *
   * @changes in place: certificates of a removed role stay valid until they expire
   */
  readonly roles: readonly SshRole[];
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
  /** Public key for the `TrustedUserCAKeys` file of sshd. */
  readonly publicKey: string;
  /** Allows the grantee to log in to hosts with a role. @throws ValidationError if the role does not exist. */
  grantLogin(grantee: IGrantee, role: string): void;
}

/**
 * A tenant's SSH authority: signed certificates and one-time passwords.
 * Vault generates the signing key in the instance; the key never leaves it.
 */
export class SshCa extends Construct implements ISshCa {
  readonly mount: string;
  readonly publicKey: string;
  private readonly roles: ReadonlyMap<string, SshRole>;

  constructor(scope: Construct, id: string, props: SshCaProps) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkValueLists(props, ["roles"], SSH_ROLE, this);
    const { provider } = props;
    const preventDestroy = props.deletionProtection ?? true;
    this.mount = checkMountPath(props.mount ?? SSH_MOUNT, this);
    checkUniqueRoles(props.roles, this);
    for (const { name } of props.roles) checkRoleName("SSH", name, this);
    this.roles = new Map(props.roles.map((role) => [role.name, role]));

    const mount = new Mount(this, "Mount", { path: this.mount, type: "ssh", lifecycle: { preventDestroy }, provider });
    const ca = new SshSecretBackendCa(this, "Resource", {
      backend: mount.path,
      generateSigningKey: true,
      keyType: "ed25519",
      // A provider upgrade that reads an argument differently must not replace the key.
      lifecycle: {
        preventDestroy,
        ignoreChanges: "all",
        // The mount would move with the key. Terraform would look for the key at the former path and create another one.
        postcondition: [
          {
            condition: `\${self.backend == ${JSON.stringify(this.mount)}}`,
            errorMessage: `The mount of the SSH authority cannot be renamed to ${this.mount}, because Terraform would create another signing key; set the former mount again, or move the key as the README of SshCa describes.`,
          },
        ],
      },
      provider,
    });
    this.publicKey = ca.publicKey;
    for (const role of this.roles.values()) {
      new SshSecretBackendRole(this, `Role-${role.name}`, {
        ...role.config,
        name: role.name,
        backend: mount.path,
        provider,
      });
    }
  }

  grantLogin(grantee: IGrantee, role: string): void {
    const known = this.roles.get(role);
    if (known === undefined) throw unknownRole("SSH", role, this.roles.keys(), this);
    known.grantLogin(this.mount, grantee);
  }
}
