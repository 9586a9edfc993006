import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { AuthorityContent } from "./authority-content";
import type { PkiKeyType } from "./key-bits";
import type { IRootCa } from "./root-ca";

/** The certificates that a role issues. */
export interface PkiRoleProps {
  /**
   * Name of the role.
   *
   * @changes replaces the role: clients use the new name; issued certificates stay valid
   */
  readonly name: string;
  /**
   * Domains that certificates may name. A `*` before the first dot stands for any characters, so `*.example.com` is each name
   * below `example.com`. International names are converted to their ASCII form.
   *
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowedDomains: readonly string[];
  /**
   * Whether certificates may name subdomains of the listed domains.
   *
   * @default true
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowSubdomains?: boolean;
  /**
   * Whether certificates may name the listed domains themselves.
   *
   * @default false
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowBareDomains?: boolean;
  /**
   * Whether certificates may name wildcards, such as `*.example.com`.
   *
   * @default false
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowWildcards?: boolean;
  /**
   * Extended key usage of the certificates.
   *
   * @default "server"
   * @changes in place: for certificates that are issued afterwards
   */
  readonly usage?: "server" | "client" | "both";
  /**
   * Type of the keys, both of those that Vault generates and of those in signing requests. RSA keys have at least 2,048 bits. A
   * role for `any` type signs requests, and generates no key.
   *
   * @default "ec"
   * @changes in place: for certificates that are issued afterwards
   */
  readonly keyType?: "ec" | "rsa" | "ed25519" | "any";
  /**
   * Maximum lifetime of a certificate, and its lifetime if the request names none. At most half of the lifetime of the
   * intermediate.
   *
   * @changes in place: for certificates that are issued afterwards
   */
  readonly maxTtl: Duration;
}

/** Properties of a {@link TenantPKI}. */
export interface TenantPKIProps extends AuthorityContent {
  /**
   * Common name of the intermediate.
   *
   * @changes new issuer, the old one stays until it expires
   */
  readonly commonName: string;
  /**
   * Organization in the subject of the intermediate.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly organization?: string;
  /**
   * Type of the intermediate's key.
   *
   * @default "ec"
   * @changes new issuer, the old one stays until it expires
   */
  readonly keyType?: PkiKeyType;
  /**
   * Length of the intermediate's key: 256, 384 or 521 for `ec`, and 3072, 4096 or 8192 for `rsa`.
   *
   * @default - 384 for "ec", 4096 for "rsa"
   * @changes new issuer, the old one stays until it expires
   */
  readonly keyBits?: number;
  /**
   * The authority that signs the intermediate.
   *
   * @changes new issuer, the old one stays until it expires: clients must trust the other root first. Raise generation if its mount has the same path
   */
  readonly rootCa: IRootCa;
  /**
   * Address of the instance, for the issuer and CRL URLs in certificates.
   *
   * @changes in place: issued certificates keep the former URLs, so keep the former address reachable until they expire
   */
  readonly address: string;
  /**
   * Namespace of the instance in which the mount is, for the same URLs.
   *
   * @default - the root namespace
   * @changes in place: issued certificates keep the former URLs
   */
  readonly namespace?: string;
  /**
   * Path of the PKI mount.
   *
   * @default "pki"
   * @changes moves the mount, new issuer: clients use the new path; revocation lists of issued certificates are at the new path only
   */
  readonly mount?: string;
  /**
   * Lifetime of the intermediate. Each half of it, the next deployment creates another one.
   *
   * @default - 5 years
   * @changes new issuer, the old one stays until it expires
   */
  readonly lifetime?: Duration;
  /**
   * Domains, with their subdomains, that the intermediate may sign for. Clients reject its certificates for other domains.
   *
   * @default - none: the intermediate may sign for any domain
   * @changes new issuer, the old one stays until it expires
   */
  readonly permittedDomains?: readonly string[];
  /**
   * Raise it for a new intermediate with a new key at the next deployment.
   *
   * @default 1
   * @changes new issuer, the old one stays until it expires
   */
  readonly generation?: number;
  /**
   * Roles that issue certificates.
   *
   * @changes in place: certificates of a removed role stay valid until they expire
   */
  readonly roles: readonly PkiRoleProps[];
  /**
   * Whether Terraform refuses to destroy the intermediate's key.
   *
   * @default true
   * @changes in place: applies to the next deployment
   */
  readonly deletionProtection?: boolean;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same instance
   */
  readonly provider?: TerraformProvider;
}
