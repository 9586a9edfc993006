import { expect, test } from "vitest";
import type { KeySet } from "../../../../src/central/pending-keys";
import type { SeenRecord } from "../../../../src/central/record-store";
import { OperationError } from "../../../../src/core/errors";
import { FormerKeys } from "../../../../src/operations/unseal/former-keys";
import { secretsOf } from "../../../support/secrets";

const RECORD: SeenRecord = { version: 4, fields: {}, deleted: false, age: 0 };
const SETS: readonly KeySet[] = [{ keys: secretsOf(["a", "b"]), threshold: 2 }];
const REFUSED = new OperationError("keys-refused", "main-0 refuses the unseal keys.");

/** Former keys, and the versions of the record whose history was read. */
function history(sets = SETS) {
  const read: number[] = [];
  const formerKeys = (_: string, { version }: SeenRecord) => {
    read.push(version);
    return Promise.resolve(sets);
  };
  return { read, former: new FormerKeys({ formerKeys }) };
}

test("work that succeeds reads no history", async () => {
  const { former, read } = history();
  expect(await former.use(RECORD, () => Promise.resolve("done"))).toBe("done");
  expect([read, former.sets]).toEqual([[], []]);
});

test("work whose keys are refused is to be done again with those that are found, once per version", async () => {
  const { former, read } = history();
  const refused = () => Promise.reject<string>(REFUSED);
  expect(await former.use(RECORD, refused)).toBeUndefined();
  expect(former.sets).toEqual(SETS);
  await expect(former.use(RECORD, refused)).rejects.toBe(REFUSED);
  expect(await former.use({ ...RECORD, version: 5 }, refused)).toBeUndefined();
  expect(read).toEqual([4, 5]);
});

test("work fails as it did if there are no former keys, or it is not about keys", async () => {
  const { former, read } = history([]);
  await expect(former.use(RECORD, () => Promise.reject(REFUSED))).rejects.toBe(REFUSED);
  const other = new OperationError("timeout", "Time is up.");
  await expect(former.use({ ...RECORD, version: 5 }, () => Promise.reject(other))).rejects.toBe(other);
  expect(read).toEqual([4]);
});
