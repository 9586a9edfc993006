import { describe, expect, test } from "vitest";
import { inspectInstance, inspectRecord } from "../../../../src/operations/status/inspect";
import type { Instance } from "../../../../src/contract/instance";
import { systemClock } from "../../../../src/core/clock";
import { Secret } from "../../../../src/core/secret";
import { answerOf } from "../../../support/secrets";
import { KubernetesError } from "../../../../src/kubernetes/client";
import { ReplicaError } from "../../../../src/vault/errors";
import { withAnswer, withJournalKey } from "../../../../src/central/record";
import { INSTANCE } from "../../../support/simulation";
import type { ReplicaState } from "../../../../src/vault/replica-state";
import type { SeenRecord } from "../../../../src/central/record-store";
import { all } from "../../../support/all";

const COMPLETE = withAnswer({}, answerOf("t", ["a", "b", "c", "d", "e"]));

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
      auditDevices: () => Promise.resolve<readonly string[] | undefined>(["file/"]),
      certificate: () => Promise.resolve({ fingerprint: "f", expiresAt: new Date("2030-01-01T00:00:00Z") }),
    };
  };
}

const UNSEALED: ReplicaState = { state: "unsealed", seal: "shamir", threshold: 3 };

const SEALED: ReplicaState = { state: "sealed", seal: "shamir", threshold: 3 };

describe("an instance", () => {
  test("is healthy when its record is complete and every replica unsealed", async () => {
    const status = await inspectInstance(
      INSTANCE,
      store({ fields: COMPLETE }),
      servers(UNSEALED, UNSEALED, UNSEALED),
      systemClock,
    );
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
    ["an initialisation is under way", { fields: withJournalKey({}, new Secret("k")) }, [UNSEALED, UNSEALED, UNSEALED]],
  ])("is not healthy when %s", async (_, record, states) => {
    const status = await inspectInstance(INSTANCE, store(record), servers(...states), systemClock);
    expect(status.healthy).toBe(false);
    expect(JSON.stringify(status)).not.toContain('"a"');
  });

  test("is not healthy when a replica has no audit device", async () => {
    const unaudited = (replica: { name: string }) => ({
      ...servers(UNSEALED, UNSEALED, UNSEALED)(replica),
      auditDevices: () => Promise.resolve(replica.name === "main-1" ? [] : ["file/"]),
    });
    const status = await inspectInstance(INSTANCE, store({ fields: COMPLETE }), unaudited, systemClock);
    expect(status.healthy).toBe(false);
    expect(status.replicas.map(({ auditDevices }) => auditDevices)).toEqual([1, 0, 1]);
  });

  test("whose standbys do not tell their audit devices, or whose root token was revoked, is healthy all the same", async () => {
    const vault: Instance = { ...INSTANCE, product: "vault" };
    const silent = (replica: { name: string }) => ({
      ...servers(UNSEALED, UNSEALED, UNSEALED)(replica),
      auditDevices: () =>
        replica.name === "main-0" ? Promise.reject(new ReplicaError("denied", "403", 403)) : Promise.resolve(undefined),
    });
    const status = await inspectInstance(vault, store({ fields: COMPLETE }), silent, systemClock);
    expect(status.healthy).toBe(true);
    for (const { auditDevices } of all(status.replicas)) expect(auditDevices).toBeUndefined();
  });

  test("shows when the certificates end", async () => {
    const status = await inspectInstance(
      INSTANCE,
      store({ fields: COMPLETE }),
      servers(UNSEALED, UNSEALED, SEALED),
      systemClock,
    );
    expect(status.replicas.map(({ certificateExpires }) => certificateExpires)).toEqual(
      Array(3).fill("2030-01-01T00:00:00.000Z"),
    );
  });

  test("that cannot be looked at is shown with its record and the reason", async () => {
    expect(
      await inspectRecord(store({ fields: COMPLETE }), new KubernetesError("the cluster does not answer", undefined)),
    ).toMatchObject({
      healthy: false,
      problem: "the cluster does not answer",
      problemCode: "kubernetes-unreachable",
      record: { state: "complete" },
    });
  });
});
