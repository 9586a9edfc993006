import { Lazy, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkDurations, type Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkLoginPath } from "../../core/mount-path";
import { checkSecretRefs, revisionOf, type SecretRef } from "../../core/secret-ref";
import { isEncrypted, isSecureAddress } from "../../core/secure-address";
import { CentralSecret } from "../../terraform/central-secret";
import { checkProviders } from "../../terraform/provider-value";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import { JwtAuthBackend, JwtAuthBackendRole } from "../../terraform/providers/vault";
import { EXTERNAL_GROUPS_ROLE, ExternalGroups, GROUP_TOKEN_TTL } from "./external-groups";
import { checkClaims, type IRoleLogin } from "./role-login";

/** Properties of an {@link OidcLogin}. */
export interface OidcLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default "oidc"
   * @changes replaces the roles of the login: people log in at the new path
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
   * URL of the provider of identities, such as "https://keycloak.example/realms/acme".
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly discoveryUrl: string;
  /**
   * PEM certificates of the CA of that URL.
   *
   * @default - those that the servers' machines trust
   * @changes in place
   */
  readonly caCertificate?: string;
  /**
   * Identifier of the instance at the provider.
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly clientId: string;
  /**
   * The client's secret. It reaches neither the state nor a plan.
   *
   * @changes in place: raise its revision after the secret has changed
   */
  readonly clientSecret: SecretRef;
  /**
   * URLs to which the provider sends people back: that of the instance's page, and that of the command of the product.
   *
   * @changes in place: for logins that begin afterwards
   */
  readonly redirectUris: readonly string[];
  /**
   * Scopes to request besides `openid`, for a provider that tells groups only on request.
   *
   * @default - none
   * @changes in place: for logins that begin afterwards
   */
  readonly scopes?: readonly string[];
  /**
   * Claim with the groups of a person, for {@link OidcLogin.externalGroup}.
   *
   * @default "groups"
   * @changes in place: for logins that begin afterwards
   */
  readonly groupsClaim?: string;
  /**
   * Lifetime of the tokens of people in external groups.
   *
   * @default - 1 hour
   * @changes in place: tokens that exist keep their lifetime until they are renewed
   */
  readonly tokenTtl?: Duration;
  /**
   * Maximum lifetime of these tokens. Who is removed from a group at the provider has its rights until then, unless there is another login
   * before.
   *
   * @default - the longer of 4 hours and {@link tokenTtl}
   * @changes in place: tokens that exist keep their maximum until they are renewed
   */
  readonly tokenMaxTtl?: Duration;
  /**
   * Whether the login page of the instance offers the login. Everybody who reaches the instance then knows its path.
   *
   * @default "unauth": it offers it
   * @changes in place
   */
  readonly listingVisibility?: "unauth" | "hidden";
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
  /**
   * The provider of the central Vault, which holds the secret.
   *
   * @changes in place: the provider must reach the same Vault
   */
  readonly centralProvider: TerraformProvider;
}

/** Default path and type of the login. */
export const OIDC_LOGIN = { path: "oidc", type: "oidc" } as const;

/**
 * The login of people at another provider of identities; https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers. Their
 * groups are known at the login alone, so keep the lifetimes of the roles' tokens short.
 */
export class OidcLogin extends Construct {
  /** Path of the auth mount, without `auth/`. */
  readonly path: string;
  private readonly mount: string;
  private readonly backend: JwtAuthBackend;
  private groups: ExternalGroups | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: OidcLoginProps,
  ) {
    super(scope, id);
    requireProviderRanges(this);
    checkProviders(props, this);
    const { clientSecret, centralProvider, provider } = props;
    checkDurations(props, ["tokenTtl", "tokenMaxTtl"], this);
    checkGroupTokens(props, this);
    checkSecretRefs({ clientSecret }, this);
    checkOidcAddresses(props, this);
    this.mount = checkLoginPath(props.path ?? OIDC_LOGIN.path, this);
    const secret = new CentralSecret(this, "ClientSecret", centralProvider, clientSecret);
    const backend = new JwtAuthBackend(this, "Resource", {
      path: this.mount,
      type: OIDC_LOGIN.type,
      description: props.description,
      oidcDiscoveryUrl: props.discoveryUrl,
      oidcDiscoveryCaPem: props.caCertificate,
      oidcClientId: props.clientId,
      // The login page needs no name of a role then.
      defaultRole: Lazy.stringValue({ produce: () => this.groups && EXTERNAL_GROUPS_ROLE }),
      tune: [{ listingVisibility: props.listingVisibility ?? "unauth" }],
      provider,
    });
    // The prebuilt bindings do not know the arguments.
    backend.addOverride("oidc_client_secret_wo", secret.field(clientSecret.field));
    backend.addOverride("oidc_client_secret_wo_version", revisionOf({ clientSecret }));
    this.backend = backend;
    this.path = backend.path;
  }

  /**
   * People in a group, without a role to choose: at a login they get the policies of all their groups that roles name so. They lose those of
   * others then, also with tokens that exist.
   *
   * @param group Name of the group, as the provider writes it into the claim.
   */
  externalGroup(group: string): IRoleLogin {
    const { mount, backend, props: login } = this;
    this.groups ??= new ExternalGroups(this, { mount, backend, login });
    return this.groups.group(group);
  }

  /**
   * People in a group.
   *
   * @param group Name of the group, as the provider writes it into the claim.
   * @param claim Claim with the groups of a person.
   */
  group(group: string, claim = "groups"): IRoleLogin {
    const boundClaims = checkClaims(`login ${this.mount}`, { [claim]: group }, this);
    const { redirectUris } = this.props;
    return {
      id: this.mount,
      use: () => ({ kind: "oidc", path: this.mount, group, redirectUris }),
      bind: (scope, token) => {
        new JwtAuthBackendRole(scope, `Login-${this.mount}`, {
          ...token,
          backend: this.path,
          roleType: "oidc",
          userClaim: "sub",
          boundAudiences: [this.props.clientId],
          boundClaims,
          allowedRedirectUris: [...redirectUris],
          oidcScopes: this.props.scopes && [...this.props.scopes],
        });
      },
    };
  }
}

/** @throws ValidationError if tokens of people in external groups would be valid for longer than their maximum. */
export function checkGroupTokens(
  { tokenTtl = GROUP_TOKEN_TTL, tokenMaxTtl }: Pick<OidcLoginProps, "tokenTtl" | "tokenMaxTtl">,
  scope?: Construct,
): void {
  if (tokenMaxTtl === undefined || !tokenTtl.isLongerThan(tokenMaxTtl)) return;
  throw new ValidationError(
    "token-ttl",
    `The OIDC login has tokens of ${tokenTtl.toString()}, longer than their tokenMaxTtl of ${tokenMaxTtl.toString()}; reduce tokenTtl.`,
    scope,
  );
}

/** @throws ValidationError if somebody on the way could take part in a login. */
export function checkOidcAddresses(
  { discoveryUrl, redirectUris }: Pick<OidcLoginProps, "discoveryUrl" | "redirectUris">,
  scope?: Construct,
): void {
  const fail = (problem: string): never => {
    throw new ValidationError("oidc-url", `The OIDC login has ${problem}.`, scope);
  };
  if (!isEncrypted(discoveryUrl))
    fail(`the discoveryUrl ${JSON.stringify(discoveryUrl)}, which is not reached by TLS; write an https address`);
  if (redirectUris.length === 0) fail("no redirectUris; write those of the instance's page and of the command");
  const wrong = redirectUris.find((uri) => uri.includes("*") || !isSecureAddress(uri));
  if (wrong !== undefined)
    fail(`the redirect URI ${JSON.stringify(wrong)}; write a complete https address, or one of localhost, without "*"`);
}
