import { expect, test } from "vitest";
import { all } from "../../support/all";

test("all gives everything that was found, and fails if that is nothing", () => {
  expect(all(["a", "b"])).toEqual(["a", "b"]);
  expect(all(new Set([undefined]))).toEqual([undefined]);
  expect(() => all([])).toThrow("Nothing was found to loop over.");
  expect(() => all("".matchAll(/./g))).toThrow("Nothing was found to loop over.");
});
