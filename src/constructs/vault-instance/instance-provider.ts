import { AssetType, TerraformAsset, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { CentralSecret } from "../../terraform/central-secret";
import { VaultProvider } from "../../terraform/providers/vault";
import { RECORDS_MOUNT } from "../../contract/central-vault";

/** Properties of an {@link InstanceProvider}. */
export interface InstanceProviderProps {
  /** Name of the tenant. */
  readonly tenant: string;
  /** Name of the instance. */
  readonly name: string;
  /** URL under which Terraform reaches the instance. */
  readonly address: string;
  /** The provider of the central Vault, which holds the instance's record. */
  readonly centralProvider: TerraformProvider;
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
 * The Vault provider of a tenant's instance. Terraform reads its token from the instance's record as an ephemeral value, so
 * neither a plan nor the state contains it.
 */
export class InstanceProvider extends Construct {
  readonly provider: TerraformProvider;

  constructor(scope: Construct, id: string, props: InstanceProviderProps) {
    super(scope, id);
    const record = new CentralSecret(this, "Record", props.centralProvider, {
      mount: RECORDS_MOUNT,
      path: `${props.tenant}/${props.name}`,
    });
    this.provider = new VaultProvider(this, "Provider", {
      address: props.address,
      token: record.field("root-token"),
      caCertFile: certificatePath(this, props.caCertificateFile),
      alias: props.alias,
    });
  }
}

/** Copies a certificate beside the synthesized JSON, because the provider takes a file. @returns A relative path. */
function certificatePath(scope: Construct, file: string | undefined): string | undefined {
  return file === undefined ? undefined : new TerraformAsset(scope, "Ca", { path: file, type: AssetType.FILE }).path;
}
