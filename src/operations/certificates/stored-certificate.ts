import { readCertificate } from "../../core/certificate";
import { OperationError } from "../../core/errors";
import type { Content } from "../../vault/content";

/** A certificate that a PKI mount has stored. */
export interface StoredCertificate {
  readonly mount: string;
  /** Pairs of hexadecimal digits with colons. */
  readonly serial: string;
  readonly commonName: string;
  /** Alternative names, such as `DNS:web.customer10.internal`. */
  readonly names: readonly string[];
  /** Beginning and end of its validity, RFC 3339. Roles date the beginning back by half a minute. */
  readonly issued: string;
  readonly expires: string;
  /** When it was revoked, RFC 3339. Undefined if it was not. */
  readonly revoked?: string;
  /** Whether it is the certificate of a CA. */
  readonly ca: boolean;
}

/** Which certificates are meant. Times are milliseconds since the epoch. */
export interface CertificateFilter {
  /** @default - issued at any time */
  readonly issuedSince?: number | undefined;
  /** @default - issued at any time */
  readonly issuedUntil?: number | undefined;
  /** @default - however long they are valid */
  readonly expiresUntil?: number | undefined;
}

/** Reads what a PKI mount answers about a certificate; undefined if it is not one. */
export function parseStored(mount: string, serial: string, content: Content): StoredCertificate | undefined {
  const { certificate, revocation_time: revoked = 0 } = content as { certificate?: string; revocation_time?: number };
  const parsed = readCertificate(certificate ?? "");
  if (parsed === undefined) return undefined;
  return {
    mount,
    serial,
    commonName: /^CN=(.*)$/m.exec(parsed.subject)?.[1] ?? "",
    names: parsed.subjectAltName?.split(", ") ?? [],
    issued: new Date(parsed.validFrom).toISOString(),
    expires: new Date(parsed.validTo).toISOString(),
    ...(revoked === 0 ? {} : { revoked: new Date(revoked * 1000).toISOString() }),
    ca: parsed.ca,
  };
}

/** Whether a certificate is in a filter. */
export function isMeant({ issued, expires }: StoredCertificate, filter: CertificateFilter): boolean {
  const { issuedSince = -Infinity, issuedUntil = Infinity, expiresUntil = Infinity } = filter;
  const time = Date.parse(issued);
  return time >= issuedSince && time <= issuedUntil && Date.parse(expires) <= expiresUntil;
}

/** Whether clients accept a certificate. @param now Milliseconds since the epoch. */
export function isValid({ expires, revoked }: StoredCertificate, now: number): boolean {
  return revoked === undefined && Date.parse(expires) > now;
}

/** A serial number as servers write it. @throws OperationError `usage` if it is none. */
export function parseSerial(text: string): string {
  const digits = text.replaceAll(/[:-]/g, "").toLowerCase();
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  // Not "ca", which is a name of the engine for its own certificate.
  if (/^[0-9a-f]{4,64}$/.test(even)) return even.match(/../g)?.join(":") ?? "";
  throw new OperationError(
    "usage",
    `"${text}" is not a valid serial number; write hexadecimal digits, such as 24:6c:56:aa.`,
  );
}
