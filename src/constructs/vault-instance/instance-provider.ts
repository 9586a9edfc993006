import { Fn, TerraformStack, Token, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { withoutBrackets } from "../../core/host";
import { CentralSecret } from "../../terraform/central-secret";
import { certificateAsset } from "../../terraform/certificate-file";
import { fromStackFolder } from "../../terraform/paths";
import { VaultProvider } from "../../terraform/providers/vault";
import { parseServerAddress } from "../../terraform/server-address";
import { RECORDS_MOUNT } from "../../contract/central-vault";

/**
 * Properties of an {@link InstanceProvider}.
 *
 * @changes in place: Terraform connects there; another instance needs a state of its own
 */
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
   * @default - `rootCaFile`, otherwise the file that VAULT_CACERT names when Terraform runs, otherwise the certificates that the machine trusts
   */
  readonly caCertificateFile?: string;
  /**
   * PEM file of the project with the central root CA, if that CA signed the instance's TLS certificate. It is used if it exists
   * when Terraform runs. {@link CentralVault} writes it.
   *
   * @default - none
   */
  readonly rootCaFile?: string;
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
    const { hostname } = parseServerAddress(props.address, this);
    this.provider = new VaultProvider(this, "Provider", {
      address: props.address,
      // By default the provider takes VAULT_NAMESPACE and VAULT_TLS_SERVER_NAME, which are for the central Vault.
      namespace: props.namespace ?? ROOT_NAMESPACE,
      tlsServerName: withoutBrackets(hostname),
      token: record.field("root-token"),
      caCertFile: certificatePath(this, props),
      alias: props.alias,
    });
  }
}

type Certificates = Pick<InstanceProviderProps, "caCertificateFile" | "rootCaFile">;

/** The provider takes a file. A given one is copied beside the synthesized JSON. @returns A path from Terraform's folder. */
function certificatePath(scope: Construct, { caCertificateFile, rootCaFile }: Certificates): string | undefined {
  if (caCertificateFile !== undefined) return certificateAsset(scope, "Ca", caCertificateFile, "caCertificateFile");
  if (rootCaFile === undefined) return undefined;
  // Terraform looks for it, because synthesis must not depend on what was deployed.
  const path = fromStackFolder(TerraformStack.of(scope), rootCaFile);
  return Token.asString(Fn.conditional(Fn.fileexists(path), path, Token.nullValue()));
}
