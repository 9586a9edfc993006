import { beforeEach, expect, test } from "vitest";
import { OperationError } from "../../../src/core/errors";
import { Gate } from "../../../src/core/gate";
import { Log, type LogEvent } from "../../../src/core/log";
import { InstanceMaintenance } from "../../../src/watch/instance-maintenance";
import type { WatchEvent } from "../../../src/watch/watch-events";

const MAIN = "customer10/main";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let events: WatchEvent[];
let logged: LogEvent[];

beforeEach(() => {
  [events, logged] = [[], []];
});

function maintenanceOf(run: (instance: string) => Promise<void>, every = DAY): InstanceMaintenance {
  return new InstanceMaintenance(MAIN, {
    maintenance: { every, gate: new Gate(1), run },
    log: new Log((event) => void logged.push(event)),
    tell: (event) => void events.push(event),
  });
}

test("works on its instance, tells it, and pauses", async () => {
  const runs: string[] = [];
  const pause = await maintenanceOf((instance) => Promise.resolve(void runs.push(instance))).turn();
  expect(runs).toEqual([MAIN]);
  expect(events).toEqual([{ kind: "maintained", instance: MAIN }]);
  expect(pause).toBeGreaterThanOrEqual(0.9 * DAY);
  expect(pause).toBeLessThanOrEqual(1.1 * DAY);
});

test("tries again after an hour at most, and tells each failure", async () => {
  const fail = () => Promise.reject(new OperationError("timeout", "It did not come up."));
  expect(await maintenanceOf(fail).turn()).toBeLessThanOrEqual(1.1 * HOUR);
  expect(await maintenanceOf(fail, 1_000).turn()).toBeLessThanOrEqual(1_100);
  expect(events).toMatchObject([
    { kind: "failed", instance: MAIN, code: "timeout" },
    { kind: "failed", instance: MAIN, code: "timeout" },
  ]);
  expect(logged[0]).toMatchObject({ fields: { instance: MAIN, code: "timeout" } });
});

test("an interruption is no failure, and a mistake of this program ends it", async () => {
  await maintenanceOf(() => Promise.reject(new OperationError("interrupted", "Interrupted."))).turn();
  expect([events, logged]).toEqual([[], []]);
  await expect(maintenanceOf(() => Promise.reject(new TypeError("mistake"))).turn()).rejects.toThrow("mistake");
});

test("begins within an hour", () => {
  const delays = Array.from({ length: 50 }, () => maintenanceOf(() => Promise.resolve()).delay);
  expect(Math.max(...delays)).toBeLessThan(HOUR);
  expect(new Set(delays).size).toBeGreaterThan(1);
});
