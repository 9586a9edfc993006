import { expect, test } from "vitest";
import { keyTypeOf, otherKeyType } from "../../../src/vault/keys";

test("Shamir's seal has unseal keys, every other seal has recovery keys", () => {
  expect(["shamir", "transit", "awskms", "static"].map(keyTypeOf)).toEqual([
    "unseal",
    "recovery",
    "recovery",
    "recovery",
  ]);
  expect([otherKeyType("unseal"), otherKeyType("recovery")]).toEqual(["recovery", "unseal"]);
});
