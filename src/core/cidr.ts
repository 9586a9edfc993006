import ipaddr from "ipaddr.js";
import { ValidationError } from "./errors";

/** An IPv4 network. */
export interface Cidr {
  /** First address, as a number. */
  readonly first: number;
  /** Last address, as a number. */
  readonly last: number;
  readonly prefixLength: number;
  toString(): string;
}

/** Parses a network such as `"20.0.0.0/24"`. @throws ValidationError if it is not valid, or has host bits set. */
export function parseCidr(text: string): Cidr {
  return parseIpv4(text, "IPv4 network", "");
}

function parseIpv4(text: string, expected: string, alternative: string): Cidr & AnyCidr {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    throw new ValidationError(
      "cidr",
      `"${text}" is not a valid ${expected}; write an address and a prefix length, such as "20.0.0.0/24"${alternative}.`,
    );
  }
  const [address, prefixLength] = ipaddr.IPv4.parseCIDR(text);
  const network = ipaddr.IPv4.networkAddressFromCIDR(text);
  if (network.toString() !== address.toString()) {
    throw hostBits(text, `${network.toString()}/${prefixLength}`);
  }
  const first = toNumber(network);
  return { family: 4, first, last: first + 2 ** (32 - prefixLength) - 1, prefixLength, toString: () => text };
}

function hostBits(text: string, network: string): ValidationError {
  return new ValidationError("cidr", `"${text}" has host bits set; write the network address, "${network}".`);
}

/** A network of either family, as security groups, NetworkPolicies and Vault take it. */
export interface AnyCidr {
  readonly family: 4 | 6;
  readonly prefixLength: number;
  /** The form in which APIs give it back, so that a later plan finds no change. */
  toString(): string;
}

/**
 * Parses an IPv4 or IPv6 network, such as `"20.0.0.0/24"` or `"2001:db8::/32"`.
 *
 * @throws ValidationError if it is not valid, or has host bits set.
 */
export function parseAnyCidr(text: string): AnyCidr {
  if (/^[\d./]+$/.test(text)) return parseIpv4(text, "IPv4 network", "");
  if (!text.includes(":")) return parseIpv4(text, "IPv4 network or IPv6 network", ' or "2001:db8::/32"');
  if (!ipaddr.IPv6.isValidCIDR(text) || text.includes("%")) {
    throw new ValidationError(
      "cidr",
      `"${text}" is not a valid IPv6 network; write an address and a prefix length, such as "2001:db8::/32".`,
    );
  }
  const [address, prefixLength] = ipaddr.IPv6.parseCIDR(text);
  const network = `${ipaddr.IPv6.networkAddressFromCIDR(text).toRFC5952String()}/${prefixLength}`;
  if (network !== `${address.toRFC5952String()}/${prefixLength}`) throw hostBits(text, network);
  return { family: 6, prefixLength, toString: () => network };
}

/** Networks as a server gives them back: a single address is without its prefix length. A later plan then finds no change. */
export function boundAddresses(cidrs: readonly string[]): string[] {
  return cidrs
    .map((text) => parseAnyCidr(text))
    .map((cidr) => {
      const isHost = cidr.prefixLength === (cidr.family === 4 ? 32 : 128);
      return isHost ? cidr.toString().replace(/\/\d+$/, "") : cidr.toString();
    });
}

/** Whether two networks share an address. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Converts an IPv4 address to a number. @throws ValidationError if it is not valid. */
export function parseAddress(text: string): number {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) {
    throw new ValidationError("cidr", `"${text}" is not a valid IPv4 address; write one such as "20.0.0.10".`);
  }
  return toNumber(ipaddr.IPv4.parse(text));
}

function toNumber(address: ipaddr.IPv4): number {
  return address.toByteArray().reduce((value, byte) => value * 256 + byte, 0);
}
