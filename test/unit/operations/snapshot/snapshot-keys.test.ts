import { beforeEach, expect, test } from "vitest";
import { keySets, pendingKeys } from "../../../../src/central/pending-keys";
import { keysFingerprint, recordedKeys, rootToken } from "../../../../src/central/record";
import { rotateKeys } from "../../../../src/operations/ceremonies/rotate-keys";
import type { Manifest } from "../../../../src/operations/snapshot/manifest";
import {
  adoptRootToken,
  adoptSnapshotKeys,
  findSnapshotKeys,
  keepSnapshotKeys,
} from "../../../../src/operations/snapshot/snapshot-keys";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";

/** No restore was interrupted. */
const unasked = (): Promise<boolean> => Promise.reject(new Error("asked"));

let universe: Universe;
let manifest: Manifest;
beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  manifest = {
    name: "s",
    recordVersion: universe.versions.length,
    seal: "shamir",
    shares: 5,
    threshold: 3,
  } as Manifest;
});

test("the keys in use are those of a snapshot that was taken with them", async () => {
  const keys = await findSnapshotKeys(universe.start(), manifest);
  expect(keys).toMatchObject({ current: true, threshold: 3, keys: recordedKeys(universe.record, "unseal") });
  const versions = universe.versions.length;
  await keepSnapshotKeys(universe.start(), manifest, keys, unasked);
  await adoptSnapshotKeys(universe.start(), keys);
  expect(universe.versions).toHaveLength(versions);
});

test("keys of an earlier version are kept beside those in use, and then get their names", async () => {
  const former = recordedKeys(universe.record, "unseal");
  await rotateKeys(universe.start(), { shares: 7, threshold: 4 });
  const later = recordedKeys(universe.record, "unseal");
  const keys = await findSnapshotKeys(universe.start(), manifest);
  expect(keys).toMatchObject({ current: false, keys: former });
  for (let time = 0; time < 2; time++) await keepSnapshotKeys(universe.start(), manifest, keys, unasked);
  expect(keySets(universe.record, "unseal").map((set) => set.keys)).toEqual([later, former]);
  await adoptSnapshotKeys(universe.start(), keys);
  expect(recordedKeys(universe.record, "unseal")).toEqual(former);
  expect(pendingKeys(universe.record, "unseal")).toBeUndefined();
  expect(universe.metadata).toMatchObject({ "secret-shares": "5", "secret-threshold": "3" });
});

test("the same keys are found where the versions of the record have other numbers", async () => {
  const former = recordedKeys(universe.record, "unseal");
  await rotateKeys(universe.start(), { shares: 7, threshold: 4 });
  const named = { ...manifest, keysFingerprint: keysFingerprint(former) };
  for (const recordVersion of [99, universe.versions.length]) {
    const keys = await findSnapshotKeys(universe.start(), { ...named, recordVersion });
    expect(keys).toMatchObject({ current: false, keys: former });
  }
});

test("keys of a rotation that was interrupted are replaced only if no server has data", async () => {
  await rotateKeys(universe.start(), { shares: 5, threshold: 3 });
  const pending = { "new-unseal-key-0": "x", "new-keys-threshold": "1", "new-keys-ceremony": "n" };
  universe.versions.push({ fields: { ...universe.record, ...pending }, at: 0, deleted: false });
  const keys = await findSnapshotKeys(universe.start(), manifest);
  await expect(keepSnapshotKeys(universe.start(), manifest, keys, unasked)).rejects.toMatchObject({
    code: "rotation-unfinished",
  });
  await keepSnapshotKeys(universe.start(), manifest, keys);
  expect(pendingKeys(universe.record, "unseal")?.ceremony).toBe("restore s");
});

test.each<[string, (universe: Universe) => void, Partial<Manifest>, string]>([
  ["another seal", () => undefined, { seal: "transit" }, "snapshot-keys"],
  ["a version that does not exist", () => undefined, { recordVersion: 99 }, "snapshot-keys"],
  ["keys that no version has", () => undefined, { keysFingerprint: "0123456789abcdef" }, "snapshot-keys"],
  ["more keys than the version has", () => undefined, { threshold: 6 }, "snapshot-keys"],
  ["a deleted record", ({ versions }) => Object.assign(versions.at(-1) ?? {}, { deleted: true }), {}, "record-deleted"],
])("a snapshot with %s is refused", async (_, change, other, code) => {
  change(universe);
  await expect(findSnapshotKeys(universe.start(), { ...manifest, ...other })).rejects.toMatchObject({ code });
});

test("the root token of the snapshot replaces a later one that does not work any more", async () => {
  const keys = await findSnapshotKeys(universe.start(), manifest);
  const former = rootToken(universe.record)?.reveal();
  universe.versions.push({ fields: { ...universe.record, "root-token": "later" }, at: 0, deleted: false });
  await adoptRootToken(universe.start(), keys, () => Promise.resolve(true));
  expect(universe.record["root-token"]).toBe("later");
  await adoptRootToken(universe.start(), keys, (token) => Promise.resolve(token.reveal() === former));
  expect(universe.record["root-token"]).toBe(former);
});
