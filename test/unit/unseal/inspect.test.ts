import { describe, expect, test } from "vitest";
import type { ReplicaState, SeenRecord } from "../../../src/unseal/decide";
import { inspectInstance, inspectRecord } from "../../../src/unseal/inspect";
import { withAnswer, withJournalKey } from "../../../src/unseal/record";
import { INSTANCE } from "./simulation";

const COMPLETE = withAnswer({}, { rootToken: "t", keyType: "unseal", keys: ["a", "b", "c", "d", "e"] });

function store(record: Partial<SeenRecord>) {
  return {
    path: "customer10/main",
    read: () => Promise.resolve({ version: 1, fields: {}, deleted: false, age: 0, ...record }),
  };
}

function servers(...states: ReplicaState[]) {
  return ({ name }: { name: string }) => {
    const index = INSTANCE.replicas.findIndex((replica) => replica.name === name);
    return {
      status: () => Promise.resolve(states[index] ?? { state: "unreachable" as const, reason: "ECONNREFUSED" }),
      leader: () => Promise.resolve({ address: "https://main-0:8200", isSelf: index === 0 }),
    };
  };
}

const UNSEALED: ReplicaState = { state: "unsealed", seal: "shamir", threshold: 3 };

const SEALED: ReplicaState = { state: "sealed", seal: "shamir", threshold: 3 };

describe("an instance", () => {
  test("is healthy when its record is complete and every replica unsealed", async () => {
    const status = await inspectInstance(INSTANCE, store({ fields: COMPLETE }), servers(UNSEALED, UNSEALED, UNSEALED));
    expect(status).toMatchObject({
      instance: "customer10/main",
      healthy: true,
      record: { state: "complete", keyType: "unseal", keys: 5, rootToken: true },
    });
    expect(status.replicas.map(({ active }) => active)).toEqual([true, false, false]);
  });

  test.each<[string, Partial<SeenRecord>, ReplicaState[]]>([
    ["a replica is sealed", { fields: COMPLETE }, [UNSEALED, SEALED, UNSEALED]],
    ["a replica does not answer", { fields: COMPLETE }, [UNSEALED, UNSEALED]],
    ["none is active", { fields: COMPLETE }, [SEALED, UNSEALED, UNSEALED]],
    ["the record has too few keys", { fields: { "unseal-key-0": "a" } }, [UNSEALED, UNSEALED, UNSEALED]],
    ["the record is deleted", { deleted: true }, [UNSEALED, UNSEALED, UNSEALED]],
    ["there is no record", { version: 0 }, [UNSEALED, UNSEALED, UNSEALED]],
    ["an initialisation is under way", { fields: withJournalKey({}, "k") }, [UNSEALED, UNSEALED, UNSEALED]],
  ])("is not healthy when %s", async (_, record, states) => {
    const status = await inspectInstance(INSTANCE, store(record), servers(...states));
    expect(status.healthy).toBe(false);
    expect(JSON.stringify(status)).not.toContain('"a"');
  });

  test("that cannot be looked at is shown with its record and the reason", async () => {
    expect(await inspectRecord(store({ fields: COMPLETE }), "the cluster does not answer")).toMatchObject({
      healthy: false,
      problem: "the cluster does not answer",
      record: { state: "complete" },
    });
  });
});
