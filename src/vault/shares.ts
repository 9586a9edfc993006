import type { Secret } from "../core/secret";
import { combinations } from "./combinations";
import { divide, multiply } from "./galois-field";

/** A parsed key: the point `x` and the values `y` of the polynomials at this point. */
interface Share {
  readonly key: Secret;
  readonly y: Uint8Array;
  readonly x: number;
}

/** The best group of {@link shareGroups}; no key if there are none. */
export function chooseShares(keys: readonly Secret[], threshold: number): readonly Secret[] {
  return shareGroups(keys, threshold)[0] ?? [];
}

/**
 * Groups of keys that may belong together, the best one first, so that a damaged key is not sent while enough good keys exist.
 * A key beyond the threshold either lies on the polynomials of the others or does not. A group that a spare key confirms belongs
 * together, so only such groups are returned if there are any. Without a spare key only the server can tell, and there is a group
 * for each combination.
 *
 * Format: the values of the polynomials, one byte each, then the point; Shamir's secret sharing over GF(256).
 * https://github.com/hashicorp/vault/blob/main/shamir/shamir.go
 *
 * @returns At most {@link MOST_GROUPS} groups. Each has as many keys as the threshold; fewer if there are fewer.
 */
export function shareGroups(keys: readonly Secret[], threshold: number): readonly (readonly Secret[])[] {
  // A copy of a key confirms nothing.
  const distinct = keys.filter((key, index) => keys.findIndex((each) => each.equals(key)) === index);
  const shares = distinct.flatMap((key) => parseShare(key) ?? []);
  // With a threshold of 1 the share is the key itself and has no point.
  if (threshold < 2) return [keys.slice(0, threshold)];
  if (shares.length <= threshold) {
    const wellFormed = shares.map(({ key }) => key);
    return [[...wellFormed, ...distinct.filter((key) => !wellFormed.includes(key))].slice(0, threshold)];
  }
  const { confirmed, unconfirmed } = sortGroups(shares, threshold);
  const groups = confirmed.length > 0 ? confirmed : unconfirmed;
  // The server has the last word, so keys that nothing connects are shown, too.
  if (groups.length === 0) groups.push(shares);
  return groups.slice(0, MOST_GROUPS).map((group) => group.slice(0, threshold).map(({ key }) => key));
}

/** The keys that do not lie on the polynomials through a group, which is as large as the threshold. */
export function strayShares(keys: readonly Secret[], group: readonly Secret[]): readonly Secret[] {
  const [first] = group;
  // With a threshold of 1 the share is the key itself.
  if (group.length < 2) return keys.filter((key) => first === undefined || !key.equals(first));
  const fits = fitsThrough(group.flatMap((key) => parseShare(key) ?? []));
  return keys.filter((key) => {
    const share = parseShare(key);
    return share === undefined || !fits(share);
  });
}

/** Limit of the groups that a server receives. Twelve keys with threshold 6 have 924. */
const MOST_GROUPS = 1_000;

interface SortedGroups {
  /** Shares that lie on the same polynomials, more than the threshold; most shares first. */
  readonly confirmed: (readonly Share[])[];
  readonly unconfirmed: (readonly Share[])[];
}

function sortGroups(shares: readonly Share[], threshold: number): SortedGroups {
  const confirmed: (readonly Share[])[] = [];
  const unconfirmed: (readonly Share[])[] = [];
  for (const group of combinations(shares, threshold)) {
    if (confirmed.some((known) => group.every((share) => known.includes(share)))) continue;
    const agreeing = shares.filter(fitsThrough(group));
    if (agreeing.length > threshold) confirmed.push(agreeing);
    else if (agreeing.length === threshold) unconfirmed.push(group);
    // No other group can have more.
    if (agreeing.length > threshold && agreeing.length > shares.length / 2) break;
  }
  confirmed.sort((a, b) => b.length - a.length);
  return { confirmed, unconfirmed };
}

/** Keys of a namespace. A key in base64 has 44 characters, and never only these. */
const HEXADECIMAL = /^([0-9a-f]{2})+$/;

function parseShare(key: Secret): Share | undefined {
  const text = key.reveal();
  const encoding = HEXADECIMAL.test(text) ? "hex" : "base64";
  const bytes = Buffer.from(text, encoding);
  const x = bytes.at(-1);
  if (x === undefined || x === 0 || bytes.length < 2 || bytes.toString(encoding) !== text) return undefined;
  return { key, y: bytes.subarray(0, -1), x };
}

/** Whether shares lie on the polynomials through a group (Lagrange's interpolation). No share does if two of the group have the same point. */
function fitsThrough(group: readonly Share[]): (share: Share) => boolean {
  const [length] = new Set(group.map(({ y }) => y.length));
  const denominators = group.map(({ x }) => product(group.flatMap((other) => (other.x === x ? [] : x ^ other.x))));
  const isPossible =
    new Set(group.map(({ x }) => x)).size === group.length && group.every(({ y }) => y.length === length);
  return ({ x, y }) => {
    if (!isPossible || y.length !== length) return false;
    const member = group.find((each) => each.x === x);
    if (member !== undefined) return Buffer.compare(member.y, y) === 0;
    const numerator = product(group.map((each) => x ^ each.x));
    const weights = group.map((each, index) => divide(numerator, multiply(x ^ each.x, denominators[index] ?? 1)));
    return y.every(
      (byte, position) =>
        byte === group.reduce((sum, each, index) => sum ^ multiply(weights[index] ?? 0, each.y[position] ?? 0), 0),
    );
  };
}

function product(factors: readonly number[]): number {
  return factors.reduce(multiply, 1);
}
