import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideMigration, type MigrationView } from "../../../../src/operations/migrate-seal/migration-decision";
import type { ReplicaState } from "../../../../src/vault/replica-state";

const NAMES = ["main-0", "main-1", "main-2"];
const OLD: ReplicaState = { state: "unsealed", seal: "shamir", threshold: 3 };
const WAITING: ReplicaState = { state: "sealed", seal: "transit", threshold: 3, migrating: true };

/** Started with the new seal, while the data are still sealed with the old one. */
const PREPARED: ReplicaState = { state: "migrating", seal: "transit", stored: "shamir" };

/** Runs with the old seal, while the data are already sealed with the new one. */
const OVERTAKEN: ReplicaState = { state: "migrating", seal: "shamir", stored: "transit" };
const DONE: ReplicaState = { state: "unsealed", seal: "transit", threshold: 3 };
const DOWN: ReplicaState = { state: "unreachable", reason: "ECONNREFUSED" };

function view(states: readonly ReplicaState[], active: number, more: Partial<MigrationView> = {}): MigrationView {
  const replicas = states.map((status, index) => {
    const name = NAMES[index] ?? "";
    return { name, address: `https://${name}:8200`, status, active: index === active };
  });
  const raft = { active: active >= 0, outsiders: [], late: false };
  return { seal: "transit", replicas, raft, caughtUp: true, canStepDown: true, renamed: false, ...more };
}

describe("from Shamir's seal to one that unseals itself", () => {
  test.each<[string, readonly ReplicaState[], number, string]>([
    ["first a standby starts anew", [OLD, OLD, OLD], 0, "restart main-1"],
    ["nothing else happens while one is down", [OLD, DOWN, OLD], 0, "wait"],
    ["it gets the old keys", [OLD, WAITING, OLD], 0, "unseal main-1"],
    ["then comes the next standby", [OLD, PREPARED, OLD], 0, "restart main-2"],
    ["then the active one steps down", [OLD, PREPARED, PREPARED], 0, "step-down main-0"],
    ["the next active one migrates", [OVERTAKEN, DONE, DONE], 1, "restart main-0"],
    ["the last unseals itself", [{ state: "sealed", seal: "transit", threshold: 3 }, DONE, DONE], 1, "wait"],
    ["nobody migrated yet", [PREPARED, PREPARED, PREPARED], -1, "wait"],
    ["then the record's keys are renamed", [DONE, DONE, DONE], 1, "rename"],
  ])("%s", (_, states, active, expected) => {
    const step = decideMigration(view(states, active));
    expect(`${step.do}${"replica" in step ? ` ${step.replica.name}` : ""}`).toBe(expected);
  });

  test("and it is done", () => {
    expect(decideMigration(view([DONE, DONE, DONE], 1, { renamed: true }))).toEqual({ do: "finish" });
  });

  test("without a root token, the active one is restarted, last as well", () => {
    const step = decideMigration(view([OLD, PREPARED, PREPARED], 0, { canStepDown: false }));
    expect(step).toMatchObject({ do: "restart", replica: { name: "main-0" } });
  });
});

describe("K1: former members of raft", () => {
  const outside = (active: boolean, late = false) => ({ raft: { active, outsiders: ["main-2"], late } });

  test.each<[string, readonly ReplicaState[]]>([
    ["one that runs with the former seal", [OLD, OLD, OLD]],
    ["one that waits for keys", [OLD, OLD, WAITING]],
    ["one that is between the seals", [OLD, OLD, PREPARED]],
    ["one that runs with the described seal", [DONE, DONE, DONE]],
  ])("end it: %s", (_, states) => {
    expect(decideMigration(view(states, 0, outside(true)))).toEqual({ do: "stop", formerMembers: ["main-2"] });
  });

  test("end it only when the members have their keys", () => {
    const step = decideMigration(view([OLD, WAITING, WAITING], 0, outside(true)));
    expect(step).toMatchObject({ do: "unseal", replica: { name: "main-1" } });
  });

  test("are not known while no replica is active, so the last ones get their keys last", () => {
    const unknown = (late: boolean) => ({ raft: { active: false, outsiders: [], late } });
    const next = (states: readonly ReplicaState[], late = false) => decideMigration(view(states, -1, unknown(late)));
    expect(next([WAITING, WAITING, WAITING])).toMatchObject({ do: "unseal", replica: { name: "main-0" } });
    expect(next([PREPARED, PREPARED, WAITING])).toMatchObject({ do: "wait" });
    expect(next([PREPARED, PREPARED, WAITING], true)).toMatchObject({ do: "unseal", replica: { name: "main-2" } });
  });
});

test("a replica that works is only taken away while all others work and have caught up, and the active one last", () => {
  const state = fc.constantFrom(OLD, WAITING, PREPARED, OVERTAKEN, DONE, DOWN);
  const states = fc.array(state, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(states, fc.integer({ min: -1, max: 2 }), fc.boolean(), (given, active, caughtUp) => {
      const seen = view(given, active, { caughtUp });
      const step = decideMigration(seen);
      if (step.do !== "restart" && step.do !== "step-down") return;
      expect(["unsealed", "migrating", "sealed"]).toContain(step.replica.status.state);
      if (step.replica.status.state === "sealed") return;
      expect(seen.replicas.every(({ status }) => status.state === "unsealed" || status.state === "migrating")).toBe(
        true,
      );
      expect(caughtUp).toBe(true);
      const former = seen.replicas.filter(({ status }) => "seal" in status && status.seal !== "transit");
      if (step.replica.active) expect(former).toEqual([step.replica]);
    }),
  );
});
