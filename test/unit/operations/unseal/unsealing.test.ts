import { describe, expect, test } from "vitest";
import { recordedKeys } from "../../../../src/central/record";
import { Secret } from "../../../../src/core/secret";
import type { OperationContext } from "../../../../src/operations/context";
import { joinReplicas, unsealReplica, verify } from "../../../../src/operations/unseal/unsealing";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";
import { secretsOf } from "../../../support/secrets";

const [FIRST = { name: "", address: "" }] = INSTANCE.replicas;
const SEALED = { ...FIRST, status: { state: "sealed", seal: "shamir", threshold: 3 } } as const;
const TOKEN = new Secret("root");

/** Three replicas, the first of which is sealed. */
async function sealed(): Promise<{ universe: Universe; context: OperationContext; keys: readonly Secret[] }> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  Object.assign(universe.servers[0] ?? {}, { sealed: true, received: 0, readyAt: undefined });
  return { universe, context: universe.start(), keys: recordedKeys(universe.record, "unseal") };
}

describe("a sealed replica", () => {
  test("gets as many keys as it wants and no more", async () => {
    const { universe, context, keys } = await sealed();
    expect(await unsealReplica(context, SEALED, keys)).toBe(true);
    expect(universe.servers[0]).toMatchObject({ sealed: false, received: 3 });
  });

  test("that somebody sent a key of another instance is reset, once", async () => {
    const { universe, context, keys } = await sealed();
    universe.servers[0]?.progress.add("a key of another instance");
    expect(await unsealReplica(context, SEALED, keys)).toBe(true);
  });

  test("that refuses the keys twice gets no others", async () => {
    const { universe, context } = await sealed();
    const wrong = secretsOf(["a", "b", "c", "d", "e"]);
    await expect(unsealReplica(context, SEALED, wrong)).rejects.toMatchObject({ code: "keys-refused" });
    expect(universe.servers[0]?.received).toBe(6);
  });

  test("H1: that wants more keys than are described gets none", async () => {
    const { universe, context, keys } = await sealed();
    const greedy = { ...SEALED, status: { ...SEALED.status, threshold: 4 } };
    await expect(unsealReplica(context, greedy, keys)).rejects.toMatchObject({ code: "threshold-differs" });
    expect(universe.servers[0]?.received).toBe(0);
  });

  test("H1: that wants more keys than are described ends the run, and gets none", async () => {
    const { universe, context } = await sealed();
    const greedy: OperationContext = {
      ...context,
      replica: (replica) => ({
        ...context.replica(replica),
        status: async () => {
          const status = await context.replica(replica).status();
          return status.state === "sealed" ? { ...status, threshold: 4 } : status;
        },
      }),
    };
    await expect(unsealInstance(greedy)).rejects.toMatchObject({ code: "threshold-differs" });
    expect(universe.servers[0]?.received).toBe(0);
  });

  test("that has its keys and still catches up is not called unsealed", async () => {
    const { universe, context, keys } = await sealed();
    Object.assign(universe.servers[0] ?? {}, { joined: true, readyAt: Infinity });
    expect(await unsealReplica(context, SEALED, keys)).toBe(false);
    expect(universe.servers[0]?.received).toBe(3);
  });
});

test("nothing joins the leader of before a restore, which open replicas name until one of them is active", async () => {
  const universe = new Universe(INSTANCE);
  const context = universe.start();
  const asked: string[] = [];
  const replica: OperationContext["replica"] = (each) => ({
    ...context.replica(each),
    leader: () => Promise.resolve({ address: "https://standby-0:8200", isSelf: false }),
    join: (leader) => Promise.resolve(void asked.push(leader)),
  });
  await expect(joinReplicas({ ...context, replica }, [SEALED])).rejects.toMatchObject({ retryable: true });
  expect(asked).toEqual([]);
});

test("nothing joins before a replica is active", async () => {
  const universe = new Universe(INSTANCE);
  await expect(joinReplicas(universe.start(), [SEALED])).rejects.toMatchObject({ code: "replica-unreachable" });
});

describe("an instance whose replicas are unsealed", () => {
  async function verified(change: (context: OperationContext) => OperationContext = (same) => same, token?: Secret) {
    const universe = new Universe(INSTANCE);
    await unsealInstance(universe.start());
    return verify(change(universe.start()), token);
  }

  test("is verified by its leader and its raft peers", async () => {
    expect(await verified((context) => context, TOKEN)).toEqual({
      done: { leader: "https://main-0:8200", raftPeers: 3 },
    });
    expect(await verified()).toEqual({ done: { leader: "https://main-0:8200", raftPeers: undefined } });
  });

  test("is waited for while no replica is active, or they do not agree", async () => {
    const leaders = (address: (name: string) => string | undefined) => (context: OperationContext) => ({
      ...context,
      replica: (replica: { name: string; address: string }) => ({
        ...context.replica(replica),
        leader: () => {
          const found = address(replica.name);
          return Promise.resolve(found === undefined ? undefined : { address: found, isSelf: false });
        },
      }),
    });
    expect(await verified(leaders((name) => name))).toEqual({
      wait: "the replicas do not agree on an active one yet",
    });
    expect(await verified(leaders(() => undefined))).toEqual({
      wait: "the replicas do not agree on an active one yet",
    });
    expect(await verified(leaders(() => "https://main-0:8200"))).toEqual({ wait: "no replica is active yet" });
  });

  test("is waited for while raft lacks a peer", async () => {
    const fewer = (context: OperationContext): OperationContext => ({
      ...context,
      replica: (replica) => ({
        ...context.replica(replica),
        raftPeers: () => Promise.resolve([{ id: "main-0", voter: true }]),
      }),
    });
    expect(await verified(fewer, TOKEN)).toEqual({ wait: "raft counts 1 peers, the instance has 3 replicas" });
  });
});
