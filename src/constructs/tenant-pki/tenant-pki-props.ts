import type { TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { Product } from "../../core/product";
import type { HookTarget } from "../../terraform/hook";
import type { IAppRoleLogin } from "../login/app-role-login";
import type { AuthorityContent } from "./authority-content";
import type { PkiKeyType } from "./key-bits";
import type { MachineCertificateProps } from "./machine-certificate";
import type { PkiAuthority } from "./pki-authority";
import type { PkiRoleProps } from "./pki-role-props";
import type { PkiServices } from "./pki-services";
import type { IRootCa } from "./root-ca";

/** Properties of a {@link TenantPKI}. */
export interface TenantPKIProps extends AuthorityContent, PkiServices {
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
   * @default - none: authority says where the CA comes from
   * @changes new issuer, the old one stays until it expires: clients must trust the other root first. Raise generation if its mount has the same path
   */
  readonly rootCa?: IRootCa;
  /**
   * Where the CA comes from, if the root CA does not sign it: `PkiAuthority.internal()` is a root of the tenant's own,
   * `PkiAuthority.exported()` one whose key the central Vault holds, `PkiAuthority.imported()` a CA that exists, and
   * `PkiAuthority.external()` an intermediate that an authority elsewhere signs.
   *
   * @default - an intermediate that rootCa signs
   * @changes new issuer, the old one stays until it expires: clients must trust the new root first
   */
  readonly authority?: PkiAuthority;
  /**
   * What the hook needs that brings an exported or imported CA into the mount.
   *
   * @default - none: such a CA is refused
   * @changes in place: the hook uses it from its next run on
   */
  readonly hook?: HookTarget;
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
   * Lifetime of the CA. Each half of it, the next deployment creates another intermediate, if the operator's root signs it.
   *
   * @default - 5 years, or 10 years for a root CA of the tenant's own
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
   * Certificates that machines renew by themselves, with the product's own agent.
   *
   * @default - none
   * @changes in place: install the configuration of a new machine, and stop the service of a removed one
   */
  readonly machines?: readonly MachineCertificateProps[];
  /**
   * The product, whose agent runs on the machines.
   *
   * @default "openbao"
   * @changes in place: install the new configuration on the machines
   */
  readonly product?: Product;
  /**
   * The login of the machines.
   *
   * @default - the AppRole login at its default path
   * @changes in place: install the new configuration on the machines
   */
  readonly login?: IAppRoleLogin;
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
