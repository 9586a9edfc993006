import type { Construct } from "constructs";
import ipaddr from "ipaddr.js";
import { inOneOrder, isWithin, parseDomain } from "../../core/domains";
import { ValidationError } from "../../core/errors";

/** Further content of the certificate of an authority: the rest of its subject, and its alternative names. */
export interface AuthorityContent {
  /**
   * Organizational unit in the subject.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly organizationalUnit?: string;
  /**
   * Country in the subject: the two letters of ISO 3166, such as `DZ`.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly country?: string;
  /**
   * Locality in the subject.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly locality?: string;
  /**
   * State or province in the subject.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly province?: string;
  /**
   * Street address in the subject.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly streetAddress?: string;
  /**
   * Postal code in the subject.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly postalCode?: string;
  /**
   * DNS names of the authority itself.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly altNames?: readonly string[];
  /**
   * IP addresses of the authority itself.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly ipSans?: readonly string[];
  /**
   * URIs of the authority itself, such as `spiffe://customer10.internal`.
   *
   * @default - none
   * @changes new issuer, the old one stays until it expires
   */
  readonly uriSans?: readonly string[];
}

const LISTS = { altNames: parseDomain, ipSans: parseIpAddress, uriSans: parseUri } as const;
const TEXTS = {
  organizationalUnit: parseSubjectText,
  country: parseCountry,
  locality: parseSubjectText,
  province: parseSubjectText,
  streetAddress: parseSubjectText,
  postalCode: parseSubjectText,
} as const;

/** The API's name of each part. */
const PARAMETERS: Readonly<Record<keyof AuthorityContent, string>> = {
  organizationalUnit: "ou",
  country: "country",
  locality: "locality",
  province: "province",
  streetAddress: "street_address",
  postalCode: "postal_code",
  altNames: "alt_names",
  ipSans: "ip_sans",
  uriSans: "uri_sans",
};

/**
 * The parts that are given, and nothing else of an object that may contain more. Names are in one form and one order.
 *
 * @throws ValidationError if a part is not valid, or the authority has names for which it may not issue.
 */
export function authorityContent(
  given: AuthorityContent,
  permittedDomains?: readonly string[],
  scope?: Construct,
): AuthorityContent {
  const texts = Object.entries(TEXTS).map(([key, parse]) => [key, mapped(given[key as keyof typeof TEXTS], parse)]);
  const lists = Object.entries(LISTS).map(([key, parse]) => {
    const list = given[key as keyof typeof LISTS];
    return [key, list?.length === 0 ? undefined : mapped(list, (values) => inOneOrder(values.map(parse)))];
  });
  const content = Object.fromEntries(
    [...texts, ...lists].filter(([, value]) => value !== undefined),
  ) as AuthorityContent;
  checkAltNames(content, permittedDomains, scope);
  return content;
}

/** Parts as the parameters of a request. Names are one text with commas, as the provider sends them. */
export function signingParameters(content: AuthorityContent): Record<string, string> {
  return Object.fromEntries(
    Object.entries(content as Readonly<Record<string, string | readonly string[]>>).map(([key, value]) => [
      PARAMETERS[key as keyof AuthorityContent],
      typeof value === "string" ? value : value.join(","),
    ]),
  );
}

/** Parts as arguments of a resource. */
export function contentConfig({ organizationalUnit, altNames, ipSans, uriSans, ...content }: AuthorityContent) {
  return {
    ...content,
    ou: organizationalUnit,
    altNames: mapped(altNames, (names) => [...names]),
    ipSans: mapped(ipSans, (addresses) => [...addresses]),
    uriSans: mapped(uriSans, (uris) => [...uris]),
  };
}

/** @throws ValidationError if it is not a country of two letters. */
export function parseCountry(text: string): string {
  if (!/^[A-Z]{2}$/.test(text))
    throw invalid(text, "country", 'write the two capital letters of ISO 3166, such as "DZ"');
  return text;
}

/** @throws ValidationError if Vault would read it as several values. */
export function parseSubjectText(text: string): string {
  if (text.trim() === "" || text.includes(","))
    throw invalid(text, "part of a subject", "write a text without commas, at which Vault divides it");
  return text;
}

/** @throws ValidationError if it is not an IP address. */
export function parseIpAddress(text: string): string {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  if (ipaddr.IPv6.isValid(text) && !text.includes("%")) return ipaddr.IPv6.parse(text).toRFC5952String();
  throw invalid(text, "IP address", 'write an address such as "198.51.100.2"');
}

/** @throws ValidationError if it is not a URI, or Vault would read it as several ones. */
export function parseUri(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:[^\s,]+$/i.test(text))
    throw invalid(text, "URI", 'write a URI without commas, such as "spiffe://customer10.internal/web"');
  return text;
}

function checkAltNames(
  { altNames = [] }: AuthorityContent,
  permittedDomains: readonly string[] | undefined,
  scope?: Construct,
): void {
  const outside = permittedDomains && altNames.find((name) => !isWithin(name, permittedDomains));
  if (outside === undefined) return;
  throw new ValidationError(
    "pki-domains",
    `The altNames of the PKI contain ${outside}, which is outside permittedDomains (${permittedDomains?.join(", ")}); remove the name, or add it to permittedDomains.`,
    scope,
  );
}

function mapped<Given, Value>(given: Given | undefined, map: (given: Given) => Value): Value | undefined {
  return given === undefined ? undefined : map(given);
}

function invalid(text: string, noun: string, fix: string): ValidationError {
  return new ValidationError("pki-subject", `${JSON.stringify(text)} is not a valid ${noun}; ${fix}.`);
}
