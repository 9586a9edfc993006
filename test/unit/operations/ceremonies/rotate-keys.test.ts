import { describe, expect, test } from "vitest";
import { keySets, pendingKeys, restoreCeremony, withPendingKeys } from "../../../../src/central/pending-keys";
import { recordedKeys, withKeys } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import { Secret } from "../../../../src/core/secret";
import { rotateKeys } from "../../../../src/operations/ceremonies/rotate-keys";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { keyTypeOf } from "../../../../src/vault/keys";
import { useKeysOfWhichThreeAreGood } from "../../../support/damaged-keys";
import { INSTANCE, Universe } from "../../../support/simulation";

const NEW = { shares: 7, threshold: 4 };
const TRANSIT: Instance = { ...INSTANCE, seal: "transit" };

/** An instance with keys, of which the record must have those in use after every effect. */
async function initialized(instance: Instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  universe.onEffect = () => expectKept(universe);
  return universe;
}

/** Fails unless a set of keys in the record is the one that opens the data. */
function expectKept(universe: Universe): void {
  const inUse = universe.keysOf().keys.map((key) => key.reveal());
  const sets = keySets(universe.record, keyTypeOf(universe.instance.seal));
  const kept = sets.map(({ keys }) => keys.map((key) => key.reveal()).join());
  expect(kept).toContain(inUse.join());
}

/** Fails unless the record has the keys in use under their own names, and nothing is pending. */
function expectAdopted(universe: Universe): void {
  const type = keyTypeOf(universe.instance.seal);
  expect(recordedKeys(universe.record, type)).toEqual(universe.keysOf().keys);
  expect(pendingKeys(universe.record, type)).toBeUndefined();
  expect(Object.keys(universe.record).filter((name) => name.startsWith("new-"))).toEqual([]);
  expect(universe.access.ceremonies.size).toBe(0);
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
}

describe.each([INSTANCE, TRANSIT])("an instance with the seal $seal", (instance) => {
  test("gets new keys, which the record has, with another number and threshold", async () => {
    const universe = await initialized(instance);
    const former = recordedKeys(universe.record, keyTypeOf(instance.seal));
    const report = await rotateKeys(universe.start(), NEW);

    expectAdopted(universe);
    expect(universe.keysOf()).toMatchObject({ threshold: 4 });
    expect(universe.keysOf().keys).toHaveLength(7);
    expect(universe.metadata).toMatchObject({ "secret-shares": "7", "secret-threshold": "4" });
    expect(report).toEqual({ ...NEW, keyType: keyTypeOf(instance.seal), formerVersion: universe.versions.length - 1 });
    const version = universe.versions[report.formerVersion - 1];
    expect(recordedKeys(version?.fields ?? {}, keyTypeOf(instance.seal))).toEqual(former);
  });

  test("names the replicas that missed it, if they need keys", async () => {
    const universe = await initialized(instance);
    Object.assign(universe.servers[2] ?? {}, { sealed: true, readyAt: undefined });
    const { formerVersion } = await rotateKeys(universe.start(), NEW);
    const told = universe.events.filter(({ message }) => message.includes("were away during the rotation"));
    const expected = { level: "warn", fields: { replicas: ["main-2"], version: formerVersion } };
    expect(told).toMatchObject(instance === TRANSIT ? [] : [expected]);
  });

  test("works without a root token", async () => {
    const universe = await initialized(instance);
    const { "root-token": _token, ...fields } = universe.record;
    universe.versions.push({ fields, at: 0, deleted: false });
    universe.access.revokeRoot();
    await rotateKeys(universe.start(), NEW);
    expectAdopted(universe);
    expect(universe.access.tokens.size).toBe(0);
  });
});

test("keys that an interrupted restore has brought back are replaced too", async () => {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  const restored = universe.keysOf().keys;
  const later = withKeys(
    universe.record,
    "unseal",
    restored.map((_, index) => new Secret(`later-${index}`)),
  );
  const pending = { keys: restored, threshold: 3, ceremony: restoreCeremony("2026-11-01T00-00-00Z") };
  universe.versions.push({ fields: withPendingKeys(later, "unseal", pending), at: 0, deleted: false });
  universe.onEffect = () => expectKept(universe);
  await rotateKeys(universe.start(), NEW);
  expectAdopted(universe);
  expect(universe.keysOf().keys).toHaveLength(7);
});

test("a leader that changes at any effect begins again", async () => {
  for (let effect = 0; effect < 30; effect++) {
    const universe = await initialized();
    let left = effect;
    const check = universe.onEffect;
    universe.onEffect = () => {
      check();
      if (left-- === 0) universe.changeLeader();
    };
    await rotateKeys(universe.start(), NEW);
    expectAdopted(universe);
  }
});

describe("a run does not begin", () => {
  test("while another operation holds the lock", async () => {
    const universe = await initialized();
    universe.living.add(99);
    universe.locks.push({ entry: { run: "r", operation: "migrate-seal", lease: 180 }, pid: 99, at: universe.now });
    await expect(rotateKeys(universe.start(), NEW)).rejects.toMatchObject({ code: "operation-locked" });
  });

  test("while somebody has begun a ceremony, unless a person says why to cancel it", async () => {
    const universe = await initialized();
    universe.access.ceremonies.add("sys/generate-root-token/attempt");
    await expect(rotateKeys(universe.start(), NEW)).rejects.toMatchObject({ code: "ceremony-under-way" });
    expect(universe.access.ceremony.rotations).toBe(0);
    await rotateKeys({ ...universe.start(), breakGlass: "nobody knows who began it" }, NEW);
    expectAdopted(universe);
  });

  test.each([1, 4])("if the central Vault keeps only %i versions of the record", async (kept) => {
    const universe = await initialized();
    universe.keptVersions = kept;
    const versions = universe.versions.length;
    await expect(rotateKeys(universe.start(), NEW)).rejects.toMatchObject({ code: "versions-too-few" });
    expect(universe.versions).toHaveLength(versions);
    universe.keptVersions = 5;
    await rotateKeys(universe.start(), NEW);
    expectAdopted(universe);
  });

  test.each<[string, (universe: Universe) => unknown]>([
    ["has no credential", (universe) => universe.credentials.versions.delete("ceremony")],
    ["cannot log in", ({ access }) => access.secretIds.clear()],
    ["may not do what it is for", ({ access }) => access.policies.set("tenant-vault-ceremony", "")],
  ])("if the identity %s", async (_, change) => {
    const universe = await initialized();
    change(universe);
    const versions = universe.versions.length;
    await expect(rotateKeys(universe.start(), NEW)).rejects.toMatchObject({ code: "identity-rehearsal" });
    expect(universe.versions).toHaveLength(versions);
    expect(universe.locks.at(-1)?.entry).toBeUndefined();
  });

  test.each<[string, (universe: Universe) => void, string]>([
    [
      "has no keys",
      (universe) => universe.versions.push({ fields: { "root-token": "t" }, at: 0, deleted: false }),
      "too-few-keys",
    ],
    ["is deleted", (universe) => Object.assign(universe.versions.at(-1) ?? {}, { deleted: true }), "record-deleted"],
  ])("if the record %s", async (_, change, code) => {
    const universe = await initialized();
    universe.onEffect = () => undefined;
    change(universe);
    await expect(rotateKeys(universe.start(), NEW)).rejects.toMatchObject({ code });
  });
});

test("H11: three good keys of five begin a rotation, though one is missing and one is damaged", async () => {
  const universe = await initialized();
  universe.onEffect = () => undefined;
  useKeysOfWhichThreeAreGood(universe);
  await rotateKeys(universe.start(), NEW);
  expectAdopted(universe);
});

test("keys that the server refuses end the run, and it keeps those of the record", async () => {
  const universe = await initialized();
  universe.onEffect = () => undefined;
  const wrong = Object.fromEntries([0, 1, 2, 3, 4].map((index) => [`unseal-key-${index}`, `wrong-${index}`]));
  universe.versions.push({ fields: { ...universe.record, ...wrong }, at: 0, deleted: false });
  await expect(rotateKeys(universe.start(), NEW)).rejects.toMatchObject({ code: "keys-refused" });
  expect(universe.record).toMatchObject(wrong);
  expect(universe.access.ceremonies.size).toBe(0);
});
