import { beforeEach, expect, test } from "vitest";
import { recordedKeys } from "../../../../src/central/record";
import type { Replica } from "../../../../src/contract/instance";
import { Secret } from "../../../../src/core/secret";
import { withLock } from "../../../../src/operations/operation-lock";
import { proveKeys, withRootToken } from "../../../../src/operations/snapshot/key-proof";
import type { SnapshotKeys } from "../../../../src/operations/snapshot/snapshot-keys";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { useKeysOfWhichThreeAreGood } from "../../../support/damaged-keys";
import { INSTANCE, Universe } from "../../../support/simulation";

const [ACTIVE] = INSTANCE.replicas as [Replica];

let universe: Universe;
beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
});

function prove(keys: readonly Secret[]): Promise<void> {
  const proof: SnapshotKeys = { type: "unseal", keys, threshold: 3, rootToken: undefined, current: true };
  return withLock(universe.start(), "restore", (locked) => proveKeys(locked, proof));
}

test("keys that open the data are proven, and nothing is rotated", async () => {
  const before = universe.keysOf();
  await prove(recordedKeys(universe.record, "unseal"));
  expect(universe.keysOf()).toEqual(before);
  expect([universe.access.ceremonies.size, universe.access.tokens.size]).toEqual([0, 0]);
});

test("H11: three good keys of five are proven, though one is missing and one is damaged", async () => {
  await prove(useKeysOfWhichThreeAreGood(universe));
  expect([universe.access.ceremonies.size, universe.access.tokens.size]).toEqual([0, 0]);
});

test("other keys are refused", async () => {
  const wrong = [0, 1, 2].map((index) => new Secret(`wrong-${index}`));
  await expect(prove(wrong)).rejects.toMatchObject({ code: "keys-refused" });
  expect(universe.access.ceremonies.size).toBe(0);
});

test("the work gets the root token of the record, or one that ends with it", async () => {
  let used: Secret | undefined;
  const work = (token: Secret): Promise<void> => {
    used = token;
    universe.access.check(token, "sys/storage/raft/snapshot", "update");
    return Promise.resolve();
  };
  const run = () => withLock(universe.start(), "restore", (locked) => withRootToken(locked, ACTIVE, work));
  await run();
  expect(used?.reveal()).toBe(universe.record["root-token"]);
  universe.access.revokeRoot();
  await run();
  expect(used?.reveal()).toMatch(/^root-made-/);
  expect([universe.access.ceremony.rootTokens.size, universe.access.ceremonies.size]).toEqual([0, 0]);
});
