import { describe, expect, test } from "vitest";
import { CentralError } from "../../../src/central/client";
import { Log } from "../../../src/core/log";
import type { OperationContext } from "../../../src/operations/context";
import { runLoop, UnfinishedError } from "../../../src/operations/loop";
import { besides, withLock } from "../../../src/operations/operation-lock";
import { Crash, INSTANCE, Universe, type Fault } from "../../support/simulation";

/** Work that takes as many turns of 30 s. */
function turns(count: number): (context: OperationContext) => Promise<number> {
  return (context) => {
    let turn = 0;
    return runLoop<number, number, number>(context, {
      observe: () => Promise.resolve(++turn),
      decide: (seen) => seen,
      perform: (step) => Promise.resolve(step < count ? { wait: "a turn" } : { done: step }),
      recover: () => undefined,
      unfinished: (code) => new UnfinishedError(code, "unfinished"),
      poll: 30_000,
    });
  };
}

/** A run that holds the lock until it is told to end. */
async function holding(universe: Universe, context = universe.start()): Promise<() => Promise<void>> {
  let end: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const run = withLock(context, "migrate-seal", () => {
    begin();
    return new Promise<void>((resolve) => (end = resolve));
  });
  await begun;
  return async () => {
    end();
    await run;
  };
}

describe("the lock of an instance", () => {
  test("excludes a second operation, which names the first, until that has ended", async () => {
    const universe = new Universe(INSTANCE);
    const end = await holding(universe);
    await expect(withLock(universe.start(), "rotate-keys", turns(1))).rejects.toMatchObject({
      code: "operation-locked",
      retryable: true,
      message: expect.stringContaining("migrate-seal works on customer10/main (process 1 on simulated)") as string,
    });
    await end();
    expect(await withLock(universe.start(), "rotate-keys", turns(1))).toBe(1);
    expect(universe.locks.at(-1)?.entry).toBeUndefined();
  });

  test("is freed by work that fails", async () => {
    const universe = new Universe(INSTANCE);
    await expect(withLock(universe.start(), "a", () => Promise.reject(new Error("work")))).rejects.toThrow("work");
    expect(universe.locks.at(-1)?.entry).toBeUndefined();
  });

  test("is renewed before its lease is over, as long as the work takes", async () => {
    const universe = new Universe(INSTANCE);
    expect(await withLock(universe.start(), "a", turns(20))).toBe(20);
    const times = universe.locks.filter(({ entry }) => entry !== undefined).map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(10);
    for (const [index, at] of times.entries()) expect(at - (times[index - 1] ?? 0)).toBeLessThanOrEqual(60_000);
  });

  test("is taken at once from a run that died, and says what it did", async () => {
    const universe = new Universe(INSTANCE);
    universe.locks.push({ entry: { run: "r", operation: "rotate-keys", lease: 120 }, pid: 99, at: 0 });
    expect(await withLock(universe.start(), "a", ({ lease }) => Promise.resolve(lease.interrupted))).toBe(
      "rotate-keys",
    );
    expect(await withLock(universe.start(), "a", ({ lease }) => Promise.resolve(lease.interrupted))).toBeUndefined();
  });

  test("is taken from a run that nobody can see once its lease is over", async () => {
    const universe = new Universe(INSTANCE);
    await holding(universe);
    universe.now += 179_000;
    await expect(withLock(universe.start(), "a", turns(1))).rejects.toMatchObject({ code: "operation-locked" });
    universe.now += 2_000;
    expect(await withLock(universe.start(), "a", turns(1))).toBe(1);
  });

  test("is taken from a living run by a person who says why; that run ends, and leaves the lock alone", async () => {
    const universe = new Universe(INSTANCE);
    const first = universe.start();
    const taken = withLock(first, "migrate-seal", async (context) => {
      await holding(universe, { ...universe.start(), breakGlass: "its machine hangs" });
      universe.now += 60_000;
      return turns(3)(context);
    });
    await expect(taken).rejects.toMatchObject({ code: "operation-lock-lost" });
    expect(universe.locks.at(-1)?.entry).toMatchObject({ breakGlass: "its machine hangs" });
    expect(universe.events.filter(({ level }) => level === "warn")).toMatchObject([
      { message: "took the lock from another run", fields: { operation: "migrate-seal", reason: "its machine hangs" } },
    ]);
  });

  test("outlasts a central Vault that is away for a moment, and not for longer than the lease", async () => {
    const universe = new Universe(INSTANCE);
    const away = (context: OperationContext, until: number): OperationContext => ({
      ...context,
      lock: {
        ...context.lock,
        write: (entry, version) =>
          universe.now > 0 && universe.now < until
            ? Promise.reject(new CentralError("unreachable", "no answer"))
            : context.lock.write(entry, version),
      },
    });
    expect(await withLock(away(universe.start(), 80_000), "a", turns(20))).toBe(20);
    universe.now = 0;
    await expect(withLock(away(universe.start(), Infinity), "a", turns(20))).rejects.toMatchObject({
      code: "operation-lock-lost",
    });
    expect(universe.now).toBeLessThan(150_000);
  });

  test.each<Fault>(["crash-before", "crash-after", "cut-before", "cut-after"])(
    "%s at any write neither blocks the next run on this machine nor lets two work at once",
    async (fault) => {
      for (let effect = 0; effect < 8; effect++) {
        const universe = new Universe(INSTANCE);
        const context = universe.start([{ effect, fault }]);
        await withLock(context, "a", turns(8)).catch((error: unknown) => {
          if (!(error instanceof Crash || error instanceof CentralError)) throw error;
        });
        universe.living.clear();
        expect(await withLock(universe.start(), "b", turns(1))).toBe(1);
      }
    },
  );
});

describe("work that only reads", () => {
  const reading = (universe: Universe): Promise<number> => {
    const context = universe.start();
    return turns(2)({ ...context, lease: besides(context, ["restore", "migrate-seal"]) });
  };

  test("is refused while an operation runs that it names, and told how long", async () => {
    const universe = new Universe(INSTANCE);
    const end = await holding(universe);
    const refused = reading(universe);
    await expect(refused).rejects.toMatchObject({ code: "operation-locked", retryable: true });
    await expect(refused).rejects.toThrow(/^migrate-seal works on customer10\/main .* s until its lock expires\.$/);
    await end();
    expect(await reading(universe)).toBe(2);
  });

  test("runs beside every other operation, takes no lock, and one that is over does not count", async () => {
    const universe = new Universe(INSTANCE);
    await withLock(universe.start(), "rotate-keys", async () => expect(await reading(universe)).toBe(2));
    const taken = universe.locks.length;
    universe.locks.push({ entry: { run: "r", operation: "restore", lease: 180 }, pid: 99, at: universe.now });
    universe.now += 180_000;
    expect(await reading(universe)).toBe(2);
    expect(universe.locks).toHaveLength(taken + 1);
  });

  test("is refused at the next turn if such an operation begins meanwhile", async () => {
    const universe = new Universe(INSTANCE);
    universe.living.add(99);
    const context = universe.start();
    const lease = besides(context, ["restore"]);
    await lease.renew();
    universe.locks.push({ entry: { run: "r", operation: "restore", lease: 180 }, pid: 99, at: universe.now });
    await expect(lease.renew()).rejects.toMatchObject({ code: "operation-locked" });
  });

  test("goes on if its login may not read the lock, and says so once", async () => {
    const universe = new Universe(INSTANCE);
    const context = universe.start();
    const warned: string[] = [];
    const denied = {
      ...context,
      lock: { ...context.lock, read: () => Promise.reject(new CentralError("denied", "403")) },
      log: new Log(({ level, message }) => level === "warn" && warned.push(message)),
    };
    const lease = besides(denied, ["restore"]);
    await lease.renew();
    await lease.renew();
    expect(warned).toEqual(["cannot see whether another operation runs; deploy the stack central"]);
  });
});
