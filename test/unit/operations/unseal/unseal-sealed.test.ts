import { beforeEach, describe, expect, test } from "vitest";
import type { SeenRecord } from "../../../../src/central/record-store";
import { rotateKeys } from "../../../../src/operations/ceremonies/rotate-keys";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { unsealSealed } from "../../../../src/operations/unseal/unseal-sealed";
import { INSTANCE, Universe, type Fault } from "../../../support/simulation";

let universe: Universe;

beforeEach(async () => {
  universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
});

function seal(...indices: number[]): void {
  for (const index of indices)
    Object.assign(universe.servers[index] ?? {}, { sealed: true, received: 0, joined: false, readyAt: undefined });
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

describe("a replica that missed rotations", () => {
  const NEWER = { shares: 3, threshold: 2 };

  async function behind(): Promise<void> {
    seal(0);
    Object.assign(universe.servers[0] ?? {}, { behind: universe.keysOf() });
    for (const shares of [{ shares: 5, threshold: 3 }, NEWER]) await rotateKeys(universe.start(), shares);
  }

  test("opens with the former keys, and only for it is the history read", async () => {
    await behind();
    const context = { ...universe.start(), instance: { ...INSTANCE, secretShares: 3, secretThreshold: 2 } };
    let reads = 0;
    const store = {
      ...context.store,
      formerKeys: (...args: Parameters<typeof context.store.formerKeys>) => {
        reads++;
        return context.store.formerKeys(...args);
      },
    };
    seal(1);
    expect(await unsealSealed({ ...context, store })).toEqual(["main-1", "main-0"]);
    expect(reads).toBe(1);
    seal(1);
    expect(await unsealSealed({ ...context, store })).toEqual(["main-1"]);
    expect(reads).toBe(1);
  });

  test("gets no key if the history has none", async () => {
    await behind();
    const context = { ...universe.start(), instance: { ...INSTANCE, secretShares: 3, secretThreshold: 2 } };
    const store = { ...context.store, formerKeys: () => Promise.resolve([]) };
    await expect(unsealSealed({ ...context, store })).rejects.toMatchObject({ code: "threshold-differs" });
    expect(universe.servers[0]?.received).toBe(0);
  });
});

describe("the unsealing by share groups", () => {
  const parts = [
    [0, 2],
    [1, 3],
  ] as const;

  /** What a group sees of the universe. */
  function group(index: 0 | 1, plan: Parameters<Universe["start"]>[0] = []): Parameters<typeof unsealSealed>[0] {
    const context = universe.start(plan);
    const own = parts[index].map((key) => `unseal-key-${key}`);
    const read = async (): Promise<SeenRecord> => {
      const record = await context.store.read();
      const fields = Object.entries(record.fields).filter(([name]) => own.includes(name));
      return { ...record, fields: Object.fromEntries(fields) };
    };
    return { ...context, isPart: true, store: { ...context.store, read } };
  }

  const sealed = () => universe.servers.map((server) => server.sealed);

  test("one group alone opens nothing, however often it comes, and does not wait", async () => {
    seal(0, 1, 2);
    const from = universe.now;
    for (let time = 0; time < 5; time++) expect(await unsealSealed(group(0))).toEqual([]);
    expect(sealed()).toEqual([true, true, true]);
    expect(universe.now - from).toBeLessThan(10_000);
  });

  test("two groups open every replica, the first ones first", async () => {
    seal(0, 1, 2);
    await unsealSealed(group(0));
    expect(universe.servers[2]?.received).toBe(0);
    await unsealSealed(group(1));
    await unsealSealed(group(0));
    await unsealSealed(group(1));
    expect(sealed()).toEqual([false, false, false]);
  });

  test("two groups at the same time open it", async () => {
    seal(1);
    await Promise.all([unsealSealed(group(0)), unsealSealed(group(1))]);
    expect(sealed()).toEqual([false, false, false]);
  });

  test("a group sends its shares again to a server that was restarted meanwhile", async () => {
    seal(1);
    await unsealSealed(group(0));
    universe.servers[1]?.progress.clear();
    await unsealSealed(group(1));
    expect(sealed()).toEqual([false, true, false]);
    await unsealSealed(group(0));
    expect(sealed()).toEqual([false, false, false]);
  });

  test.each<Fault>(["cut-before", "cut-after", "unavailable"])("opens it although of a request %s", async (fault) => {
    for (let effect = 0; effect < 2; effect++) {
      seal(1);
      await unsealSealed(group(0, [{ effect, fault }]));
      await unsealSealed(group(1));
      expect(sealed(), String(effect)).toEqual([false, false, false]);
    }
  });
});
