import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";

const secret = new Secret("hunter2");

test("a secret shows itself nowhere but where it is revealed", () => {
  const shown = [String(secret), inspect(secret), inspect({ nested: [secret] }, { showHidden: true })];
  for (const text of shown) expect(text).not.toContain("hunter2");
  expect(Object.keys(secret)).toEqual([]);
  expect(secret.reveal()).toBe("hunter2");
});

test("a secret is never replaced by a placeholder where it is stored", () => {
  expect(() => JSON.stringify({ key: secret })).toThrow(TypeError);
});

test("secrets are compared by their values", () => {
  expect(secret.equals(new Secret("hunter2"))).toBe(true);
  expect(secret.equals(new Secret("other"))).toBe(false);
  expect(secret).not.toEqual(new Secret("other"));
});
