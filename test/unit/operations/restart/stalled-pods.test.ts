import { describe, expect, test } from "vitest";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { emptyServer, INSTANCE, Universe } from "../../../support/simulation";

const PENDING = {
  text: "Pending: 0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules",
  lasting: true,
};

/** Three new pods, of which only the first can start. */
function unschedulable(): Universe {
  const universe = new Universe(INSTANCE);
  universe.unreadyMayGo = true;
  for (const index of [1, 2]) {
    universe.servers[index] = { ...emptyServer(), neverStarts: true };
    universe.problems.set(`main-${index}`, PENDING);
  }
  return universe;
}

describe("a first deployment that cannot be scheduled", () => {
  test("K3: ends early with what Kubernetes says", async () => {
    const universe = unschedulable();
    await expect(unsealInstance(universe.start())).rejects.toMatchObject({
      code: "pod-not-starting",
      message: expect.stringContaining(`main-1 ${PENDING.text}; main-2 ${PENDING.text}`) as string,
    });
    expect(universe.now).toBeLessThan(240_000);
    expect(universe.events).toContainEqual(
      expect.objectContaining({ fields: { reason: expect.stringContaining(PENDING.text) as string } }),
    );
    expect(universe.answers).toHaveLength(0);
  });

  test("K2: is known from its first run", async () => {
    const universe = unschedulable();
    await unsealInstance(universe.start()).catch(() => undefined);
    expect(universe.metadata).toMatchObject({ product: "openbao", "replica-2": "main-2 https://main-2:8200" });
    expect(Object.keys(universe.record)).toEqual(["description-digest"]);
  });

  test("K2: HighAvailabilityDeploymentProps.spreadOverNodes corrected: every pod without data is replaced, running ones first", async () => {
    const universe = unschedulable();
    await unsealInstance(universe.start()).catch(() => undefined);
    universe.revision++;
    for (const server of universe.servers) delete server.neverStarts;
    for (const index of [1, 2]) Object.assign(universe.servers[index] ?? {}, { neverStarts: true });

    const begun = universe.now;
    const report = await unsealInstance(universe.start());

    expect(report).toMatchObject({ initialized: true, raftPeers: 3 });
    expect(universe.evictions).toEqual(["main-0", "main-1", "main-2"]);
    expect(universe.now - begun).toBeLessThan(60_000);
  });

  test("K2: a corrected pod that the scheduler forgets is replaced once more", async () => {
    const universe = unschedulable();
    await unsealInstance(universe.start()).catch(() => undefined);
    universe.revision++;
    for (const server of universe.servers) delete server.neverStarts;
    const context = universe.start();
    const { pods } = context;
    if (pods === undefined) throw new Error("no pods");
    const forgotten = (): boolean => universe.evictions.filter((name) => name === "main-1").length < 2;
    const pending = { state: "unreachable", reason: PENDING.text } as const;

    const begun = universe.now;
    const report = await unsealInstance({
      ...context,
      replica: (replica) => {
        const server = context.replica(replica);
        const status: typeof server.status = (options) =>
          replica.name === "main-1" && forgotten() ? Promise.resolve(pending) : server.status(options);
        return { ...server, status };
      },
      pods: {
        ...pods,
        list: async () =>
          (await pods.list())?.map((pod) =>
            pod.name === "main-1" && forgotten() ? { ...pod, scheduled: false, started: false } : pod,
          ),
      },
    });

    expect(report).toMatchObject({ initialized: true, raftPeers: 3 });
    expect(universe.evictions).toEqual(["main-0", "main-2", "main-1", "main-1"]);
    expect(universe.now - begun).toBeLessThan(90_000);
  });

  test("K3: a problem that passes ends nothing", async () => {
    const universe = unschedulable();
    for (const index of [1, 2])
      universe.problems.set(`main-${index}`, { text: "restarted, exit code 1", lasting: false });
    await expect(unsealInstance(universe.start())).rejects.toMatchObject({ code: "timeout" });
  });

  test("K3: in an instance that is initialised the others are unsealed before", async () => {
    const universe = new Universe(INSTANCE);
    await unsealInstance(universe.start());
    universe.now += 60_000;
    Object.assign(universe.servers[0] ?? {}, { sealed: true, readyAt: undefined });
    Object.assign(universe.servers[2] ?? {}, { neverStarts: true });
    universe.problems.set("main-2", PENDING);
    await expect(unsealInstance(universe.start())).rejects.toMatchObject({ code: "pod-not-starting" });
    expect(universe.servers[0]?.sealed).toBe(false);
  });
});
