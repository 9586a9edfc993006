import { beforeEach, expect, test } from "vitest";
import { OperationError } from "../../../src/core/errors";
import { Gate } from "../../../src/core/gate";
import type { RestoreState } from "../../../src/operations/drill/restore-state";
import { InstanceProof } from "../../../src/watch/instance-proof";
import type { WatchEvent } from "../../../src/watch/watch-events";

const MAIN = "customer10/main";
const PROOF = { time: "2026-11-27T00:00:00.000Z", snapshot: "s", version: "2.7.2" };

let events: WatchEvent[];
beforeEach(() => {
  events = [];
});

function proofOf(restoreState: () => Promise<RestoreState>): InstanceProof {
  const fleet = {
    list: () => Promise.resolve([]),
    open: () => Promise.reject(new Error("It opens no instance.")),
    restoreState,
  };
  return new InstanceProof(MAIN, { fleet, tell: (event) => void events.push(event) }, new Gate(1));
}

test.each<[string, RestoreState, number | undefined]>([
  ["a proof", { drillable: true, proof: PROOF }, Date.parse(PROOF.time) / 1000],
  ["a proof that no drill renews", { drillable: false, proof: PROOF }, Date.parse(PROOF.time) / 1000],
  ["no proof", { drillable: true }, undefined],
])("tells that the record has %s, and looks again after about an hour", async (_, state, told) => {
  const pause = await proofOf(() => Promise.resolve(state)).turn();
  expect(events).toEqual([{ kind: "proven", instance: MAIN, time: told }]);
  expect(pause).toBeGreaterThanOrEqual(3_240_000);
  expect(pause).toBeLessThanOrEqual(3_960_000);
});

test("keeps what it told while the central Vault fails, and looks again soon", async () => {
  const pause = await proofOf(() => Promise.reject(new OperationError("central-sealed", "It is sealed."))).turn();
  expect(events).toEqual([]);
  expect(pause).toBeLessThanOrEqual(33_000);
});

test("a mistake of this program ends it", async () => {
  await expect(proofOf(() => Promise.reject(new TypeError("mistake"))).turn()).rejects.toThrow("mistake");
});

test("looks within half a minute, and not all at once", () => {
  const delays = Array.from({ length: 50 }, () => proofOf(() => Promise.resolve({ drillable: true })).delay);
  expect(Math.max(...delays)).toBeLessThan(30_000);
  expect(new Set(delays).size).toBeGreaterThan(1);
});
