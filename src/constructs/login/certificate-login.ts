import { Token, type TerraformProvider, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { jsonencode } from "../../terraform/literal-text";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { isEncrypted } from "../../core/secure-address";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { expressionOf } from "../../terraform/resource-address";
import {
  AuthBackend,
  CertAuthBackendRole,
  GenericEndpoint,
  type CertAuthBackendRoleConfig,
} from "../../terraform/providers/vault";
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
   * PEM revocation list of the authority. The server reads no newer one: after a revocation, deploy another one.
   *
   * @default - none
   * @changes in place: certificates of the list are refused from then on; tokens that exist stay valid until they expire
   */
  readonly crl?: string;
  /**
   * URL of a revocation list, which the server fetches again once it has expired. The server does not check the list's signature, so it is an
   * https URL of a host whose certificate the servers' machines trust. A deployment fails if the server cannot fetch it.
   *
   * @default - none
   * @changes in place: certificates of the list are refused from then on; tokens that exist stay valid until they expire
   */
  readonly crlUrl?: string;
  /**
   * Whether the server asks an OCSP responder about each certificate at a login and at each renewal.
   *
   * @default - it does not
   * @changes in place: for logins and renewals that begin afterwards
   */
  readonly ocsp?: CertificateOcsp;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/** How the server asks whether a certificate is revoked. */
export interface CertificateOcsp {
  /**
   * URLs of the responders. Their answers are signed by the authority, so http is as good as https, and the servers' machines must trust the
   * certificate of an https host.
   *
   * @default - those that the certificate names
   * @changes in place: for logins and renewals that begin afterwards
   */
  readonly servers?: readonly string[];
  /**
   * Whether a client logs in if no responder answers, or does not know the certificate.
   *
   * @default false: it is refused
   * @changes in place: for logins and renewals that begin afterwards
   */
  readonly failOpen?: boolean;
  /**
   * Whether all responders must agree.
   *
   * @default false: the first answer is enough
   * @changes in place: for logins and renewals that begin afterwards
   */
  readonly queryAllServers?: boolean;
}

/** Default path and type of the login. */
export const CERTIFICATE_LOGIN = { path: "cert", type: "cert" } as const;

/**
 * The login of clients by TLS certificates; https://developer.hashicorp.com/vault/docs/auth/cert. Clients connect to the servers
 * directly, because a proxy that ends TLS hides the certificate. Without `crl`, `crlUrl` and `ocsp`, a revoked certificate logs in until it
 * expires.
 */
export class CertificateLogin extends Construct {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
  private readonly mount: string;
  private readonly revocations?: GenericEndpoint;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CertificateLoginProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkCertificates({ caCertificate: props.caCertificate }, this);
    checkRevocation(props, this);
    const { description, crl, crlUrl, provider } = props;
    this.mount = checkLoginPath(props.path ?? CERTIFICATE_LOGIN.path, this);
    this.path = new AuthBackend(this, "Resource", {
      type: CERTIFICATE_LOGIN.type,
      path: this.mount,
      description,
      provider,
    }).path;
    if (crl === undefined && crlUrl === undefined) return;
    this.revocations = new GenericEndpoint(this, "Crl", {
      path: `auth/${this.path}/crls/${CRL_NAME}`,
      dataJson: jsonencode(crl === undefined ? { url: crlUrl } : { crl }),
      // The server tells serial numbers instead of the list.
      disableRead: true,
      provider,
    });
  }

  /** Has the server fetch `crlUrl` after something exists, such as the `issuers` of a `TenantPKI` of the same deployment. */
  fetchRevocationsAfter(created: TerraformResource | undefined): void {
    if (this.revocations !== undefined) this.revocations.dependsOn = created && [expressionOf(created)];
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
          ...ocspConfig(this.props.ocsp),
        });
      },
    };
  }
}

/** Name of the revocation list in the login. */
const CRL_NAME = "clients";

/** A server keeps a setting that is not written, so all are. The CAs of responders are left out: their clients could log in. */
function ocspConfig(ocsp: CertificateOcsp | undefined): Partial<CertAuthBackendRoleConfig> {
  if (ocsp === undefined) return { ocspEnabled: false };
  const { servers, failOpen = false, queryAllServers = false } = ocsp;
  return {
    ocspEnabled: true,
    ocspFailOpen: failOpen,
    ocspQueryAllServers: queryAllServers,
    ocspServersOverride: servers && [...servers],
  };
}

/** @throws ValidationError if somebody on the way could keep a revocation from the server, or there are two lists. */
export function checkRevocation(
  { crl, crlUrl, ocsp }: Pick<CertificateLoginProps, "crl" | "crlUrl" | "ocsp">,
  scope?: Construct,
): void {
  const fail = (problem: string): never => {
    throw new ValidationError("certificate-revocation", `The login by certificates has ${problem}.`, scope);
  };
  if (crl !== undefined && crlUrl !== undefined) fail("a crl and a crlUrl; remove one of them");
  if (crl !== undefined && !Token.isUnresolved(crl) && !crl.includes("-----BEGIN X509 CRL-----"))
    fail("a crl that is not a PEM revocation list; begin it with -----BEGIN X509 CRL-----");
  if (crlUrl !== undefined && !Token.isUnresolved(crlUrl) && !isEncrypted(crlUrl))
    fail(`the crlUrl ${JSON.stringify(crlUrl)}, which is not reached by TLS; write an https address`);
  if (ocsp?.servers?.length === 0) fail("an empty list of ocsp.servers; add a URL, or remove the field");
  const wrong = ocsp?.servers?.find((url) => !Token.isUnresolved(url) && !/^https?:\/\/[^\s/]+/.test(url));
  if (wrong !== undefined) fail(`the OCSP server ${JSON.stringify(wrong)}; write an http or https URL`);
}
