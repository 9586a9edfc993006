import { beforeEach, expect, test } from "vitest";
import { OperationError } from "../../../src/core/errors";
import { Log, type LogEvent } from "../../../src/core/log";
import type { RestoreState } from "../../../src/operations/drill/restore-state";
import { FleetDrills, type Drills } from "../../../src/watch/fleet-drills";
import type { WatchEvent } from "../../../src/watch/watch-events";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MAIN = "customer10/main";

let events: WatchEvent[];
let logged: LogEvent[];
let records: Map<string, RestoreState | OperationError>;
let watched: Map<string, unknown>;
/** Milliseconds. */
let time: number;
let ended: AbortController;
let runs: string[];

beforeEach(() => {
  [events, logged, runs, time, ended] = [[], [], [], 400 * DAY, new AbortController()];
  records = new Map([[MAIN, provenAt(0)]]);
  watched = new Map([[MAIN, {}]]);
});

function provenAt(proven: number, drillable = true): RestoreState {
  return { drillable, proof: { time: new Date(proven).toISOString(), snapshot: "s", version: "2.7.2" } };
}

function succeed(instance: string): ReturnType<Drills["run"]> {
  records.set(instance, provenAt(time));
  return Promise.resolve({ snapshot: "s", seconds: 3 });
}

function drillsOf(run: Drills["run"] = succeed, age = 30 * DAY): FleetDrills {
  return new FleetDrills({
    fleet: {
      list: () => Promise.resolve([]),
      open: () => Promise.reject(new Error("A drill opens no instance.")),
      restoreState: (instance) => {
        const state = records.get(instance) ?? { drillable: false };
        return state instanceof OperationError ? Promise.reject(state) : Promise.resolve(state);
      },
    },
    clock: { now: () => time, date: () => new Date(time), sleep: () => Promise.resolve() },
    log: new Log((event) => void logged.push(event)),
    tell: (event) => void events.push(event),
    signal: ended.signal,
    watched,
    drills: {
      age,
      run: (instance, signal) => {
        runs.push(instance);
        return run(instance, signal);
      },
    },
  });
}

test("drills what is due once, tells it, and pauses for about an hour", async () => {
  const drills = drillsOf();
  const pause = await drills.turn();
  expect(events).toEqual([{ kind: "drilled", instance: MAIN, snapshot: "s", seconds: 3 }]);
  expect(pause).toBeGreaterThanOrEqual(0.9 * HOUR);
  expect(pause).toBeLessThanOrEqual(1.1 * HOUR);
  time += 29 * DAY;
  await drills.turn();
  expect(runs).toEqual([MAIN]);
  time += 2 * DAY;
  await drills.turn();
  expect(runs).toEqual([MAIN, MAIN]);
});

test("begins with the oldest proof, and asks each record again before its drill", async () => {
  records.set("customer11/main", provenAt(-10));
  records.set("customer12/main", provenAt(20));
  records.set("customer13/main", provenAt(30));
  for (const instance of records.keys()) watched.set(instance, {});
  await drillsOf((instance) => {
    // Another watcher was faster, and a record is gone.
    records.set("customer12/main", provenAt(time));
    watched.delete("customer13/main");
    return succeed(instance);
  }).turn();
  expect(runs).toEqual(["customer11/main", MAIN]);
});

test("a failure is told, does not stop the others, and is not repeated at once", async () => {
  records.set("customer11/main", provenAt(10));
  watched.set("customer11/main", {});
  const missing = new OperationError("snapshot-missing", "There is no snapshot.");
  const drills = drillsOf((instance) => (instance === MAIN ? Promise.reject(missing) : succeed(instance)));
  await drills.turn();
  expect(events).toEqual([
    { kind: "drill-failed", instance: MAIN, code: "snapshot-missing", message: "There is no snapshot." },
    { kind: "drilled", instance: "customer11/main", snapshot: "s", seconds: 3 },
  ]);
  expect(logged[0]).toMatchObject({ level: "warn", fields: { instance: MAIN, code: "snapshot-missing" } });
  time += HOUR / 2 - 1;
  await drills.turn();
  expect(runs).toHaveLength(2);
  time += HOUR / 2 + 1;
  await drills.turn();
  expect(runs).toEqual([MAIN, "customer11/main", MAIN]);
});

test("failures in a row are repeated more and more seldom, and each day at least", async () => {
  const drills = drillsOf(() => Promise.reject(new OperationError("drill-failed", "It did not open.")));
  for (const until = time + 20 * DAY; time < until; time += HOUR) await drills.turn();
  expect(runs.length).toBeGreaterThan(20);
  expect(runs.length).toBeLessThan(50);
});

test("whatever fails in a drill does not end the unsealing", async () => {
  await drillsOf(() => Promise.reject(new TypeError("not a file of age"))).turn();
  expect(events).toMatchObject([{ kind: "drill-failed", code: "internal", message: "not a file of age" }]);
});

test("a record that cannot be read is asked in the next turn, and a mistake of this program ends it", async () => {
  records.set(MAIN, new OperationError("central-sealed", "It is sealed."));
  const drills = drillsOf();
  await drills.turn();
  expect([runs, events]).toEqual([[], []]);
  records.set(MAIN, provenAt(0));
  await drills.turn();
  expect(runs).toEqual([MAIN]);
  watched.set("customer11/main", {});
  records.get = () => {
    throw new TypeError("mistake");
  };
  await expect(drills.turn()).rejects.toThrow("mistake");
});

test("an interruption ends the round, and is no failure", async () => {
  records.set("customer11/main", provenAt(10));
  watched.set("customer11/main", {});
  await drillsOf(() => {
    ended.abort();
    return Promise.reject(new OperationError("drill-failed", "It did not start."));
  }).turn();
  expect(runs).toEqual([MAIN]);
  expect([events, logged]).toEqual([[], []]);
});

test("tells nothing of an instance that is not watched any more", async () => {
  await drillsOf((instance) => {
    watched.delete(instance);
    return succeed(instance);
  }).turn();
  expect([runs, events]).toEqual([[MAIN], []]);
});

test("begins within ten minutes", () => {
  const delays = Array.from({ length: 50 }, () => drillsOf().delay);
  expect(Math.max(...delays)).toBeLessThan(600_000);
  expect(new Set(delays).size).toBeGreaterThan(1);
  expect(drillsOf(succeed, 1_000).delay).toBeLessThan(1_000);
});
