import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  contradicts,
  holds,
  journalKey,
  rootToken,
  unsealKeys,
  withAnswer,
  withJournalKey,
  type InitAnswer,
} from "../../../src/unseal/record";

const answer: fc.Arbitrary<InitAnswer> = fc.record({
  rootToken: fc.base64String({ minLength: 4 }),
  unsealKeys: fc.array(fc.base64String({ minLength: 4 }), { minLength: 1, maxLength: 20 }),
});
const foreign = fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), fc.oneof(fc.string(), fc.nat(), fc.constant(null)));

test("a record has exactly the fields of the contract", () => {
  expect(withAnswer({}, { rootToken: "t", unsealKeys: ["a", "b"] })).toEqual({
    "root-token": "t",
    "unseal-key-0": "a",
    "unseal-key-1": "b",
  });
});

test("writing an answer keeps what others wrote, and ends the announcement", () => {
  fc.assert(
    fc.property(foreign, answer, (fields, given) => {
      const written = withAnswer(withJournalKey(fields, "k"), given);
      expect(written).toMatchObject(fields);
      expect(journalKey(written)).toBeUndefined();
      expect(unsealKeys(written)).toEqual(given.unsealKeys);
      expect(rootToken(written)).toBe(given.rootToken);
      expect(holds(written, given)).toBe(true);
      expect(contradicts(written, given)).toBe(false);
      expect(withAnswer(written, given)).toEqual(written);
    }),
  );
});

describe("an answer contradicts a record", () => {
  test("that holds other keys, or more of them", () => {
    const given = { rootToken: "t", unsealKeys: ["a", "b"] };
    expect(contradicts({ "root-token": "other" }, given)).toBe(true);
    expect(contradicts({ "unseal-key-1": "x" }, given)).toBe(true);
    expect(contradicts({ "unseal-key-2": "c" }, given)).toBe(true);
    expect(contradicts({ "unseal-key-0": "a", note: "x" }, given)).toBe(false);
  });
});

test("keys are counted up to the first gap, and only as text", () => {
  expect(unsealKeys({ "unseal-key-0": "a", "unseal-key-2": "c" })).toEqual(["a"]);
  expect(unsealKeys({ "unseal-key-0": 1 })).toEqual([]);
  expect(unsealKeys({ "unseal-key-0": "" })).toEqual([]);
});
