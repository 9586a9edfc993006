import type { ITerraformDependable, TerraformProvider } from "cdktf";
import type { Duration } from "../../core/duration";
import type { CentralVaultAccess } from "../../terraform/hook";
import type { AuthorityContent } from "./authority-content";
import type { PkiKeyType } from "./key-bits";
import type { PkiMount } from "./pki-mount";

/** What the hook needs that brings a CA whose key the central Vault holds into its mount. */
export interface PkiHookProps {
  /**
   * Name of the tenant.
   *
   * @changes new instance: the hook brings the CA there
   */
  readonly tenant: string;
  /**
   * Name of the instance.
   *
   * @changes new instance: the hook brings the CA there
   */
  readonly name: string;
  /**
   * How the hook reaches the central Vault, which also has the credentials of the identity `apply`.
   *
   * @changes in place: the hook uses it from its next run on
   */
  readonly central: CentralVaultAccess;
}

/** What the certificate of an authority says, where it is, and what makes it another one. */
export interface AuthorityProps {
  readonly commonName: string;
  readonly organization?: string;
  readonly content: AuthorityContent;
  readonly keyType: PkiKeyType;
  readonly keyBits: number;
  readonly permittedDomains?: readonly string[];
  readonly lifetime: Duration;
  /** A number that a person raises for a new authority. */
  readonly generation: number;
  readonly mount: PkiMount;
  /** Path of the mount. */
  readonly mountPath: string;
  /** Of the certificates that the roles issue. */
  readonly longestTtl: Duration;
  readonly hook?: PkiHookProps | undefined;
  readonly deletionProtection: boolean;
  readonly provider?: TerraformProvider;
}

/** An authority of a mount. */
export interface BoundAuthority {
  /** Certificate of the default issuer, PEM; undefined while another authority has not signed it. */
  readonly certificate: string | undefined;
  /** What makes it the default issuer; undefined while there is none. */
  readonly issuers: ITerraformDependable | undefined;
  /** The root CA of the tenant's own that clients must trust, PEM. @default - there is none */
  readonly rootCertificate?: string;
  /** Where the central Vault has its key, for `vault kv` commands. @default - the key never leaves the instance */
  readonly keyPath?: string;
  /** Request that another authority signs, PEM. @default - the app has it signed */
  readonly request?: string;
}
