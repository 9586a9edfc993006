import { describe, expect, test } from "vitest";
import {
  formerKeySets,
  keySets,
  pendingKeys,
  withPendingKeys,
  withPendingKeysInUse,
} from "../../../src/central/pending-keys";
import { recordedKeys, secretFields, withKeys, type RecordFields } from "../../../src/central/record";
import type { Secret } from "../../../src/core/secret";
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

describe("keys that rotations replaced", () => {
  const [first, second, third] = [secretsOf(["a", "b", "c"]), PENDING.keys, secretsOf(["x", "y", "z"])];
  const fieldsWith = (keys: readonly Secret[]) => withKeys({}, "unseal", keys);
  const rotated = (from: readonly Secret[], to: readonly Secret[]) =>
    withPendingKeys(fieldsWith(from), "unseal", { ...PENDING, keys: to });
  /** Versions of a record, the oldest first. */
  const former = async (...versions: RecordFields[]) => {
    const earlier = versions.map((fields, index) => ({ version: index + 1, fields })).toReversed();
    const sets = await formerKeySets(earlier.shift()?.fields ?? {}, "unseal", earlier);
    return sets.map(({ keys, threshold }) => [keys.map((key) => key.reveal()).join(""), threshold]);
  };

  test("are those of each rotation, the newest first", async () => {
    const [old, next, last] = [fieldsWith(first), fieldsWith(second), fieldsWith(third)];
    const versions = [old, rotated(first, second), next, next, rotated(second, third), last, last];
    expect(await former(...versions)).toEqual([
      ["de", 2],
      ["abc", 3],
    ]);
    // What somebody wrote in between, and corrected, is no rotation.
    const damaged = fieldsWith(secretsOf(["d"]));
    expect(await former(...versions.slice(0, 4), damaged, next)).toEqual([["abc", 3]]);
  });

  test("are none if no rotation made those of the record", async () => {
    const old = fieldsWith(first);
    expect(await former()).toEqual([]);
    expect(await former(old, old)).toEqual([]);
    expect(await former(old, fieldsWith(second))).toEqual([]);
    expect(await former(old, rotated(first, second), old)).toEqual([]);
    expect(await former(old, rotated(first, second), fieldsWith(secretsOf(["d"])))).toEqual([]);
  });
});
