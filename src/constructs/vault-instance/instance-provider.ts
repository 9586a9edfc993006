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
  /** URL at which Terraform reaches the instance. */
  readonly address: string;
  /** The provider of the central Vault, which holds the instance's record. */
  readonly centralProvider: TerraformProvider;
  /**
   * PEM file of the CA that signed the TLS certificate of the instance, relative to the project.
   *
   * @default - the file that VAULT_CACERT names when Terraform runs, otherwise the certificates that the machine trusts
   */
  readonly caCertificateFile?: string;
  /**
   * Alias of the provider.
   *
   * @default - none: it is the default Vault provider of the stack
   */
  readonly alias?: string;
}

/**
 * The Vault provider of a tenant's instance. Its token is an ephemeral value from the instance's record in the central Vault,
 * so neither a plan nor the state holds it.
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

/** Copies a certificate to the synthesized JSON, because the provider reads a file. @returns Its relative path. */
export function certificatePath(scope: Construct, file: string | undefined): string | undefined {
  return file === undefined ? undefined : new TerraformAsset(scope, "Ca", { path: file, type: AssetType.FILE }).path;
}
