import { expect, test } from "vitest";
import { isWithin } from "../../../src/core/domains";

test.each([
  ["a.example", true],
  ["www.a.example", true],
  ["WWW.A.Example", true],
  ["ba.example", false],
  ["example", false],
])("%s is within a.example: %s", (name, within) => {
  expect(isWithin(name, ["other.example", "a.example"])).toBe(within);
});
