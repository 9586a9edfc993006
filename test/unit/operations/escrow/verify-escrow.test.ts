import { describe, expect, test } from "vitest";
import { withKeys } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import { Secret } from "../../../../src/core/secret";
import { verifyEscrow } from "../../../../src/operations/escrow/verify-escrow";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { keyTypeOf } from "../../../../src/vault/keys";
import { damage, split } from "../../../support/shamir";
import { INSTANCE, Universe } from "../../../support/simulation";

/** An instance with keys as a server makes them. @param change What became of the record's. */
async function escrowed(
  change: (keys: string[]) => readonly string[] = (keys) => keys,
  instance: Instance = INSTANCE,
): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  const keys = split(Buffer.from("0123456789abcdef0123456789abcdef"), 5, 3);
  universe.useKeys({ keys: keys.map((key) => new Secret(key)), threshold: 3 });
  const recorded = change([...keys]).map((key) => new Secret(key));
  const fields = withKeys(universe.record, keyTypeOf(instance.seal), recorded);
  universe.versions.push({ fields, at: 0, deleted: false });
  return universe;
}

/** Fails if the instance is not as it was. */
function expectUntouched(universe: Universe): void {
  expect(universe.access.ceremony.rotations).toBe(0);
  expect(universe.access.ceremony.rootTokens.size).toBe(0);
  expect(universe.access.ceremonies.size).toBe(0);
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
  for (const server of universe.servers) expect(universe.isUp(server)).toBe(true);
}

describe.each([INSTANCE, { ...INSTANCE, seal: "transit" } as const])("an instance with the seal $seal", (instance) => {
  test("has every key in its record, and they open the data", async () => {
    const universe = await escrowed(undefined, instance);
    const versions = universe.versions.length;
    expect(await verifyEscrow(universe.start())).toEqual({
      shares: 5,
      threshold: 3,
      keyType: keyTypeOf(instance.seal),
    });
    expectUntouched(universe);
    expect(universe.versions).toHaveLength(versions);
    expect(universe.metadata["escrow-verified"]).toMatch(/^\d{4}-/);
  });
});

test.each<[string, (keys: string[]) => readonly string[], string, string]>([
  [
    "one damaged key",
    ([a = "", ...keys]) => [damage(a), ...keys],
    "escrow-incomplete",
    "4 good unseal keys of 5 (unseal-key-0",
  ],
  [
    "two damaged keys",
    ([a = "", b = "", ...keys]) => [damage(a), ...keys, damage(b)],
    "escrow-incomplete",
    "3 good unseal keys of 5 (unseal-key-0, unseal-key-4 damaged)",
  ],
  ["a key that is none", ([, ...keys]) => ["?", ...keys], "escrow-incomplete", "(unseal-key-0 damaged)"],
  ["one missing", (keys) => keys.slice(1), "escrow-incomplete", "4 good unseal keys of 5, which open"],
  ["one twice", ([, b = "", ...keys]) => [b, b, ...keys], "escrow-incomplete", "4 good unseal keys of 5"],
  ["fewer than the threshold", (keys) => keys.slice(3), "too-few-keys", "holds 2 unseal keys, and the servers want 3"],
  ["the keys of others", () => split(Buffer.from("f".repeat(32)), 5, 3), "keys-refused", "refuses the keys"],
  [
    "three damaged keys",
    (keys) => keys.map((key, index) => (index < 3 ? damage(key) : key)),
    "keys-refused",
    "refuses the keys",
  ],
])("a record with %s fails, and the instance is untouched", async (_, change, code, text) => {
  const universe = await escrowed(change);
  await expect(verifyEscrow(universe.start())).rejects.toMatchObject({
    code,
    message: expect.stringContaining(text) as string,
  });
  expectUntouched(universe);
  expect(universe.metadata["escrow-verified"]).toBeUndefined();
});

test("a server that does not verify new keys is shown none", async () => {
  const universe = await escrowed();
  universe.access.ceremony.verifies = false;
  await expect(verifyEscrow(universe.start())).rejects.toMatchObject({ code: "unverified-rotation" });
  expectUntouched(universe);
});

test("a rotation that was interrupted comes first", async () => {
  const universe = await escrowed();
  const pending = { "new-unseal-key-0": "k", "new-keys-threshold": "1", "new-keys-ceremony": "n" };
  universe.versions.push({ fields: { ...universe.record, ...pending }, at: 0, deleted: false });
  await expect(verifyEscrow(universe.start())).rejects.toMatchObject({ code: "rotation-unfinished" });
});
