import { beforeEach, expect, test } from "vitest";
import { recordedKeys, withKeys } from "../../../../src/central/record";
import { Secret } from "../../../../src/core/secret";
import { adoptInstance } from "../../../../src/operations/adoption/adopt-instance";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { split } from "../../../support/shamir";
import { INSTANCE, Universe } from "../../../support/simulation";

const KEYS = split(Buffer.from("0123456789abcdef0123456789abcdef"), 5, 3).map((key) => new Secret(key));

let universe: Universe;
let rootToken: Secret;
beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  universe.now += 20_000;
  rootToken = new Secret(String(universe.record["root-token"]));
  universe.useKeys({ keys: KEYS, threshold: 3 });
  write({});
});

function write(fields: Record<string, unknown>): void {
  universe.versions.push({ fields, at: universe.now, deleted: false });
}

test("the record gets the keys once the server has accepted them", async () => {
  expect(await adoptInstance(universe.start(), { keys: KEYS, rootToken })).toEqual({ keys: 5, verified: true });
  expect(recordedKeys(universe.record, "unseal").map((key) => key.reveal())).toEqual(KEYS.map((key) => key.reveal()));
  expect([universe.access.ceremonies.size, universe.locks.at(-1)?.entry]).toEqual([0, undefined]);
});

test("other keys get into no record", async () => {
  const others = split(Buffer.from("another root key another root ke"), 5, 3).map((key) => new Secret(key));
  const failure = { code: "keys-refused" };
  await expect(adoptInstance(universe.start(), { keys: others, rootToken })).rejects.toMatchObject(failure);
  expect(recordedKeys(universe.record, "unseal")).toEqual([]);
});

test("a record with other keys stays as it is", async () => {
  const fields = withKeys({}, "unseal", [new Secret("of another instance")]);
  write({ ...fields });
  const failure = { code: "adoption-differs" };
  await expect(adoptInstance(universe.start(), { keys: KEYS, rootToken })).rejects.toMatchObject(failure);
  expect(universe.record).toEqual(fields);
});

test("fewer keys than the server made are kept, and not all are proven", async () => {
  const report = await adoptInstance(universe.start(), { keys: KEYS.slice(0, 3), rootToken });
  expect(report).toEqual({ keys: 3, verified: false });
  expect(universe.events.map(({ message }) => message)).toContain(
    "not every key is proven; rotate the keys once the identities work",
  );
});
