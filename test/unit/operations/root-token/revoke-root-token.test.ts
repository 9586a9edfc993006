import { expect, test } from "vitest";
import { rootToken } from "../../../../src/central/record";
import { OperationError } from "../../../../src/core/errors";
import { generateRootToken } from "../../../../src/operations/root-token/generate-root-token";
import { revokeRootToken } from "../../../../src/operations/root-token/revoke-root-token";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { Crash, INSTANCE, Universe } from "../../../support/simulation";

async function initialized(): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  universe.now += 20_000;
  return universe;
}

function unlessEnded(error: unknown): void {
  if (!(error instanceof Crash || error instanceof OperationError)) throw error;
}

test("the root token ends, and the record loses it; another can be made", async () => {
  const universe = await initialized();
  expect(await revokeRootToken(universe.start())).toEqual({ removed: true, revoked: [] });
  expect([universe.access.rootIsRevoked, rootToken(universe.record)]).toEqual([true, undefined]);
  expect(await revokeRootToken(universe.start())).toEqual({ removed: false, revoked: [] });
  await generateRootToken(universe.start());
  expect(universe.access.validTokens()).toContain(rootToken(universe.record)?.reveal());
});

test("it is kept if nobody could make another one", async () => {
  const universe = await initialized();
  universe.access.policies.set("tenant-vault-ceremony", "");
  await expect(revokeRootToken(universe.start())).rejects.toMatchObject({ code: "identity-rehearsal" });
  const other = await initialized();
  const { "root-token": token } = other.record;
  other.versions.push({ fields: { "root-token": token, "unseal-key-0": "key-0-0" }, at: 0, deleted: false });
  await expect(revokeRootToken(other.start())).rejects.toMatchObject({ code: "too-few-keys" });
  for (const each of [universe, other]) {
    expect(each.access.rootIsRevoked).toBe(false);
    expect(rootToken(each.record)).toBeDefined();
  }
});

test("it also revokes what an interrupted run has made", async () => {
  let found = 0;
  for (let effect = 0; effect < 14; effect++) {
    const universe = await initialized();
    await revokeRootToken(universe.start());
    await generateRootToken(universe.start([{ effect, fault: "crash-after" }])).catch(unlessEnded);
    universe.living.clear();
    await generateRootToken(universe.start());
    await generateRootToken(universe.start([{ effect, fault: "crash-after" }]), () => Promise.resolve()).catch(
      unlessEnded,
    );
    universe.living.clear();
    const lost = universe.access.ceremony.rootTokens.size;
    if (universe.metadata["root-token-begun"] !== undefined && lost > 1) found++;
    if (universe.metadata["root-token-begun"] === undefined) continue;
    await revokeRootToken(universe.start());
    expect(universe.access.ceremony.rootTokens.size).toBe(0);
  }
  expect(found).toBeGreaterThan(0);
});
