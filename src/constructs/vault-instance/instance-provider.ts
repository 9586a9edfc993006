import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { CentralSecret } from "../../terraform/central-secret";
import { certificateAsset } from "../../terraform/certificate-file";
import { VaultProvider } from "../../terraform/providers/vault";
import { parseServerAddress } from "../../terraform/server-address";
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
   * Namespace of the instance in which Terraform works.
   *
   * @default - the root namespace
   */
  readonly namespace?: string;
  /**
   * Alias of the provider.
   *
   * @default - the stack's default Vault provider
   */
  readonly alias?: string;
}

/** Vault and OpenBao accept this name for the root namespace. The provider reads an empty text as no value. */
const ROOT_NAMESPACE = "root";

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
    const { caCertificateFile } = props;
    const { hostname } = parseServerAddress(props.address, this);
    this.provider = new VaultProvider(this, "Provider", {
      address: props.address,
      // By default the provider takes VAULT_NAMESPACE and VAULT_TLS_SERVER_NAME, which are for the central Vault.
      namespace: props.namespace ?? ROOT_NAMESPACE,
      tlsServerName: hostname.replace(/^\[(.*)\]$/, "$1"),
      token: record.field("root-token"),
      caCertFile: caCertificateFile && certificateAsset(this, "Ca", caCertificateFile, "caCertificateFile"),
      alias: props.alias,
    });
  }
}
