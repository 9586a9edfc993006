import fc from "fast-check";
import { expect, test } from "vitest";
import { closest } from "../../../src/core/closest";

const FIELDS = ["name", "product", "address", "secretShares", "secretThreshold", "maxTtl", "keyPair"];

test.each([
  ["nmae", "name"],
  ["adress", "address"],
  ["secretTreshold", "secretThreshold"],
  ["secret_threshold", "secretThreshold"],
  ["maxTTL", "maxTtl"],
  ["keypair", "keyPair"],
  ["products", "product"],
])("%s stands for %s", (word, field) => {
  expect(closest(word, FIELDS)).toBe(field);
});

test.each(["image", "x", "", "threshold", "constructor"])("%j stands for nothing", (word) => {
  expect(closest(word, FIELDS)).toBeUndefined();
});

test("a word stands for itself, and one wrong letter changes nothing", () => {
  const word = fc.stringMatching(/^[a-z]{3,12}$/);
  fc.assert(
    fc.property(word, fc.nat(), (right, at) => {
      const index = at % right.length;
      expect(closest(right, ["other-field", right])).toBe(right);
      expect(closest(`${right.slice(0, index)}#${right.slice(index + 1)}`, [right])).toBe(right);
    }),
  );
});
