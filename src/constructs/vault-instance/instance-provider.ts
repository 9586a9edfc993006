import { Fn, TerraformStack, Token, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { withoutBrackets } from "../../core/host";
import { checkVaultVariables } from "../../core/vault-variables";
import { CentralSecret } from "../../terraform/central-secret";
import { certificateAsset } from "../../terraform/certificate-file";
import { fromStackFolder } from "../../terraform/paths";
import { asFunctionArgument } from "../../terraform/literal-text";
import { checkProviders } from "../../terraform/provider-value";
import { VaultProvider } from "../../terraform/providers/vault";
import { ACCESS_FIELDS, ACCESS_MOUNT, accessPath, IDENTITY_LOGIN } from "../../contract/identities";
import { checkNames } from "../server-config/names";
import { parseServerAddress } from "../../terraform/server-address";

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
 * The Vault provider of a tenant's instance. Terraform logs in as one of the instance's identities. It reads the credentials from the
 * central Vault as ephemeral values, so neither a plan nor the state contains them.
 */
export class InstanceProvider extends Construct {
  readonly provider: TerraformProvider;
  /** PEM certificate of the CA of the instance, as an expression. @default - a CA that the machine trusts, or that VAULT_CACERT names */
  readonly caCertificate?: string;

  constructor(scope: Construct, id: string, props: InstanceProviderProps) {
    super(scope, id);
    checkProviders(props, this);
    checkNames(props, this);
    checkVaultVariables("instances");
    const { tenant, name, identity = "apply" } = props;
    const access = new CentralSecret(this, "Access", props.centralProvider, {
      mount: ACCESS_MOUNT,
      path: accessPath(`${tenant}/${name}`, identity),
    });
    const { caCertificateFile, rootCaFile } = certificatePaths(this, props);
    this.caCertificate = fileContent(caCertificateFile ?? rootCaFile);
    const { hostname } = parseServerAddress(props.address, this);
    this.provider = new VaultProvider(this, "Provider", {
      address: props.address,
      // By default the provider takes VAULT_NAMESPACE and VAULT_TLS_SERVER_NAME, which are for the central Vault. It also looks up its
      // token in VAULT_NAMESPACE, which this does not prevent, so the variable is refused.
      namespace: props.namespace ?? ROOT_NAMESPACE,
      tlsServerName: withoutBrackets(hostname),
      authLogin: [
        {
          path: `auth/${IDENTITY_LOGIN}/login`,
          parameters: {
            role_id: access.field(ACCESS_FIELDS.roleId),
            secret_id: access.field(ACCESS_FIELDS.secretId),
          },
        },
      ],
      // The identities may not create tokens.
      skipChildToken: true,
      caCertFile: caCertificateFile ?? existing(rootCaFile),
      alias: props.alias,
    });
  }
}

type Certificates = Pick<InstanceProviderProps, "caCertificateFile" | "rootCaFile">;

/** The provider takes a file. A given one is copied beside the synthesized JSON. @returns Paths from Terraform's folder. */
function certificatePaths(scope: Construct, { caCertificateFile, rootCaFile }: Certificates): Certificates {
  if (caCertificateFile !== undefined)
    return { caCertificateFile: certificateAsset(scope, "Ca", caCertificateFile, "caCertificateFile") };
  return rootCaFile === undefined ? {} : { rootCaFile: fromStackFolder(TerraformStack.of(scope), rootCaFile) };
}

/** Terraform looks for the file, because synthesis must not depend on what was deployed. */
function existing(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const argument = asFunctionArgument(path);
  return Token.asString(Fn.conditional(Fn.fileexists(argument), argument, Token.nullValue()));
}

function fileContent(path: string | undefined): string | undefined {
  return path && Fn.file(asFunctionArgument(path));
}
