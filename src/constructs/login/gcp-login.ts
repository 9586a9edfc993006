import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { checkSecretRefs, revisionOf, type SecretRef } from "../../core/secret-ref";
import { CentralSecret } from "../../terraform/central-secret";
import { GcpAuthBackend, GcpAuthBackendRole } from "../../terraform/providers/vault";
import { checkIdentities, CloudLogin, type Cloud, type CloudLoginProps } from "./cloud-login";
import type { IRoleLogin } from "./role-login";

/** Properties of a {@link GcpLogin}. */
export interface GcpLoginProps extends CloudLoginProps {
  /**
   * Where the central Vault holds the key, as JSON, of a service account. The servers look up with it whether the account of a program
   * exists, so it needs the right `iam.serviceAccounts.get` alone. It reaches neither the state nor a plan.
   *
   * @changes in place: raise its revision after the key has changed
   */
  readonly credentials: SecretRef;
  /**
   * The provider of the central Vault, which holds the key.
   *
   * @changes in place: the provider must reach the same Vault
   */
  readonly centralProvider: TerraformProvider;
}

/**
 * Programs with a service account of Google Cloud.
 *
 * @changes in place: tokens that exist stay valid until they expire
 */
export interface GcpProgram {
  /**
   * E-mail addresses or unique IDs of service accounts. Nobody else can get a unique ID later, but who may create service accounts in
   * the project can create one with the address of a deleted one.
   */
  readonly serviceAccounts: readonly string[];
}

/** Default path and type of the login. */
export const GCP_LOGIN = { path: "gcp", type: "gcp" } as const;

/** What OpenBao needs for the login, and what identifies a program. */
export const GCP_PROGRAMS: Cloud = {
  type: "auth",
  name: GCP_LOGIN.type,
  title: "Google Cloud",
  program: "openbao-plugin-auth-gcp",
  identity: /^([a-z\d][a-z\d-]*@[a-z\d.-]+\.gserviceaccount\.com|\d{21})$/,
  form: 'e-mail addresses or unique IDs of service accounts, such as "web@shop.iam.gserviceaccount.com"',
};

/**
 * The login of programs by tokens that Google signs for their service accounts; https://developer.hashicorp.com/vault/docs/auth/gcp. Such
 * a token names the role, but not the server.
 */
export class GcpLogin extends CloudLogin {
  readonly path: string;

  constructor(scope: Construct, id: string, props: GcpLoginProps) {
    super(scope, id, GCP_PROGRAMS, props);
    const { description, credentials, centralProvider, provider } = props;
    checkSecretRefs({ credentials }, this);
    const secret = new CentralSecret(this, "Credentials", centralProvider, credentials);
    const backend = new GcpAuthBackend(this, "Resource", { path: this.mount, description, provider });
    // The prebuilt bindings do not know the arguments.
    backend.addOverride("credentials_wo", secret.field(credentials.field));
    backend.addOverride("credentials_wo_version", revisionOf({ credentials }));
    this.path = backend.path;
  }

  /** Programs with one of some service accounts. */
  program({ serviceAccounts }: GcpProgram): IRoleLogin {
    const boundServiceAccounts = checkIdentities(GCP_PROGRAMS, serviceAccounts, this);
    return {
      id: this.mount,
      use: () => ({ kind: "gcp", path: this.mount, serviceAccounts: boundServiceAccounts }),
      bind: (scope, { roleName, ...token }) => {
        new GcpAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          backend: this.path,
          role: roleName,
          type: "iam",
          boundServiceAccounts,
          // The default. A plan would not show that somebody changes what is not written.
          addGroupAliases: false,
          // Tokens of the metadata server are valid for an hour.
          maxJwtExp: "3600",
        });
      },
    };
  }
}
