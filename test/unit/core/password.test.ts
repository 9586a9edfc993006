import { expect, test } from "vitest";
import { generatePassword } from "../../../src/core/password";

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
