import { expect, test } from "vitest";
import { withoutBrackets } from "../../../src/core/host";

test.each([
  ["[::1]", "::1"],
  ["::1", "::1"],
  ["vault.example", "vault.example"],
  ["[::1", "[::1"],
])("%s without brackets is %s", (host, bare) => {
  expect(withoutBrackets(host)).toBe(bare);
});
