import { expect, test } from "vitest";
import { rotateBarrier } from "../../../../src/operations/ceremonies/rotate-barrier";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";

async function initialized(): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  return universe;
}

test("the key of new data is replaced, and the record stays as it is", async () => {
  const universe = await initialized();
  const versions = universe.versions.length;
  expect(await rotateBarrier(universe.start())).toBe(2);
  expect(universe.access.barrierTerm).toBe(2);
  expect(universe.versions).toHaveLength(versions);
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
});

test("an identity that may not do it is named, with the fix", async () => {
  const universe = await initialized();
  const name = "tenant-vault-ceremony";
  const policy = universe.access.policies.get(name) ?? "";
  universe.access.policies.set(name, policy.replace("sys/key-status", "sys/other"));
  await expect(rotateBarrier(universe.start())).rejects.toMatchObject({ code: "identity-rehearsal" });
});
