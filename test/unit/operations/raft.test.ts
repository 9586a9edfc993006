import { describe, expect, test } from "vitest";
import type { Instance } from "../../../src/contract/instance";
import { Secret } from "../../../src/core/secret";
import type { OperationContext } from "../../../src/operations/context";
import type { Pod } from "../../../src/operations/pods";
import { allVote, hasCaughtUp, removeMembers, undefinedIfDenied } from "../../../src/operations/raft";
import { unsealInstance } from "../../../src/operations/unseal/unseal-instance";
import { ReplicaError } from "../../../src/vault/errors";
import { INSTANCE, Universe } from "../../support/simulation";

const TOKEN = new Secret("root");
const KUBERNETES: Instance["kubernetes"] = {
  namespace: "n",
  statefulSet: "main",
  kubeconfig: { mount: "clusters", path: "p" },
  certificate: { secretName: "tls", names: ["localhost"] },
};
const [ACTIVE = { name: "", address: "" }] = INSTANCE.replicas;

/** Three replicas that are up and have votes. */
async function up(): Promise<{ universe: Universe; context: OperationContext }> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  universe.now += 60_000;
  return { universe, context: { ...universe.start(), instance: { ...INSTANCE, kubernetes: KUBERNETES } } };
}

/** Raft with these members besides the replicas. */
async function remove(others: readonly string[], pods: readonly Pod[] = [], voteless: readonly string[] = []) {
  const { universe, context } = await up();
  for (const id of others) universe.members.set(id, 0);
  for (const id of voteless) universe.members.set(id, Infinity);
  const peers = (await context.replica(ACTIVE).raftPeers(TOKEN)) ?? [];
  const list = (): Promise<readonly Pod[]> => Promise.resolve(pods);
  const there = context.pods && { ...context.pods, list };
  const outcome = await removeMembers({ ...context, pods: there }, { active: ACTIVE, token: TOKEN, peers });
  return { outcome, members: [...universe.members.keys()] };
}

const pod = (name: string, terminating: boolean): Pod => ({
  name,
  uid: name,
  outdated: false,
  terminating,
  ready: false,
  scheduled: true,
  started: true,
  active: false,
});

describe("members of raft that are no replicas", () => {
  test("are removed if they are the StatefulSet's, and gone", async () => {
    expect(await remove(["main-3", "main-4"])).toEqual({
      outcome: "raft forgets the replicas that are gone",
      members: ["main-0", "main-1", "main-2"],
    });
  });

  test("are left alone if there are none", async () => {
    expect((await remove([])).outcome).toBeUndefined();
  });

  test("are waited for while their pods end", async () => {
    expect((await remove(["main-3"], [pod("main-3", true)])).outcome).toBe("main-3 ends");
  });

  test("are not removed before every replica has a vote", async () => {
    const { outcome, members } = await remove(["main-3"], [], ["main-2"]);
    expect(outcome).toBe("main-2 has no vote in raft yet");
    expect(members).toContain("main-3");
  });

  test("are somebody's if their names are not the StatefulSet's", async () => {
    await expect(remove(["other-3"])).rejects.toMatchObject({ code: "foreign-peers" });
  });

  test("are replicas that are not described if their pods stay", async () => {
    await expect(remove(["main-3"], [pod("main-3", false)])).rejects.toMatchObject({ code: "replica-undescribed" });
  });
});

describe("a replica may go", () => {
  const lagging = (context: OperationContext, index: number | undefined): OperationContext => ({
    ...context,
    replica: (replica) => ({
      ...context.replica(replica),
      appliedIndex: () => Promise.resolve(replica.name === "main-2" ? index : 5_000),
    }),
  });
  const denied = (): Promise<never> => Promise.reject(new ReplicaError("denied", "403", 403));

  test("if all have a vote and the same data", async () => {
    const { context } = await up();
    expect(await allVote(context, ACTIVE, TOKEN)).toBe(true);
    expect(await hasCaughtUp(context, ACTIVE, TOKEN)).toBe(true);
  });

  test("not while one has no vote", async () => {
    const { universe, context } = await up();
    universe.members.set("main-2", Infinity);
    expect(await hasCaughtUp(context, ACTIVE, TOKEN)).toBe(false);
    expect(await hasCaughtUp(context, ACTIVE, undefined)).toBe(true);
  });

  test.each([
    [4_500, true],
    [3_000, false],
    [undefined, undefined],
  ])("if none lags far behind: one at %s of 5000: %s", async (index, expected) => {
    const { context } = await up();
    expect(await hasCaughtUp(lagging(context, index), ACTIVE, undefined)).toBe(expected);
  });

  test("also with a root token that was revoked, which is reported", async () => {
    const { context } = await up();
    const replica: OperationContext["replica"] = (each) => ({ ...context.replica(each), raftPeers: denied });
    let reported = 0;
    expect(
      await hasCaughtUp({ ...context, replica }, ACTIVE, TOKEN, () => {
        reported++;
      }),
    ).toBe(true);
    expect(reported).toBe(1);
  });
});

test("only a denial is overlooked", () => {
  expect(() => undefinedIfDenied(new ReplicaError("denied", "403", 403))).not.toThrow();
  expect(() => undefinedIfDenied(new ReplicaError("sealed", "503", 503))).toThrow(ReplicaError);
});
