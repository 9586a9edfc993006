import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { IGrantee } from "../../policy/grantee";
import { checkUniqueRoles, unknownRole } from "../access/roles";
import { Mount, SshSecretBackendCa, SshSecretBackendRole } from "../../terraform/providers/vault";
import type { SshRole } from "./ssh-role";

/** Default mount of the SSH engine. */
export const SSH_MOUNT = "ssh";

/** Properties of an {@link SshCa}. */
export interface SshCaProps {
  /** @default "ssh" */
  readonly mount?: string;
  readonly roles: readonly SshRole[];
  /**
   * Whether Terraform refuses to destroy the signing key, which every host that trusts it would lose.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /** @default - the stack's Vault provider */
  readonly provider?: TerraformProvider;
}

/** An authority for SSH logins. */
export interface ISshCa {
  /** Path of the SSH mount. */
  readonly mount: string;
  /** What hosts put into the file that sshd's `TrustedUserCAKeys` names. */
  readonly publicKey: string;
  /** Lets the grantee log in to hosts with a role. @throws ValidationError when there is no such role. */
  grantLogin(grantee: IGrantee, role: string): void;
}

/**
 * A tenant's SSH authority: signed certificates and one-time passwords.
 * The signing key is made in the instance and never leaves it.
 */
export class SshCa extends Construct implements ISshCa {
  readonly mount: string;
  readonly publicKey: string;
  private readonly roles: ReadonlyMap<string, SshRole>;

  constructor(scope: Construct, id: string, props: SshCaProps) {
    super(scope, id);
    const { provider } = props;
    const preventDestroy = props.deletionProtection ?? true;
    this.mount = props.mount ?? SSH_MOUNT;
    checkUniqueRoles(props.roles, this);
    this.roles = new Map(props.roles.map((role) => [role.name, role]));

    const mount = new Mount(this, "Mount", { path: this.mount, type: "ssh", lifecycle: { preventDestroy }, provider });
    const ca = new SshSecretBackendCa(this, "Resource", {
      backend: mount.path,
      generateSigningKey: true,
      keyType: "ed25519",
      // An upgrade of the provider that reads an argument differently must not make a new key.
      lifecycle: { preventDestroy, ignoreChanges: "all" },
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
