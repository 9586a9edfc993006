import type { TerraformProvider } from "cdktf";
import type { TenantIdentity } from "../../contract/central-vault";
import type { Duration } from "../../core/duration";
import type { SecretRef } from "../../core/secret-ref";
import type { AuthorityContent } from "../tenant-pki/authority-content";

/**
 * An intermediate CA that `deploy` may have signed, as its construct requests it.
 *
 * @changes in place: deploy this layer before the pipeline requests the new intermediate
 */
export interface TenantIntermediate {
  /** Common name of the intermediate. */
  readonly commonName: string;
  /**
   * Organization in its subject.
   *
   * @default - none
   */
  readonly organization?: string;
  /**
   * Further content of its certificate.
   *
   * @default - none
   */
  readonly content?: AuthorityContent;
  /** Domains that it may sign for, in ASCII and lower case. */
  readonly permittedDomains: readonly string[];
  /** Its lifetime. */
  readonly lifetime: Duration;
}

/**
 * Servers whose TLS certificate the central Vault issues.
 *
 * @changes in place: for server certificates that are issued afterwards
 */
export interface CertifiedServers {
  /** Name of the instance. */
  readonly name: string;
  /** Host at which clients reach it. */
  readonly host: string;
}

/**
 * An instance that is a namespace of a shared one.
 *
 * @changes in place: tokens that exist get the new rights at once
 */
export interface SharedNamespace {
  /** The instance, `<tenant>/<instance>`. */
  readonly instance: string;
  /** The instance that hosts it, `<tenant>/<instance>`. */
  readonly sharedInstance: string;
}

/** Logins of a pipeline by the tokens that its platform issues, such as GitLab's ID tokens. */
export interface TenantPipeline {
  /**
   * Path of the JWT login, without `auth/`. {@link CentralVault} creates it.
   *
   * @changes replaces the roles: pipelines log in at the new path
   */
  readonly login: string;
  /**
   * Audiences that a token must name, one of them.
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly audiences: readonly string[];
  /**
   * Claims that a token must have to log in as an identity. An identity without claims has no login here. Bind `deploy` to protected
   * branches: a pipeline of a merge request runs code that nobody has reviewed.
   *
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly claims: Readonly<Partial<Record<TenantIdentity, Readonly<Record<string, string>>>>>;
}

/** Properties of a {@link TenantAccess}. */
export interface TenantAccessProps {
  /**
   * Name of the tenant.
   *
   * @changes replaces the logins: pipelines need new credentials
   */
  readonly tenant: string;
  /**
   * Secrets of the central Vault that the tenant's stacks read: `deploy` may read them.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly secrets?: readonly Pick<SecretRef, "mount" | "path">[];
  /**
   * Intermediates that `deploy` may have signed. Other common names, domains and path lengths are refused.
   *
   * @default - none: people sign
   * @changes in place: deploy this layer before the pipeline requests the new intermediate
   */
  readonly intermediates?: readonly TenantIntermediate[];
  /**
   * Servers whose TLS certificate the central Vault issues.
   *
   * @default - none
   * @changes in place: for server certificates that are issued afterwards
   */
  readonly servers?: readonly CertifiedServers[];
  /**
   * Names of the tenant's instances with an exported CA: `deploy` may create its key in the central Vault, and read it.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly authorities?: readonly string[];
  /**
   * Instances of the tenant that are namespaces of shared instances: `hook` and `deploy` may read the login of each.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly namespaces?: readonly SharedNamespace[];
  /**
   * Logins of a pipeline, besides AppRole.
   *
   * @default - none
   * @changes in place: tokens that exist stay valid until they expire
   */
  readonly pipeline?: TenantPipeline;
  /**
   * Networks from which the identities may log in and use their tokens.
   *
   * @default - none: from anywhere
   * @changes in place: tokens that exist keep their networks
   */
  readonly boundCidrs?: readonly string[];
  /**
   * Lifetime of a secret ID, at most 90 days.
   *
   * @default - 90 days
   * @changes in place: for secret IDs that are created afterwards
   */
  readonly secretIdTtl?: Duration;
  /**
   * The provider of the central Vault. Its token must be allowed to write policies.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same Vault
   */
  readonly provider?: TerraformProvider;
}
