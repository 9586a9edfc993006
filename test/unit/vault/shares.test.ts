import { randomBytes, randomInt } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { chooseShares } from "../../../src/vault/shares";

/** Multiplies in GF(256), in another way than the source does. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let factor = a, rest = b; rest > 0; rest >>= 1) {
    if (rest & 1) product ^= factor;
    factor = factor & 0x80 ? (factor << 1) ^ 0x11b : factor << 1;
  }
  return product;
}

/** Splits a secret as Vault does: a random polynomial for each byte, and the place at the end. */
function split(secret: Uint8Array, shares: number, threshold: number): string[] {
  const polynomials = [...secret].map((byte) => [byte, ...randomBytes(threshold - 1)]);
  const places = new Set<number>();
  while (places.size < shares) places.add(randomInt(1, 256));
  return [...places].map((x) => {
    const bytes = polynomials.map((polynomial) =>
      polynomial.reduceRight((value, coefficient) => multiply(value, x) ^ coefficient, 0),
    );
    return Buffer.from([...bytes, x]).toString("base64");
  });
}

const toSecrets = (keys: readonly string[]): Secret[] => keys.map((key) => new Secret(key));
const toTexts = (keys: readonly Secret[]): string[] => keys.map((key) => key.reveal());

/** Changes a byte, so that it still looks like a key. */
function damage(key: string): string {
  const bytes = Buffer.from(key, "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString("base64");
}

describe("the keys that are sent", () => {
  test("are as many as the threshold, and none that is damaged while two good ones are to spare", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 3 }), fc.nat(), (threshold, spare, at) => {
        const keys = split(randomBytes(32), threshold + spare, threshold);
        const place = at % keys.length;
        const given = keys.map((key, index) => (index === place ? damage(key) : key));
        const chosen = toTexts(chooseShares(toSecrets(given), threshold));
        expect(chosen).toHaveLength(threshold);
        expect(chosen.every((key) => keys.includes(key))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("are the first if all are good", () => {
    const keys = split(randomBytes(32), 5, 3);
    expect(toTexts(chooseShares(toSecrets(keys), 3))).toEqual(keys.slice(0, 3));
  });

  test.each([
    ["cut", (key: string) => key.slice(0, 20)],
    ["not base64", () => "not base64!"],
    ["with white space", (key: string) => `${key}\n`],
    ["empty", () => ""],
  ])("are not one that is %s, also with none to spare", (_, change) => {
    const keys = split(randomBytes(32), 4, 3);
    const given = keys.map((key, index) => (index === 1 ? change(key) : key));
    expect(toTexts(chooseShares(toSecrets(given), 3)).sort()).toEqual(keys.filter((_key, index) => index !== 1).sort());
  });

  test("are all that there are if there are too few, and one alone is the key itself", () => {
    expect(toTexts(chooseShares(toSecrets(["a", "b"]), 3))).toEqual(["a", "b"]);
    expect(toTexts(chooseShares(toSecrets(["the key"]), 1))).toEqual(["the key"]);
  });
});
