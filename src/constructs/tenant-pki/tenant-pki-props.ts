import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { IRootCa } from "./root-ca";

/** The certificates that a role issues. */
export interface PkiRoleProps {
  /** Name of the role. */
  readonly name: string;
  /** Domains that certificates may name. */
  readonly allowedDomains: readonly string[];
  /**
   * Whether certificates may name subdomains of the listed domains.
   *
   * @default true
   */
  readonly allowSubdomains?: boolean;
  /**
   * Whether certificates may name the listed domains themselves.
   *
   * @default false
   */
  readonly allowBareDomains?: boolean;
  /**
   * Whether certificates may name wildcards, such as `*.example.com`.
   *
   * @default false
   */
  readonly allowWildcards?: boolean;
  /**
   * Extended key usage of the certificates.
   *
   * @default "server"
   */
  readonly usage?: "server" | "client" | "both";
  /** Maximum lifetime of a certificate, and its lifetime if the request names none. */
  readonly maxTtl: Duration;
}

/** Properties of a {@link TenantPKI}. */
export interface TenantPKIProps {
  /** Common name of the intermediate. */
  readonly commonName: string;
  /**
   * Organization in the subject of the intermediate.
   *
   * @default - none
   */
  readonly organization?: string;
  /** The authority that signs the intermediate. */
  readonly rootCa: IRootCa;
  /** Address of the instance, for the issuer and CRL URLs in certificates. */
  readonly address: string;
  /**
   * Path of the PKI mount.
   *
   * @default "pki"
   */
  readonly mount?: string;
  /**
   * Lifetime of the intermediate.
   *
   * @default - 5 years
   */
  readonly lifetime?: Duration;
  /**
   * Domains, with their subdomains, that the intermediate may sign for. Clients reject its certificates for other domains.
   *
   * @default - none: the intermediate may sign for any domain
   */
  readonly permittedDomains?: readonly string[];
  /** Roles that issue certificates. */
  readonly roles: readonly PkiRoleProps[];
  /**
   * Whether Terraform refuses to destroy the intermediate's key.
   *
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * The provider of the instance.
   *
   * @default - the stack's Vault provider
   */
  readonly provider?: TerraformProvider;
}
