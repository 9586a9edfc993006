import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import { chooseShares, shareGroups } from "../../../src/vault/shares";
import { damage, split } from "../../support/shamir";

const toSecrets = (keys: readonly string[]): Secret[] => keys.map((key) => new Secret(key));
const toTexts = (keys: readonly Secret[]): string[] => keys.map((key) => key.reveal());

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

  test("may be hexadecimal, as those of a namespace are", () => {
    const keys = split(randomBytes(32), 5, 3).map((key) => Buffer.from(key, "base64").toString("hex"));
    const bytes = Buffer.from(keys[1] ?? "", "hex");
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const given = keys.map((key, index) => (index === 1 ? bytes.toString("hex") : key));
    const chosen = toTexts(chooseShares(toSecrets(given), 3));
    expect(chosen).toHaveLength(3);
    expect(chosen.every((key) => keys.includes(key))).toBe(true);
  });

  test("are all that there are if there are too few, and one alone is the key itself", () => {
    expect(toTexts(chooseShares(toSecrets(["a", "b"]), 3))).toEqual(["a", "b"]);
    expect(toTexts(chooseShares(toSecrets(["the key"]), 1))).toEqual(["the key"]);
  });
});

describe("H11: the groups of keys that are tried", () => {
  const GOOD = 3;

  test.each([
    ["one is missing and one is damaged", 4],
    ["two are damaged", 5],
  ])("contain one of good keys alone if %s", (_, count) => {
    const keys = split(randomBytes(32), count, GOOD);
    const given = keys.map((key, index) => (index < count - GOOD ? damage(key) : key));
    const groups = shareGroups(toSecrets(given), GOOD).map(toTexts);
    expect(groups).toHaveLength(count === 4 ? 4 : 10);
    expect(groups).toContainEqual(keys.slice(-GOOD));
  });

  test("are one if a spare key confirms it", () => {
    expect(shareGroups(toSecrets(split(randomBytes(32), 4, GOOD)), GOOD)).toHaveLength(1);
  });

  test("are not confirmed by a copy of a key", () => {
    const [first = "", ...others] = split(randomBytes(32), 3, GOOD);
    expect(shareGroups(toSecrets([first, first, damage(first), ...others]), GOOD).map(toTexts)).toContainEqual([
      first,
      ...others,
    ]);
  });

  test("are one for each initialisation whose keys are mixed, most keys first", () => {
    const sets = [5, 4].map((count) => split(randomBytes(32), count, GOOD));
    const groups = shareGroups(toSecrets(sets.flat().reverse()), GOOD).map(toTexts);
    expect(groups).toHaveLength(2);
    for (const [index, group] of groups.entries()) expect(sets[index]).toEqual(expect.arrayContaining(group));
  });

  test.each([
    [9, 5, 4],
    [12, 6, 6],
    [15, 8, 6],
    [15, 7, 5],
  ])("contain good keys alone: of %i keys with threshold %i, %i are damaged", (count, threshold, damaged) => {
    const keys = split(randomBytes(32), count, threshold);
    const given = keys.map((key, index) => (index % 2 === 0 && index / 2 < damaged ? damage(key) : key));
    const good = given.filter((key) => keys.includes(key));
    const groups = shareGroups(toSecrets(given), threshold).map(toTexts);
    expect(groups.length).toBeLessThanOrEqual(1_000);
    expect(groups.some((group) => group.every((key) => good.includes(key)))).toBe(true);
  });

  test("are found among very many keys within two seconds", () => {
    const keys = split(randomBytes(32), 100, 50);
    const given = keys.map((key, index) => (index === 20 ? damage(key) : key));
    const start = performance.now();
    const [group = []] = shareGroups(toSecrets(given), 50).map(toTexts);
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(group.every((key) => keys.includes(key))).toBe(true);
  });
});
