import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/core/secret";
import type { OperationContext } from "../../../src/operations/context";
import { MemberObserver, observeMembers } from "../../../src/operations/members";
import type { SeenReplica } from "../../../src/operations/seen";
import { unsealInstance } from "../../../src/operations/unseal/unseal-instance";
import { ReplicaError } from "../../../src/vault/errors";
import { INSTANCE, Universe } from "../../support/simulation";

const TOKEN = () => Promise.resolve(new Secret("root"));

/** Three replicas that are up, and what each says of itself. */
async function up(): Promise<{ universe: Universe; context: OperationContext; seen: () => Promise<SeenReplica[]> }> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  universe.now += 60_000;
  const context = universe.start();
  const look = (replica: (typeof INSTANCE.replicas)[number]) => context.replica(replica).status();
  const seen = () => Promise.all(INSTANCE.replicas.map(async (each) => ({ ...each, status: await look(each) })));
  return { universe, context, seen };
}

describe("K1: the members of raft", () => {
  test("are all replicas", async () => {
    const { context, seen } = await up();
    expect(await observeMembers(context, await seen(), TOKEN)).toEqual({ active: true, outsiders: [] });
  });

  test.each([true, false])("are without one that was removed and has its data, sealed: %s", async (sealed) => {
    const { universe, context, seen } = await up();
    universe.members.delete("main-2");
    Object.assign(universe.servers[2] ?? {}, { sealed, readyAt: undefined });
    expect(await observeMembers(context, await seen(), TOKEN)).toEqual({ active: true, outsiders: ["main-2"] });
  });

  test("are without one that is about to join and has no data yet, which is no outsider", async () => {
    const { universe, context, seen } = await up();
    universe.members.delete("main-2");
    Object.assign(universe.servers[2] ?? {}, { sealed: true, readyAt: undefined });
    const replica: OperationContext["replica"] = (each) => ({
      ...context.replica(each),
      hasOwnData: () => Promise.resolve(false),
    });
    expect(await observeMembers({ ...context, replica }, await seen(), TOKEN)).toEqual({ active: true, outsiders: [] });
  });

  test("are asked again after the data, because a new member gets data while the question runs", async () => {
    const { universe, context, seen } = await up();
    universe.members.delete("main-2");
    Object.assign(universe.servers[2] ?? {}, { sealed: true, readyAt: undefined });
    const replica: OperationContext["replica"] = (each) => ({
      ...context.replica(each),
      hasOwnData: () => {
        universe.members.set("main-2", universe.now);
        return Promise.resolve(true);
      },
    });
    expect(await observeMembers({ ...context, replica }, await seen(), TOKEN)).toEqual({ active: true, outsiders: [] });
  });

  test("are compared without a question to a server that the run found empty, which may be joining", async () => {
    const { universe, context, seen } = await up();
    universe.members.delete("main-2");
    const joining = (await seen()).map((each) =>
      each.name === "main-2" ? { ...each, status: { ...each.status, state: "uninitialized" as const } } : each,
    );
    Object.assign(universe.servers[2] ?? {}, { sealed: true, readyAt: undefined });
    let asked = 0;
    const replica: OperationContext["replica"] = (each) => ({
      ...context.replica(each),
      hasOwnData: () => Promise.resolve(++asked > 99),
    });
    const empty = new Set<string>();
    await observeMembers({ ...context, replica }, joining as SeenReplica[], TOKEN, empty);
    await observeMembers({ ...context, replica }, await seen(), TOKEN, empty);
    expect(asked).toBe(0);
    empty.clear();
    for (let turn = 0; turn < 3; turn++) await observeMembers({ ...context, replica }, await seen(), TOKEN, empty);
    expect(asked).toBe(1);
  });

  test("are not known while none is active, nor with a token that is refused or missing", async () => {
    const { universe, context, seen } = await up();
    universe.members.delete("main-2");
    expect(await observeMembers(context, await seen(), () => Promise.resolve(undefined))).toEqual({
      active: true,
      outsiders: [],
    });
    const failing = (failure: "denied" | "unreachable"): OperationContext["replica"] => {
      return (each) => ({
        ...context.replica(each),
        raftPeers: () => Promise.reject(new ReplicaError(failure, "no")),
      });
    };
    const looked = await seen();
    expect(await observeMembers({ ...context, replica: failing("denied") }, looked, TOKEN)).toEqual({
      active: true,
      outsiders: [],
    });
    expect(await observeMembers({ ...context, replica: failing("unreachable") }, looked, TOKEN)).toEqual({
      active: false,
      outsiders: [],
    });
    let asked = 0;
    const refusedLater: OperationContext["replica"] = (each) => ({
      ...context.replica(each),
      raftPeers: (token) =>
        asked++ === 0 ? context.replica(each).raftPeers(token) : Promise.reject(new ReplicaError("denied", "no")),
    });
    expect(await observeMembers({ ...context, replica: refusedLater }, looked, TOKEN)).toEqual({
      active: true,
      outsiders: [],
    });
    expect(asked).toBe(2);
    for (const server of universe.servers) server.sealed = true;
    expect(await observeMembers(context, await seen(), TOKEN)).toEqual({ active: false, outsiders: [] });
  });

  test("may have other names than the replicas, which says nothing", async () => {
    const { universe, context, seen } = await up();
    universe.members.clear();
    universe.members.set("10.0.0.1", 0);
    const replica: OperationContext["replica"] = (each) => ({
      ...context.replica(each),
      leader: () => Promise.resolve({ address: each.address, isSelf: each.name === "main-0" }),
    });
    expect(await observeMembers({ ...context, replica }, await seen(), TOKEN)).toEqual({ active: true, outsiders: [] });
  });
});

describe("K1: HighAvailabilityDeploymentProps.replicas raised again, with the claims of former members", () => {
  const FIVE = {
    ...INSTANCE,
    replicas: [0, 1, 2, 3, 4].map((index) => ({ name: `main-${index}`, address: `https://main-${index}:8200` })),
  };

  async function stale(restarted: readonly number[]): Promise<Universe> {
    const universe = new Universe(FIVE);
    await unsealInstance(universe.start());
    universe.now += 60_000;
    for (const index of [3, 4]) universe.members.delete(`main-${index}`);
    for (const index of restarted) {
      const server = universe.servers[index];
      if (server !== undefined) Object.assign(server, { sealed: true, readyAt: undefined, joined: false, received: 0 });
    }
    return universe;
  }

  test.each<[string, number[]]>([
    ["only they start", [3, 4]],
    ["the whole cluster starts", [0, 1, 2, 3, 4]],
  ])("they get no key when %s", async (_, restarted) => {
    const universe = await stale(restarted);
    await expect(unsealInstance(universe.start())).rejects.toMatchObject({
      code: "former-member",
      message: expect.stringMatching(/main-3, main-4 of customer10\/main has data and is not a member/) as string,
    });
    expect(universe.servers.map(({ sealed }) => sealed)).toEqual([false, false, false, true, true]);
    expect(universe.servers.map(({ received }) => received).slice(3)).toEqual([0, 0]);
  });

  test("once they are empty, they join", async () => {
    const universe = await stale([3, 4]);
    for (const index of [3, 4]) Object.assign(universe.servers[index] ?? {}, { data: undefined });
    await unsealInstance(universe.start());
    expect([...universe.members.keys()].sort()).toEqual(FIVE.replicas.map(({ name }) => name));
  });

  test("one that is unsealed is ended, so that nobody reads its old secrets", async () => {
    const universe = await stale([]);
    await expect(unsealInstance(universe.start())).rejects.toMatchObject({ code: "former-member" });
    expect(universe.evictions).toContain("main-3");
  });
});

test("a replica that becomes active is waited for ten seconds, and again after keys were sent", async () => {
  const { universe, context, seen } = await up();
  const observer = new MemberObserver(context);
  const sealed = (await seen()).map((each) => ({
    ...each,
    status: { state: "sealed", seal: "shamir", threshold: 3 } as const,
  }));
  const late = async (after: number) => {
    universe.now += after;
    return (await observer.observe(sealed, TOKEN)).late;
  };
  expect([await late(0), await late(9_000), await late(2_000)]).toEqual([false, false, true]);
  observer.expectLeader();
  expect([await late(0), await late(9_000)]).toEqual([false, false]);
  expect((await observer.observe(await seen(), TOKEN)).late).toBe(false);
});
