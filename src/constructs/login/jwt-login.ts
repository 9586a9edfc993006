import { Token, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { isEncrypted } from "../../core/secure-address";
import { checkCertificates } from "../../terraform/certificate-file";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { JwtAuthBackend, JwtAuthBackendRole } from "../../terraform/providers/vault";
import { checkClaimMappings } from "./claim-mappings";
import { checkClaims, type IRoleLogin } from "./role-login";

/** What all logins by signed tokens (JWT) have. */
export interface JwtLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default - "gitlab" or "github", as the platform of the jobs
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
   * Audience that a token must name, so that a token for another service is refused. The URL of the instance is a good one.
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly audience: string;
  /**
   * PEM certificates of the CA of the issuer's URL.
   *
   * @default - those that the servers' machines trust
   * @changes in place
   */
  readonly caCertificate?: string;
  /**
   * Claims that become metadata of the client, as `{ project_id: "project" }`. The paths of grants name it by
   * `{{identity.entity.aliases.<accessor>.metadata.project}}`; a tenant file writes the name of the login, such as `gitlab`, in place of the
   * accessor.
   *
   * @default - none
   * @changes in place: for logins that begin afterwards
   */
  readonly claimMappings?: Readonly<Record<string, string>>;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}

/** Who signs the tokens. */
export interface JwtIssuer {
  /** Issuer that the tokens name. */
  readonly issuer: string;
  /** URL of the issuer's public keys (JWKS). */
  readonly jwksUrl: string;
}

/** A login by signed tokens (JWT); https://developer.hashicorp.com/vault/docs/auth/jwt */
export abstract class JwtLogin extends Construct {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
  /** Accessor of the mount, by which templates of policies name metadata of clients. */
  readonly accessor: string;
  private readonly mount: string;
  private readonly claimMappings: Record<string, string> | undefined;

  protected constructor(
    scope: Construct,
    id: string,
    private readonly props: JwtLoginProps,
    { issuer, jwksUrl }: JwtIssuer,
    private readonly defaults: { readonly path: string; readonly type: string },
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    checkCertificates({ caCertificate: props.caCertificate }, this);
    this.mount = checkLoginPath(props.path ?? defaults.path, this);
    checkClaims(`login ${this.mount}`, { audience: props.audience, issuer }, this);
    checkJwksUrl(jwksUrl, this);
    this.claimMappings = checkClaimMappings(this.mount, props.claimMappings, this);
    const backend = new JwtAuthBackend(this, "Resource", {
      path: this.mount,
      type: defaults.type,
      description: props.description,
      boundIssuer: issuer,
      jwksUrl,
      jwksCaPem: props.caCertificate,
      provider: props.provider,
    });
    this.path = backend.path;
    this.accessor = backend.accessor;
  }

  /**
   * @param userClaim The claim that names the client.
   * @param oneOf Claims that have one of several values. The caller checks them.
   */
  protected login(
    userClaim: string,
    claims: Readonly<Record<string, string | undefined>>,
    oneOf: Readonly<Record<string, readonly string[]>> = {},
  ): IRoleLogin {
    const boundClaims = checkClaims(`login ${this.mount}`, claims, this);
    // The provider makes a list of values that commas separate.
    for (const [name, values] of Object.entries(oneOf)) boundClaims[name] = values.join(",");
    const { path: platform } = this.defaults;
    return {
      id: this.mount,
      use: () => ({ kind: "jwt", platform, path: this.mount, audience: this.props.audience, claims: boundClaims }),
      bind: (scope, token) => {
        new JwtAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          backend: this.path,
          roleType: "jwt",
          boundClaimsType: "string",
          userClaim,
          boundAudiences: [this.props.audience],
          boundClaims,
          claimMappings: this.claimMappings,
        });
      },
    };
  }
}

/** @throws ValidationError if keys on the way could be exchanged. */
function checkJwksUrl(jwksUrl: string, scope: Construct): void {
  if (Token.isUnresolved(jwksUrl) || isEncrypted(jwksUrl)) return;
  throw new ValidationError(
    "jwks-url",
    `The public keys of the issuer are at ${JSON.stringify(jwksUrl)}, which is not reached by TLS, so keys on the way could let anybody log in; write an https address.`,
    scope,
  );
}
