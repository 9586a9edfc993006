import { describe, expect, test } from "vitest";
import { statusText } from "../../../../src/operations/status/text";
import { inspectInstance, inspectRecord } from "../../../../src/operations/status/inspect";
import type { Instance } from "../../../../src/contract/instance";
import { systemClock } from "../../../../src/core/clock";
import { Secret } from "../../../../src/core/secret";
import { answerOf } from "../../../support/secrets";
import { KubernetesError } from "../../../../src/kubernetes/client";
import type { RaftPeer } from "../../../../src/vault/replica";
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

const VOTERS: readonly RaftPeer[] = INSTANCE.replicas.map(({ name }) => ({ id: name, voter: true }));

function servers(...states: ReplicaState[]) {
  return ({ name }: { name: string }) => {
    const index = INSTANCE.replicas.findIndex((replica) => replica.name === name);
    return {
      status: () => Promise.resolve(states[index] ?? { state: "unreachable" as const, reason: "ECONNREFUSED" }),
      leader: () => Promise.resolve({ address: "https://main-0:8200", isSelf: index === 0 }),
      raftPeers: () => Promise.resolve<readonly RaftPeer[] | undefined>(VOTERS),
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

  test("H8: whose record the central Vault is going to delete says when", async () => {
    const expires = "2999-01-01T00:00:00Z";
    const up = servers(UNSEALED, UNSEALED, UNSEALED);
    const status = await inspectInstance(INSTANCE, store({ fields: COMPLETE, expires }), up, systemClock);
    expect(status).toMatchObject({ healthy: true, record: { state: "complete", expires } });
    const kept = await inspectInstance(INSTANCE, store({ fields: COMPLETE }), up, systemClock);
    expect(kept.record).not.toHaveProperty("expires");
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

  const looked = (
    instance: Instance,
    more: (name: string) => Partial<ReturnType<ReturnType<typeof servers>>>,
    state: ReplicaState = UNSEALED,
  ) =>
    inspectInstance(
      instance,
      store({ fields: COMPLETE }),
      (replica) => ({ ...servers(state, state, state)(replica), ...more(replica.name) }),
      { ...systemClock, sleep: () => Promise.resolve() },
    );

  test.each<[string, readonly RaftPeer[], boolean[]]>([
    ["K1: is no member of raft", VOTERS.slice(0, 2), [true, true, false]],
    ["K1: has no vote", [...VOTERS.slice(0, 2), { id: "main-2", voter: false }], [true, true, false]],
  ])("is not healthy when a replica %s", async (_, peers, votes) => {
    const status = await looked(INSTANCE, () => ({ raftPeers: () => Promise.resolve(peers) }));
    expect(status.healthy).toBe(false);
    expect(status.replicas.map((replica) => replica.votes)).toEqual(votes);
  });

  test("whose standby answers for itself within 30 s is healthy", async () => {
    let asked = 0;
    const status = await looked(INSTANCE, (name) => ({
      auditDevices: () => Promise.resolve(name === "main-2" && asked++ < 25 ? undefined : ["file/"]),
    }));
    expect(status.healthy).toBe(true);
    expect(asked).toBe(26);
  });

  test("K1: whose new member votes within 15 s is healthy", async () => {
    let asked = 0;
    const status = await looked(INSTANCE, () => ({
      raftPeers: () => Promise.resolve(VOTERS.map(({ id }) => ({ id, voter: id !== "main-2" || asked++ >= 10 }))),
    }));
    expect(status.healthy).toBe(true);
    expect(asked).toBe(11);
  });

  test("K1: whose members of raft have names of their own says nothing about their votes", async () => {
    const peers = [{ id: "a", voter: true }, ...VOTERS.slice(0, 1)];
    const status = await looked(INSTANCE, () => ({ raftPeers: () => Promise.resolve(peers) }));
    expect(status.healthy).toBe(true);
    expect(status.replicas.map(({ votes }) => votes)).toEqual([true, undefined, undefined]);
  });

  test("K1: whose replicas take different ones for active is not healthy", async () => {
    const status = await looked(INSTANCE, (name) =>
      name === "main-2" ? { leader: () => Promise.resolve({ address: "https://main-2:8200", isSelf: true }) } : {},
    );
    expect(status.healthy).toBe(false);
    expect(statusText([status], 0)).toMatch(
      /do not agree which one is active: https:\/\/main-0:8200, https:\/\/main-2/,
    );
  });

  test("K1: whose root token was revoked is healthy although nobody says who votes", async () => {
    const status = await looked(INSTANCE, () => ({
      raftPeers: () => Promise.reject(new ReplicaError("denied", "403", 403)),
    }));
    expect(status.healthy).toBe(true);
    expect(status.replicas.map(({ votes }) => votes)).toEqual([undefined, undefined, undefined]);
  });

  const FIVE: ReplicaState = { state: "unsealed", seal: "shamir", threshold: 3, shares: 5 };
  test.each<[string, Partial<Instance>, RegExp | undefined]>([
    ["as described", {}, undefined],
    ["other than the description asks for", { secretShares: 7, secretThreshold: 4 }, /has?ve 5 keys with threshold 3/],
    ["other than the record says is wanted", { wantedShares: { shares: 7, threshold: 4 } }, /asks for 7 keys .* 4/],
  ])("C4: SealProps.secretShares of the servers are %s", async (_, more, difference) => {
    const status = await looked({ ...INSTANCE, ...more }, () => ({}), FIVE);
    expect(status.healthy).toBe(true);
    if (difference === undefined) expect(status.difference).toBeUndefined();
    else {
      expect(status.difference).toMatch(difference);
      expect(statusText([status], 0)).toMatch(/set secretShares to 5 and secretThreshold to 3/);
    }
  });

  test("K10: VaultInstanceProps.retired is listed as such, and healthy, without a look at its servers", async () => {
    const status = await inspectInstance(
      { ...INSTANCE, retired: true },
      store({ fields: COMPLETE }),
      () => {
        throw new Error("nobody is asked");
      },
      systemClock,
    );
    expect(status).toMatchObject({ healthy: true, retired: true, replicas: [], record: { state: "complete" } });
    expect(statusText([status], 0)).toMatch(/customer10\/main {2}healthy .*\n.*\n {2}retired:/);
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
