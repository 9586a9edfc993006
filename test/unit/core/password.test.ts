import fc from "fast-check";
import { expect, test } from "vitest";
import { generateByRules, generatePassword } from "../../../src/core/password";

test.each([3, 20, 512])("a password of %i letters and digits has each kind", (length) => {
  for (let round = 0; round < 200; round++) {
    const password = generatePassword(length);
    expect(password).toMatch(new RegExp(`^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9]{${length}}$`));
  }
});

test("no two are alike, and each character comes about equally often", () => {
  const passwords = Array.from({ length: 2_000 }, () => generatePassword(31));
  expect(new Set(passwords).size).toBe(passwords.length);
  const counts = new Map<string, number>();
  for (const character of passwords.join("")) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  // 1,000 on average, with a standard deviation of 32.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});

test("a password has as many characters of each rule as it requires, and no others", () => {
  const rule = fc.record({
    charset: fc.stringMatching(/^[a-f0-9#!]{1,9}$/),
    minChars: fc.option(fc.nat(5), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), fc.nat(20), (rules, more) => {
      const length = rules.reduce((sum, { minChars = 1 }) => sum + minChars, more);
      const password = Array.from(generateByRules(length, rules));
      expect(password).toHaveLength(length);
      for (const { charset, minChars = 1 } of rules)
        expect(password.filter((each) => charset.includes(each)).length).toBeGreaterThanOrEqual(minChars);
      for (const each of password) expect(rules.some(({ charset }) => charset.includes(each))).toBe(true);
    }),
  );
});

test("what a rule requires is anywhere in the password", () => {
  const rules = [{ charset: "#" }, { charset: "abcdef", minChars: 0 }];
  const places = Array.from({ length: 1_000 }, () => generateByRules(10, rules)).map((each) => each.indexOf("#"));
  const counts = Array.from({ length: 10 }, (_, place) => places.filter((each) => each === place).length);
  for (const count of counts) expect(count).toBeGreaterThan(0);
  // The first of two or more is more often in front.
  expect(counts[9]).toBeLessThan(200);
});
