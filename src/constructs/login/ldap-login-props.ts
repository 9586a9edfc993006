import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { Product } from "../../core/product";
import type { SecretRef } from "../../core/secret-ref";
import type { ExternalPlugin } from "../server-config/external-plugin";

/** Properties of an `LdapLogin`. */
export interface LdapLoginProps {
  /**
   * Path of the auth mount, without `auth/`.
   *
   * @default "ldap"
   * @changes in place: people log in at the new path
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
   * Addresses of the directory, such as "ldaps://ldap.example". The next one is tried if one does not answer. A connection to an
   * `ldap://` address begins with StartTLS, so nothing is sent without TLS.
   *
   * @changes in place: tokens that exist stay valid until they expire or are renewed
   */
  readonly urls: readonly string[];
  /**
   * PEM certificates of the CA of the directory.
   *
   * @default - those that the servers' machines trust
   * @changes in place
   */
  readonly caCertificate?: string;
  /**
   * DN of the account that searches people and groups. It only needs the right to read them.
   *
   * @changes in place: raise the revision of its password, too
   */
  readonly bindDn: string;
  /**
   * Password of that account. It reaches neither the state nor a plan.
   *
   * @changes in place: raise its revision after the password has changed
   */
  readonly bindPassword: SecretRef;
  /**
   * DN below which people are searched. Nobody else logs in.
   *
   * @changes in place: tokens that exist stay valid until they expire or are renewed
   */
  readonly userDn: string;
  /**
   * Attribute with the name that a person types: "sAMAccountName" in Active Directory. It has one value, which people cannot change,
   * because it names their identity in the instance.
   *
   * @default "uid"
   * @changes in place: people whose names differ are new ones in the instance
   */
  readonly userAttr?: string;
  /**
   * DN below which groups are searched.
   *
   * @changes in place: people lose the policies of other groups at their next login or renewal
   */
  readonly groupDn: string;
  /**
   * Filter that finds the groups of a person, with `{{.UserDN}}` or `{{.Username}}`. The name of a group is its `cn`.
   *
   * @default - groups that name the person's DN as `member` or `uniqueMember`
   * @changes in place: people lose the policies of other groups at their next login or renewal
   */
  readonly groupFilter?: string;
  /**
   * Lifetime of a token.
   *
   * @default - 1 hour, or {@link tokenMaxTtl} if that is shorter
   * @changes in place: tokens that exist keep their lifetime until they are renewed
   */
  readonly tokenTtl?: Duration;
  /**
   * Maximum lifetime of a token.
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
   * Which server the instance runs. OpenBao has this login as an external plugin only.
   *
   * @changes refused: the instance keeps its product
   */
  readonly product: Product;
  /**
   * External plugins of the servers, of which OpenBao needs one with the login.
   *
   * @default - none
   * @changes in place: nothing here; see the plugins of the servers
   */
  readonly plugins?: readonly ExternalPlugin[];
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
  /**
   * The provider of the central Vault, which holds the password.
   *
   * @changes in place: the provider must reach the same Vault
   */
  readonly centralProvider: TerraformProvider;
}
