import { describe, expect, test } from "vitest";
import { stepDown } from "../../../../src/operations/step-down/step-down";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";

/** An instance whose replicas all vote. */
async function initialized(instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  universe.now += 20_000;
  return universe;
}

test("another replica becomes active, and the result names both", async () => {
  const universe = await initialized();
  expect(await stepDown(universe.start())).toEqual({ from: "main-0", to: "main-1" });
  expect(await stepDown(universe.start())).toEqual({ from: "main-1", to: "main-0" });
  expect(universe.locks.at(-1)?.entry).toBeUndefined();
});

describe("the active replica stays active", () => {
  test.each<[string, (universe: Universe) => void]>([
    ["others are sealed", ({ servers }) => Object.assign(servers[1] ?? {}, { sealed: true, readyAt: undefined })],
    ["others have no vote", ({ servers }) => Object.assign(servers[1] ?? {}, { readyAt: undefined })],
  ])("if the %s", async (_, change) => {
    const universe = await initialized({ ...INSTANCE, replicas: INSTANCE.replicas.slice(0, 2) });
    // The sealed one has no vote either, so that raft keeps its quorum.
    universe.members.set("main-1", Infinity);
    change(universe);
    await expect(stepDown(universe.start())).rejects.toMatchObject({ code: "no-successor" });
    expect(universe.access.requests).toBeGreaterThan(0);
  });

  test("if it is the only one, which the message says", async () => {
    const universe = await initialized({ ...INSTANCE, replicas: INSTANCE.replicas.slice(0, 1) });
    await expect(stepDown(universe.start())).rejects.toMatchObject({
      code: "no-successor",
      message: expect.stringContaining("it is the only replica") as string,
    });
  });

  test("while another operation holds the lock", async () => {
    const universe = await initialized();
    universe.living.add(99);
    universe.locks.push({ entry: { run: "r", operation: "rotate-keys", lease: 180 }, pid: 99, at: universe.now });
    await expect(stepDown(universe.start())).rejects.toMatchObject({ code: "operation-locked" });
  });
});
