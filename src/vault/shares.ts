import type { Secret } from "../core/secret";

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
 * Each key beyond the threshold either lies on the polynomials of the others or does not. Two spare keys therefore expose a
 * damaged key, and there is one group. With fewer good keys only the server can tell, and there are several groups.
 *
 * Format: the values of the polynomials, one byte each, then the point; Shamir's secret sharing over GF(256).
 * https://github.com/hashicorp/vault/blob/main/shamir/shamir.go
 *
 * @returns At most {@link MOST_GROUPS_SENT} groups. Each has as many keys as the threshold; fewer if there are fewer.
 */
export function shareGroups(keys: readonly Secret[], threshold: number): readonly (readonly Secret[])[] {
  const shares = keys.flatMap((key) => parseShare(key) ?? []);
  // With a threshold of 1 the share is the key itself and has no point.
  if (threshold < 2) return [keys.slice(0, threshold)];
  if (shares.length <= threshold) {
    const wellFormed = shares.map(({ key }) => key);
    return [[...wellFormed, ...keys.filter((key) => !wellFormed.includes(key))].slice(0, threshold)];
  }
  const groups = combinations(shares, threshold);
  const possible: (readonly Share[])[] = [];
  let best: readonly Share[] = shares.slice(0, threshold);
  let agreeing = 0;
  for (const group of groups) {
    const count = shares.filter((share) => fits(share, group)).length;
    if (count >= threshold) possible.push(group);
    if (count > agreeing) [best, agreeing] = [group, count];
    if (agreeing === shares.length) break;
  }
  const others = agreeing > threshold ? [] : possible.filter((group) => group !== best);
  return [best, ...others].slice(0, MOST_GROUPS_SENT).map((group) => group.map(({ key }) => key));
}

/** The keys that do not lie on the polynomials through a group, which is as large as the threshold. */
export function strayShares(keys: readonly Secret[], group: readonly Secret[]): readonly Secret[] {
  const [first] = group;
  // With a threshold of 1 the share is the key itself.
  if (group.length < 2) return keys.filter((key) => first === undefined || !key.equals(first));
  const proven = group.flatMap((key) => parseShare(key) ?? []);
  return keys.filter((key) => {
    const share = parseShare(key);
    return share === undefined || (!proven.some((each) => each.key.equals(key)) && !fits(share, proven));
  });
}

/** Limit of the groups that a server receives. Five keys with threshold 3 have 10. */
const MOST_GROUPS_SENT = 40;

/** Limit of the search. Instances in use have far fewer groups. */
const MOST_GROUPS = 1_000;

function combinations(shares: readonly Share[], size: number): readonly (readonly Share[])[] {
  const found: Share[][] = [];
  const extend = (group: Share[], from: number): void => {
    if (group.length === size) found.push(group);
    for (let index = from; group.length < size && index < shares.length && found.length < MOST_GROUPS; index++) {
      const share = shares[index];
      if (share !== undefined) extend([...group, share], index + 1);
    }
  };
  extend([], 0);
  return found;
}

function parseShare(key: Secret): Share | undefined {
  const text = key.reveal();
  const bytes = Buffer.from(text, "base64");
  const x = bytes.at(-1);
  if (x === undefined || x === 0 || bytes.length < 2 || bytes.toString("base64") !== text) return undefined;
  return { key, y: bytes.subarray(0, -1), x };
}

/** Whether a share lies on the polynomials through a group of shares. */
function fits({ x, y }: Share, group: readonly Share[]): boolean {
  if (group.some((each) => each.y.length !== y.length)) return false;
  if (new Set(group.map((each) => each.x)).size < group.length) return false;
  const weights = group.map((each) =>
    group.reduce(
      (weight, other) => (other === each ? weight : multiply(weight, divide(x ^ other.x, each.x ^ other.x))),
      1,
    ),
  );
  return y.every((byte, position) => {
    const value = group.reduce((sum, each, index) => sum ^ multiply(weights[index] ?? 0, each.y[position] ?? 0), 0);
    return value === byte;
  });
}

/** Multiplies in GF(256) modulo x^8 + x^4 + x^3 + x + 1, the field of AES. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    if ((b >> bit) & 1) product ^= a << bit;
  }
  for (let bit = 14; bit >= 8; bit--) {
    if ((product >> bit) & 1) product ^= 0x11b << (bit - 8);
  }
  return product;
}

/** Divides in GF(256). The inverse of b is b^254. */
function divide(a: number, b: number): number {
  let inverse = 1;
  for (let power = 0; power < 254; power++) inverse = multiply(inverse, b);
  return multiply(a, inverse);
}
