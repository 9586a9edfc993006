import { expect, test } from "vitest";
import { keySets, pendingKeys, withPendingKeys, withPendingKeysInUse } from "../../../src/central/pending-keys";
import { recordedKeys, secretFields, withKeys } from "../../../src/central/record";
import { secretsOf } from "../../support/secrets";

const FORMER = { "root-token": "t", note: "theirs", ...withKeys({}, "unseal", secretsOf(["a", "b", "c"])) };
const PENDING = { keys: secretsOf(["d", "e"]), threshold: 2, ceremony: "n" };

test("new keys are beside the former ones, until they take their names", () => {
  const fields = withPendingKeys(FORMER, "unseal", PENDING);
  expect(fields).toMatchObject({ ...FORMER, "new-unseal-key-0": "d", "new-unseal-key-1": "e" });
  expect(pendingKeys(fields, "unseal")).toEqual(PENDING);
  expect(keySets(fields, "unseal")).toEqual([{ keys: secretsOf(["a", "b", "c"]) }, PENDING]);
  expect(secretFields(fields)).toContain("new-unseal-key-1");
  expect(withPendingKeysInUse(fields, "unseal")).toEqual({
    "root-token": "t",
    note: "theirs",
    "unseal-key-0": "d",
    "unseal-key-1": "e",
  });
});

test("the keys of a later rotation take the place of those of an earlier one, which opened nothing", () => {
  const earlier = withPendingKeys(FORMER, "unseal", { ...PENDING, keys: secretsOf(["x", "y", "z"]) });
  expect(withPendingKeys(earlier, "unseal", PENDING)).toEqual(withPendingKeys(FORMER, "unseal", PENDING));
});

test("nothing is pending in a record without new keys, or with keys of the other type", () => {
  expect(pendingKeys(FORMER, "unseal")).toBeUndefined();
  expect(keySets(FORMER, "unseal")).toHaveLength(1);
  expect(withPendingKeysInUse(FORMER, "unseal")).toEqual(FORMER);
  expect(pendingKeys(withPendingKeys(FORMER, "unseal", PENDING), "recovery")).toBeUndefined();
  expect(recordedKeys(withPendingKeys(FORMER, "unseal", PENDING), "recovery")).toEqual([]);
});
