import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkLoginPath } from "../../core/mount-path";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { AuthBackend, CertAuthBackendRole } from "../../terraform/providers/vault";
import { checkClaims, type IRoleLogin } from "./role-login";

/** Properties of a {@link CertificateLogin}. */
export interface CertificateLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default "cert"
   * @changes replaces the roles of the login: clients log in at the new path
   */
  readonly path?: string;
  /**
   * Description of the mount.
   *
   * @default - no description
   * @changes in place
   */
  readonly description?: string;
  /**
   * PEM certificate of the authority of the clients, such as that of a `TenantPKI`. All its certificates with the common name of a
   * role log in as that role, so it must not issue them to others.
   *
   * @changes in place: clients need certificates of the new authority; tokens that exist stay valid until they expire
   */
  readonly caCertificate: string;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/** Default path and type of the login. */
export const CERTIFICATE_LOGIN = { path: "cert", type: "cert" } as const;

/**
 * The login of clients by TLS certificates; https://developer.hashicorp.com/vault/docs/auth/cert. Clients connect to the servers
 * directly, because a proxy that ends TLS hides the certificate. A revoked certificate logs in until it expires: the login checks neither
 * revocation lists nor OCSP.
 */
export class CertificateLogin extends Construct {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
  private readonly mount: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CertificateLoginProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    const { description, provider } = props;
    this.mount = checkLoginPath(props.path ?? CERTIFICATE_LOGIN.path, this);
    this.path = new AuthBackend(this, "Resource", {
      type: CERTIFICATE_LOGIN.type,
      path: this.mount,
      description,
      provider,
    }).path;
  }

  /** Clients whose certificate has one common name. */
  client(commonName: string): IRoleLogin {
    checkClaims(`login ${this.mount}`, { commonName }, this);
    return {
      id: this.mount,
      use: () => ({ kind: "certificate", path: this.mount, commonName }),
      bind: (scope, { roleName, ...token }) => {
        new CertAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          name: roleName,
          backend: this.path,
          certificate: this.props.caCertificate,
          allowedCommonNames: [commonName],
        });
      },
    };
  }
}
