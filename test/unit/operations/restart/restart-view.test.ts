import { describe, expect, test } from "vitest";
import type { Pod } from "../../../../src/operations/pods";
import type { RestartReplica } from "../../../../src/operations/restart/restart-decision";
import { UptimeGate, viewReplica } from "../../../../src/operations/restart/restart-view";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import type { ReplicaState } from "../../../../src/vault/replica-state";
import { INSTANCE, Universe } from "../../../support/simulation";

const POD: Pod = {
  name: "main-0",
  uid: "1",
  outdated: false,
  terminating: false,
  ready: true,
  scheduled: true,
  started: true,
  active: true,
};
const OPEN: ReplicaState = { state: "unsealed", seal: "shamir", threshold: 3 };
const SEALED: ReplicaState = { state: "sealed", seal: "shamir", threshold: 3 };
const GONE: ReplicaState = { state: "unreachable", reason: "ECONNREFUSED" };
const UNTRUSTED: ReplicaState = { state: "unreachable", reason: "not accepted", untrusted: true };

async function view(status: ReplicaState, pod: Partial<Pod> | undefined, wanted?: string): Promise<RestartReplica> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  const seen = { name: "main-0", address: "https://main-0:8200", status };
  return viewReplica(universe.start(), seen, pod === undefined ? [] : [{ ...POD, ...pod }], wanted);
}

describe("a replica", () => {
  test.each<[string, ReplicaState, Partial<Pod> | undefined, Partial<RestartReplica>]>([
    ["is up if it is unsealed and its pod stays", OPEN, {}, { up: true, notStarting: false, active: true }],
    ["is down while its pod ends", OPEN, { terminating: true }, { up: false, notStarting: false }],
    ["is down without a pod", OPEN, undefined, { up: false, notStarting: false, outdated: false }],
    ["does not start if its pod is not ready", GONE, { ready: false }, { up: false, notStarting: true }],
    ["that is sealed does not start either", SEALED, { ready: false }, { up: false, notStarting: true, active: false }],
    ["is outdated if its pod is", OPEN, { outdated: true }, { outdated: true }],
    [
      "whose certificate is not accepted is up if its pod is ready",
      UNTRUSTED,
      {},
      { up: true, unverified: true, active: true },
    ],
    [
      "whose certificate is not accepted, and whose pod is not ready, is down",
      UNTRUSTED,
      { ready: false },
      { up: false, notStarting: true },
    ],
  ])("%s", async (_, status, pod, expected) => {
    expect(await view(status, pod)).toMatchObject(expected);
  });

  test.each<[string, ReplicaState, string | undefined, boolean]>([
    ["presents the wanted certificate", OPEN, "0", false],
    ["presents another certificate", OPEN, "1", true],
    ["presents another certificate, which is not accepted", UNTRUSTED, "1", true],
    ["does not answer", GONE, "1", false],
    ["is to present none", OPEN, undefined, false],
  ])("that %s", async (_, status, wanted, outdated) => {
    expect((await view(status, {}, wanted)).outdated).toBe(outdated);
  });
});

test("the gate opens once every replica has been up for half a minute, and closes when one goes", () => {
  const replica = { name: "a", up: true, notStarting: false, unverified: false, active: false, outdated: false };
  const gate = new UptimeGate();
  expect([0, 29_999, 30_000].map((now) => gate.observe([replica], now))).toEqual([false, false, true]);
  expect(gate.observe([replica, { ...replica, up: false }], 31_000)).toBe(false);
  expect([32_000, 62_000].map((now) => gate.observe([replica], now))).toEqual([false, true]);
  gate.reset();
  expect(gate.observe([replica], 63_000)).toBe(false);
});
