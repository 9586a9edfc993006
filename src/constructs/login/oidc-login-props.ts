import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { SecretRef } from "../../core/secret-ref";

/** Properties of an `OidcLogin`. */
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
   * Claim with the groups of a person, for `OidcLogin.externalGroup`.
   *
   * @default "groups"
   * @changes in place: for logins that begin afterwards
   */
  readonly groupsClaim?: string;
  /**
   * Claims that become metadata of the person, as `{ email: "email" }`. The paths of grants name it by
   * `{{identity.entity.aliases.<accessor>.metadata.email}}`; a tenant file writes `oidc` in place of the accessor.
   *
   * @default - none
   * @changes in place: for logins that begin afterwards
   */
  readonly claimMappings?: Readonly<Record<string, string>>;
  /**
   * Lifetime of the tokens of people in external groups. They cannot be renewed. A person who is removed from a group at the provider has
   * its rights until then, unless there is another login before.
   *
   * @default - 1 hour
   * @changes in place: tokens that exist keep their lifetime
   */
  readonly tokenTtl?: Duration;
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
