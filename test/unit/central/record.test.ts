import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  contradicts,
  descriptionDigests,
  holds,
  isUnsent,
  journalKey,
  namedKeys,
  recordedKeys,
  rootToken,
  secretFields,
  withAnswer,
  withDescriptionDigests,
  withJournalKey,
  withKeyType,
} from "../../../src/central/record";
import { Secret } from "../../../src/core/secret";
import { answerOf, secretsOf } from "../../support/secrets";
import { type InitAnswer, keyTypeOf, otherKeyType } from "../../../src/vault/keys";

const answer: fc.Arbitrary<InitAnswer> = fc
  .record({
    rootToken: fc.base64String({ minLength: 4 }),
    keyType: fc.constantFrom("unseal" as const, "recovery" as const),
    keys: fc.array(fc.base64String({ minLength: 4 }), { minLength: 1, maxLength: 20 }),
  })
  .map(({ rootToken: token, keyType, keys }) => answerOf(token, keys, keyType));
const foreign = fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), fc.oneof(fc.string(), fc.nat(), fc.constant(null)));

test("a record has exactly the fields of the contract", () => {
  expect(withAnswer({}, answerOf("t", ["a", "b"]))).toEqual({
    "root-token": "t",
    "unseal-key-0": "a",
    "unseal-key-1": "b",
  });
  expect(withAnswer({}, answerOf("t", ["a"], "recovery"))).toEqual({
    "root-token": "t",
    "recovery-key-0": "a",
  });
  expect(["shamir", "transit", "static"].map(keyTypeOf)).toEqual(["unseal", "recovery", "recovery"]);
});

test("writing an answer keeps what others wrote, and ends the announcement", () => {
  fc.assert(
    fc.property(foreign, answer, (fields, given) => {
      const written = withAnswer(withJournalKey(fields, new Secret("k")), given);
      expect(written).toMatchObject(fields);
      expect(journalKey(written)).toBeUndefined();
      expect(isUnsent(written)).toBe(false);
      expect(recordedKeys(written, given.keyType)).toEqual(given.keys);
      expect(rootToken(written)).toEqual(given.rootToken);
      expect(holds(written, given)).toBe(true);
      expect(contradicts(written, given)).toBe(false);
      expect(withAnswer(written, given)).toEqual(written);
    }),
  );
});

describe("an answer contradicts a record", () => {
  test("that holds other keys, or more of them", () => {
    const given = answerOf("t", ["a", "b"]);
    expect(contradicts({ "root-token": "other" }, given)).toBe(true);
    expect(contradicts({ "unseal-key-1": "x" }, given)).toBe(true);
    expect(contradicts({ "unseal-key-2": "c" }, given)).toBe(true);
    expect(contradicts({ "recovery-key-0": "a" }, given)).toBe(true);
    expect(contradicts({ "unseal-key-0": "a", note: "x" }, given)).toBe(false);
  });
});

test("keys are those that there are, in order, and only as text", () => {
  expect(recordedKeys({ "unseal-key-0": "a", "unseal-key-2": "c" }, "unseal")).toEqual(secretsOf(["a", "c"]));
  expect(namedKeys({ "unseal-key-2": "c", "unseal-key-0": "a" }, "unseal").map(({ name }) => name)).toEqual([
    "unseal-key-0",
    "unseal-key-2",
  ]);
  expect(recordedKeys({ "unseal-key-0": 1 }, "unseal")).toEqual([]);
  expect(recordedKeys({ "unseal-key-0": "" }, "unseal")).toEqual([]);
});

test("a migrated seal renames the keys, keeps their values and everything else, and can be undone", () => {
  fc.assert(
    fc.property(foreign, answer, (fields, given) => {
      const before = withAnswer(fields, given);
      const to = otherKeyType(given.keyType);
      const after = withKeyType(before, to);
      expect(recordedKeys(after, to)).toEqual(given.keys);
      expect(recordedKeys(after, given.keyType)).toEqual([]);
      expect(after).toMatchObject(fields);
      expect(withKeyType(after, to)).toEqual(after);
      expect(withKeyType(after, given.keyType)).toEqual(before);
    }),
  );
});

test("a migration renames each key by its place, and leaves out none", () => {
  const fields = { "unseal-key-0": "a", "unseal-key-2": "c", "root-token": "t", note: "theirs" };
  const renamed = { "recovery-key-0": "a", "recovery-key-2": "c", "root-token": "t", note: "theirs" };
  expect(withKeyType(fields, "recovery")).toEqual(renamed);
  expect(withKeyType(renamed, "unseal")).toEqual(fields);
});

test("digests of descriptions are beside the keys, and do not count as any", () => {
  const fields = withDescriptionDigests({ "unseal-key-0": "a" }, ["old", "new"]);
  expect(descriptionDigests(fields)).toEqual(["old", "new"]);
  expect(recordedKeys(fields, "unseal")).toHaveLength(1);
  expect(secretFields(fields)).toEqual(["unseal-key-0"]);
  expect(descriptionDigests({ "description-digest": 7 })).toEqual([]);
});
