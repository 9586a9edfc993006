import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decideRestart,
  type RestartReplica,
  type RestartView,
} from "../../../../src/operations/restart/restart-decision";

const NAMES = ["main-0", "main-1", "main-2", "main-3", "main-4"];

const view: fc.Arbitrary<RestartView> = fc
  .record({
    count: fc.constantFrom(1, 3, 5),
    active: fc.nat({ max: 4 }),
    flags: fc.array(
      fc.record({ up: fc.boolean(), notStarting: fc.boolean(), outdated: fc.boolean(), unverified: fc.boolean() }),
      {
        minLength: 5,
        maxLength: 5,
      },
    ),
    caughtUp: fc.boolean(),
  })
  .map(({ count, active, flags, caughtUp }) => ({
    caughtUp,
    replicas: NAMES.slice(0, count).map((name, index): RestartReplica => {
      const { up = false, notStarting = false, outdated = false, unverified = false } = flags[index] ?? {};
      return { name, up, notStarting: !up && notStarting, unverified, outdated, active: up && index === active };
    }),
  }));

test("only an outdated replica is touched, and one that is up only while all are and have caught up", () => {
  fc.assert(
    fc.property(view, (seen) => {
      const step = decideRestart(seen);
      if (step.do !== "restart") return;
      const chosen = seen.replicas.find(({ name }) => name === step.name);
      expect(chosen?.outdated).toBe(true);
      if (chosen?.up !== true) return;
      expect(seen.replicas.every(({ up }) => up)).toBe(true);
      expect(seen.caughtUp).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("one that is down, and can get its keys, is replaced only where that takes nobody else away", () => {
  fc.assert(
    fc.property(view, (seen) => {
      const step = decideRestart(seen);
      const chosen = step.do === "restart" ? seen.replicas.find(({ name }) => name === step.name) : undefined;
      if (chosen === undefined || chosen.up || chosen.unverified) return;
      const down = seen.replicas.filter(({ up }) => !up).length;
      expect([1, seen.replicas.length]).toContain(down);
    }),
    { numRuns: 2000 },
  );
});

test("one that can get no keys is replaced however many are down, unless one of them is about to come back", () => {
  fc.assert(
    fc.property(view, (seen) => {
      const down = seen.replicas.filter(({ up }) => !up);
      const closed = down.some(({ notStarting, unverified, outdated }) => notStarting && unverified && outdated);
      fc.pre(closed && down.length > 1 && down.length < seen.replicas.length);
      const step = decideRestart(seen);
      expect(step.do).toBe(down.every(({ notStarting }) => notStarting) ? "restart" : "wait");
      if (step.do !== "restart") return;
      expect(down.find(({ name }) => name === step.name)).toMatchObject({ unverified: true, outdated: true });
    }),
    { numRuns: 2000 },
  );
});

test("the active one comes last", () => {
  const replicas = NAMES.slice(0, 3).map((name, index) => {
    return { name, up: true, notStarting: false, unverified: false, outdated: true, active: index === 0 };
  });
  expect(decideRestart({ replicas, caughtUp: true })).toEqual({ do: "restart", name: "main-1" });

  const last = replicas.map((replica) => ({ ...replica, outdated: replica.active }));
  expect(decideRestart({ replicas: last, caughtUp: true })).toEqual({ do: "restart", name: "main-0" });
  expect(decideRestart({ replicas: last.slice(0, 1), caughtUp: true })).toEqual({ do: "restart", name: "main-0" });
});
