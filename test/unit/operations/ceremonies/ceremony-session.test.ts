import { expect, test } from "vitest";
import { rotationPath, withCeremony } from "../../../../src/operations/ceremonies/ceremony-session";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";

async function initialized(): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  return universe;
}

/** Begins a ceremony, and says whether it ends it. */
function begin(universe: Universe, finished: boolean): Promise<string> {
  return withCeremony(universe.start(), "test", async (_context, session) => {
    const { api, paths } = await session.reach();
    const path = `${rotationPath(paths, INSTANCE.seal)}/init`;
    session.hasBegun(path);
    await api.beginCeremony(path, { secret_shares: 1, secret_threshold: 1, require_verification: true });
    expect([...universe.access.ceremonies]).toEqual([path]);
    if (finished) session.hasFinished();
    return path;
  });
}

test("a ceremony that the work did not finish is cancelled, and the lock is given back", async () => {
  const universe = await initialized();
  await begin(universe, false);
  expect(universe.access.ceremonies.size).toBe(0);
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
});

test("a ceremony that a killed run left is found by the run after one that could not cancel it", async () => {
  const universe = await initialized();
  await begin(universe, true);
  universe.locks.push({ entry: { run: "killed", operation: "test", lease: 180 }, pid: 99, at: universe.now });
  const interrupted = universe.start(({ name }) => (name === "lock.write" ? "interrupt" : undefined));
  const failure = withCeremony(interrupted, "test", () => Promise.resolve());
  await expect(failure).rejects.toMatchObject({ code: "interrupted" });
  universe.living.clear();
  await withCeremony(universe.start(), "test", () => Promise.resolve());
  expect(universe.access.ceremonies.size).toBe(0);
});

test("a ceremony that the work finished is left alone", async () => {
  const universe = await initialized();
  const path = await begin(universe, true);
  expect([...universe.access.ceremonies]).toEqual([path]);
});

test("a failure of the work is the result, and its ceremony is cancelled", async () => {
  const universe = await initialized();
  const failure = withCeremony(universe.start(), "test", async (_context, session) => {
    const { api, paths } = await session.reach();
    const path = `${paths.rotateKeys}/init`;
    session.hasBegun(path);
    await api.beginCeremony(path, { secret_shares: 1, secret_threshold: 1, require_verification: true });
    throw new Error("of the work");
  });
  await expect(failure).rejects.toThrow("of the work");
  expect(universe.access.ceremonies.size).toBe(0);
});

test("the keys that a seal has choose the rotation", () => {
  const paths = { rotateKeys: "a", rotateRecoveryKeys: "b", rootToken: "c", rotateBarrier: "d" };
  expect([rotationPath(paths, "shamir"), rotationPath(paths, "transit")]).toEqual(["a", "b"]);
});
