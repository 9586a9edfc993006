import type { Duration } from "../../core/duration";
import type { PkiKeyType } from "./key-bits";

/** What certificates are for. */
export type PkiUsage = "server" | "client" | "both" | "code-signing" | "email";

/** A key usage, by its name in X.509. */
export type PkiKeyUsage =
  | "DigitalSignature"
  | "ContentCommitment"
  | "KeyEncipherment"
  | "DataEncipherment"
  | "KeyAgreement"
  | "EncipherOnly"
  | "DecipherOnly";

/** An extended key usage that {@link PkiUsage} does not name. */
export type PkiExtKeyUsage = "TimeStamping" | "OCSPSigning" | "IPSECEndSystem" | "IPSECTunnel" | "IPSECUser";

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
   * What the certificates are for, as their extended key usage says it; `both` is for servers that are clients, too.
   *
   * @default "server"
   * @changes in place: for certificates that are issued afterwards
   */
  readonly usage?: PkiUsage;
  /**
   * Further extended key usages.
   *
   * @default - those of usage alone
   * @changes in place: for certificates that are issued afterwards
   */
  readonly extKeyUsage?: readonly PkiExtKeyUsage[];
  /**
   * Key usages.
   *
   * @default - DigitalSignature, KeyAgreement and KeyEncipherment
   * @changes in place: for certificates that are issued afterwards
   */
  readonly keyUsage?: readonly PkiKeyUsage[];
  /**
   * Whether certificates may name IP addresses, of any network.
   *
   * @default false
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowIpSans?: boolean;
  /**
   * URIs that certificates may name. A `*` stands for any characters, such as in `spiffe://customer10.internal/*`.
   *
   * @default - none
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowedUriSans?: readonly string[];
  /**
   * Other names that certificates may have, each as OID, type and value. A `*` stands for any characters, such as in
   * `1.3.6.1.4.1.311.20.2.3;UTF8:*@customer10.internal`.
   *
   * @default - none
   * @changes in place: for certificates that are issued afterwards
   */
  readonly allowedOtherSans?: readonly string[];
  /**
   * Whether a request must have a common name. Without one, the certificate has alternative names only.
   *
   * @default true
   * @changes in place: for certificates that are issued afterwards
   */
  readonly requireCn?: boolean;
  /**
   * Type of the keys, both of those that Vault generates and of those in signing requests. RSA keys have at least 2,048 bits. A
   * role for `any` type signs requests, and generates no key.
   *
   * @default "ec"
   * @changes in place: for certificates that are issued afterwards
   */
  readonly keyType?: PkiKeyType | "any";
  /**
   * Length of the keys: 256, 384 or 521 for `ec`, and 2048, 3072, 4096 or 8192 for `rsa`. Keys in signing requests may be longer.
   *
   * @default - 256 for "ec", 2048 for "rsa"
   * @changes in place: for certificates that are issued afterwards
   */
  readonly keyBits?: number;
  /**
   * Maximum lifetime of a certificate. At most half of the lifetime of the intermediate.
   *
   * @default - 72 hours
   * @changes in place: for certificates that are issued afterwards
   */
  readonly maxTtl?: Duration;
  /**
   * Lifetime of a certificate if the request names none.
   *
   * @default - maxTtl
   * @changes in place: for certificates that are issued afterwards
   */
  readonly ttl?: Duration;
  /**
   * Time at which each certificate expires, in UTC and whole seconds, such as `2027-12-31T23:59:59Z`. It takes the place of `ttl`
   * and `maxTtl`. Requests fail if it is after the end of the intermediate.
   *
   * @default - none: certificates are valid for ttl
   * @changes in place: for certificates that are issued afterwards
   */
  readonly notAfter?: string;
  /**
   * How long before its issue a certificate is valid, for clients whose clocks are slow. Vault issues no certificate that begins before
   * its issuer does, which is 30 seconds before a new intermediate is signed. With a longer time, it issues nothing for so long after each
   * renewal of the intermediate. OpenBao does.
   *
   * @default - 30 seconds
   * @changes in place: for certificates that are issued afterwards; removed, the former value stays until another one is set
   */
  readonly notBeforeDuration?: Duration;
  /**
   * Whether the instance forgets certificates at once. They can then neither be listed nor be revoked by their serial number.
   *
   * @default false
   * @changes in place: for certificates that are issued afterwards
   */
  readonly noStore?: boolean;
}
