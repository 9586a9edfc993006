import { describe, expect, test } from "vitest";
import { Log } from "../../../../src/core/log";
import { isUnsent, journalKey } from "../../../../src/central/record";
import type { SeenRecord } from "../../../../src/central/record-store";
import { ANNOUNCEMENT_LEASE } from "../../../../src/operations/unseal/decide";
import { Initialization } from "../../../../src/operations/unseal/initialization";
import { INSTANCE, Universe } from "../../../support/simulation";

const NEVER: SeenRecord = { version: 0, fields: {}, deleted: false, age: 0 };
const [FIRST = { name: "", address: "" }] = INSTANCE.replicas;

describe("an announcement", () => {
  test("shows first that the record takes a write, a read and a delete, and reserves the journal", async () => {
    const universe = new Universe(INSTANCE);
    const initialization = new Initialization(universe.start());
    await initialization.announce(NEVER);
    expect(universe.versions).toMatchObject([{ deleted: true }, { deleted: false }]);
    expect(initialization.announced).toBe(2);
    expect(universe.disk.size).toBe(1);
  });

  test("is its own probe where others keep fields: none of theirs is hidden for a moment", async () => {
    const universe = new Universe(INSTANCE);
    universe.versions.push({ fields: { note: "theirs" }, at: 0, deleted: false });
    await new Initialization(universe.start()).announce({ ...NEVER, version: 1, fields: { note: "theirs" } });
    expect(universe.versions.map(({ deleted }) => deleted)).toEqual([false, false]);
    expect(universe.record).toMatchObject({ note: "theirs" });
  });

  test("that another run was first with leaves no journal", async () => {
    const universe = new Universe(INSTANCE);
    universe.versions.push({ fields: {}, at: 0, deleted: false });
    await expect(new Initialization(universe.start()).announce(NEVER)).rejects.toMatchObject({
      code: "central-conflict",
    });
    expect(universe.disk.size).toBe(0);
  });

  test("is given up before another run may take it over", async () => {
    const universe = new Universe(INSTANCE);
    const initialization = new Initialization(universe.start());
    await initialization.announce(NEVER);
    universe.now += ANNOUNCEMENT_LEASE * 1000;
    expect(initialization.announced).toBeUndefined();
    expect(universe.disk.size).toBe(0);
  });

  test("that is taken over keeps its key, so that the former run's journal still opens", async () => {
    const universe = new Universe(INSTANCE);
    await new Initialization(universe.start()).announce(NEVER);
    const key = journalKey(universe.record);
    const successor = new Initialization(universe.start());
    await successor.takeOver({ ...NEVER, version: 2, fields: universe.record });
    expect(journalKey(universe.record)).toEqual(key);
    expect(successor.announced).toBe(3);
  });

  describe("whose journal cannot be deleted is a note", () => {
    /** A run on a machine whose state folder lets nobody delete a file. */
    function started(universe: Universe): Initialization {
      const context = universe.start();
      const forget = (): never => {
        throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
      };
      return new Initialization({ ...context, journal: { ...context.journal, forget } });
    }
    const note = { level: "warn", message: "nothing is lost, and the journal cannot be deleted; delete it" };

    test("when it is given up", async () => {
      const universe = new Universe(INSTANCE);
      const initialization = started(universe);
      await initialization.announce(NEVER);
      universe.now += ANNOUNCEMENT_LEASE * 1000;
      expect(initialization.announced).toBeUndefined();
      expect(universe.events.at(-1)).toMatchObject(note);
    });

    test("when another run was first", async () => {
      const universe = new Universe(INSTANCE);
      universe.versions.push({ fields: {}, at: 0, deleted: false });
      await expect(started(universe).announce(NEVER)).rejects.toMatchObject({ code: "central-conflict" });
      expect(universe.events.at(-1)).toMatchObject(note);
    });

    test("when the run that wrote it is over", async () => {
      const universe = new Universe(INSTANCE);
      await new Initialization(universe.start()).announce(NEVER);
      universe.living.clear();
      const successor = started(universe);
      await successor.takeOver({ ...NEVER, version: 2, fields: universe.record });
      expect(successor.announced).toBe(3);
      expect(universe.events).toContainEqual(expect.objectContaining(note));
    });
  });

  test("H6: that is taken over is not carried out by the former run, which is refused before it sends anything", async () => {
    const universe = new Universe(INSTANCE);
    const former = new Initialization(universe.start());
    await former.announce(NEVER);
    expect(isUnsent(universe.record)).toBe(true);
    await new Initialization(universe.start()).takeOver({ ...NEVER, version: 2, fields: universe.record });
    await expect(former.commit()).rejects.toMatchObject({ code: "central-conflict" });
  });

  test("H6: is marked in the record before the request is sent; then it is not taken over early", async () => {
    const universe = new Universe(INSTANCE);
    const initialization = new Initialization(universe.start());
    expect(await initialization.commit()).toBe(false);
    await initialization.announce(NEVER);
    expect(await initialization.commit()).toBe(true);
    expect(isUnsent(universe.record)).toBe(false);
    expect(journalKey(universe.record)).toBeDefined();
    expect(initialization.announced).toBe(3);
  });
});

test("nothing is initialised without an announcement", async () => {
  const universe = new Universe(INSTANCE);
  await new Initialization(universe.start()).initialize(FIRST);
  expect(universe.answers).toEqual([]);
});

test("the keys are in the record when an initialisation returns, and the journal is gone", async () => {
  const universe = new Universe(INSTANCE);
  const initialization = new Initialization(universe.start());
  await initialization.announce(NEVER);
  await initialization.initialize(FIRST);
  expect(universe.record).toMatchObject({ "root-token": "root-0", "unseal-key-4": "key-0-4" });
  expect(universe.record).not.toHaveProperty("journal-key");
  expect(universe.disk.size).toBe(0);
});

describe("P3: an instance that had data before and starts empty", () => {
  async function warnings(universe: Universe): Promise<unknown[]> {
    const context = universe.start();
    const warned: unknown[] = [];
    const log = new Log(({ level, ...event }) => level === "warn" && warned.push(event));
    const initialization = new Initialization({ ...context, log });
    await initialization.announce({ ...NEVER, version: universe.versions.length });
    await initialization.initialize(FIRST);
    expect(universe.record).toHaveProperty("unseal-key-0");
    return warned;
  }

  test("is told with its former keys, and that hosts and clients do not trust the new ones", async () => {
    const universe = new Universe(INSTANCE);
    universe.versions.push({ fields: { "unseal-key-0": "k" }, at: 0, deleted: false });
    universe.versions.push({ fields: {}, at: 0, deleted: false });
    expect(await warnings(universe)).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /starts empty: .* new CA and SSH keys, .* docs\/operating\/lost-storage\.md/,
        ) as string,
      }),
    ]);
  });

  test("a new instance is not told anything", async () => {
    expect(await warnings(new Universe(INSTANCE))).toEqual([]);
  });
});
