import { AssetType, TerraformAsset, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { CentralSecret } from "../../terraform/central-secret";
import { VaultProvider } from "../../terraform/providers/vault";
import { ACCESS_FIELDS, ACCESS_MOUNT, accessPath, IDENTITY_LOGIN } from "../../contract/identities";

/** Properties of an {@link InstanceProvider}. */
export interface InstanceProviderProps {
  /** Name of the tenant. */
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  /** URL under which Terraform reaches the instance. */
  readonly address: string;
  /** The provider of the central Vault, which holds the credentials of the instance's identities. */
  readonly centralProvider: TerraformProvider;
  /**
   * Identity as which Terraform logs in, or an expression for it, such as a {@link ConfigIdentity}.
   *
   * @default "apply"
   */
  readonly identity?: string;
  /**
   * PEM file of the CA that signed the instance's TLS certificate.
   *
   * @default - the file that VAULT_CACERT names when Terraform runs, otherwise the certificates that the machine trusts
   */
  readonly caCertificateFile?: string;
  /**
   * Alias of the provider.
   *
   * @default - the stack's default Vault provider
   */
  readonly alias?: string;
}

/**
 * The Vault provider of a tenant's instance. Terraform logs in as one of the instance's identities. It reads the credentials from the
 * central Vault as ephemeral values, so neither a plan nor the state contains them.
 */
export class InstanceProvider extends Construct {
  readonly provider: TerraformProvider;

  constructor(scope: Construct, id: string, props: InstanceProviderProps) {
    super(scope, id);
    const { tenant, name, identity = "apply" } = props;
    const access = new CentralSecret(this, "Access", props.centralProvider, {
      mount: ACCESS_MOUNT,
      path: accessPath(`${tenant}/${name}`, identity),
    });
    this.provider = new VaultProvider(this, "Provider", {
      address: props.address,
      authLogin: [
        {
          path: `auth/${IDENTITY_LOGIN}/login`,
          parameters: {
            role_id: access.field(ACCESS_FIELDS.roleId),
            secret_id: access.field(ACCESS_FIELDS.secretId),
          },
        },
      ],
      // The identities may not make tokens.
      skipChildToken: true,
      caCertFile: certificatePath(this, props.caCertificateFile),
      alias: props.alias,
    });
  }
}

/** Copies a certificate beside the synthesized JSON, because the provider takes a file. @returns A relative path. */
function certificatePath(scope: Construct, file: string | undefined): string | undefined {
  return file === undefined ? undefined : new TerraformAsset(scope, "Ca", { path: file, type: AssetType.FILE }).path;
}
