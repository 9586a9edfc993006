import type { TerraformProvider, TerraformResource } from "cdktf";
import type { Duration } from "../../core/duration";
import type { HookTarget } from "../../terraform/hook";
import type { AuthorityContent } from "./authority-content";
import type { PkiKeyType } from "./key-bits";
import type { PkiMount } from "./pki-mount";

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
  readonly hook?: HookTarget | undefined;
  readonly deletionProtection: boolean;
  readonly provider?: TerraformProvider;
}

/** An authority of a mount. */
export interface BoundAuthority {
  /** Certificate of the default issuer, PEM; undefined while another authority has not signed it. */
  readonly certificate: string | undefined;
  /** What makes it the default issuer; undefined while there is none. */
  readonly issuers: TerraformResource | undefined;
  /** The root CA of the tenant's own that clients must trust, PEM. @default - there is none */
  readonly rootCertificate?: string;
  /** Where the central Vault has its key, for `vault kv` commands. @default - the key never leaves the instance */
  readonly keyPath?: string;
  /** Request that another authority signs, PEM. @default - the app has it signed */
  readonly request?: string;
}
