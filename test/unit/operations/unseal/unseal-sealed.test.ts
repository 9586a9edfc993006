import { beforeEach, describe, expect, test } from "vitest";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { unsealSealed } from "../../../../src/operations/unseal/unseal-sealed";
import { INSTANCE, Universe } from "../../../support/simulation";

let universe: Universe;

beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
});

function seal(...indices: number[]): void {
  for (const index of indices)
    Object.assign(universe.servers[index] ?? {}, { sealed: true, received: 0, readyAt: undefined });
}

describe("a watcher's unsealing", () => {
  test("gives keys to the sealed replicas alone, and writes nothing", async () => {
    seal(0, 2);
    const record = structuredClone(universe.record);
    expect(await unsealSealed(universe.start())).toEqual(["main-0", "main-2"]);
    expect(universe.servers.map(({ sealed }) => sealed)).toEqual([false, false, false]);
    expect(universe.record).toEqual(record);
  });

  test("has nothing to do if another program was faster", async () => {
    expect(await unsealSealed(universe.start())).toEqual([]);
  });

  test("refuses an instance that is not initialised, and initialises nothing", async () => {
    const blank = new Universe(INSTANCE);
    await expect(unsealSealed(blank.start())).rejects.toMatchObject({ code: "not-initialized" });
    expect(blank.servers.some(({ data }) => data !== undefined)).toBe(false);
    expect(blank.record).toEqual({});
  });

  test("stops where only a person can continue", async () => {
    seal(0);
    const { "unseal-key-0": first, "root-token": token } = universe.record;
    universe.versions.push({ at: 0, deleted: false, fields: { "unseal-key-0": first, "root-token": token } });
    await expect(unsealSealed(universe.start())).rejects.toMatchObject({ code: "too-few-keys" });
    expect(universe.servers[0]?.received).toBe(0);
  });
});
