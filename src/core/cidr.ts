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
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    throw new ValidationError(
      "cidr",
      `"${text}" is not a valid IPv4 network; write an address and a prefix length, such as "20.0.0.0/24".`,
    );
  }
  const [address, prefixLength] = ipaddr.IPv4.parseCIDR(text);
  const network = ipaddr.IPv4.networkAddressFromCIDR(text);
  if (network.toString() !== address.toString()) {
    throw new ValidationError(
      "cidr",
      `"${text}" has host bits set; write the network address, "${network.toString()}/${prefixLength}".`,
    );
  }
  const first = toNumber(network);
  return { first, last: first + 2 ** (32 - prefixLength) - 1, prefixLength, toString: () => text };
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
