import { describe, expect, test } from "vitest";
import fc from "fast-check";
import type { Instance } from "../../../../src/contract/instance";
import { unsealInstance, type UnsealReport } from "../../../../src/operations/unseal/unseal-instance";
import type { OperationContext } from "../../../../src/operations/context";
import { emptyServer, FAULTS, INSTANCE, Universe, type FaultPlan } from "../../../support/simulation";

const FIVE: Instance = {
  ...INSTANCE,
  replicas: [0, 1, 2, 3, 4].map((index) => ({ name: `main-${index}`, address: `https://main-${index}:8200` })),
};

function run(universe: Universe, context: OperationContext = universe.start()): Promise<UnsealReport> {
  return unsealInstance(context);
}

/** An instance that is up, and whose servers show a certificate that is not accepted any more. */
async function refused(instance: Instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await run(universe);
  universe.refused.add(universe.certificate++);
  return universe;
}

/** An instance of three that is up, and two pods that were added with the certificate from before they had a name in it. */
async function scaledUp(): Promise<Universe> {
  const universe = new Universe(FIVE);
  universe.servers.splice(3);
  await run(universe, restricted(universe, 3));
  universe.refused.add(-1);
  universe.servers.push({ ...emptyServer(), certificate: -1 }, { ...emptyServer(), certificate: -1 });
  return universe;
}

/** The context of a run that knows the first replicas alone. */
function restricted(universe: Universe, count: number): OperationContext {
  const instance = { ...universe.instance, replicas: universe.instance.replicas.slice(0, count) };
  return Object.assign(universe, { instance }).start();
}

function expectNewest(universe: Universe): void {
  for (const server of universe.servers) {
    expect(universe.isUp(server)).toBe(true);
    expect(server.certificate).toBe(universe.certificate);
  }
}

describe("replicas that show a former certificate, which is not accepted any more,", () => {
  test("are restarted one by one while they are up, the active one last", async () => {
    const universe = await refused();

    expect((await run(universe)).restarted).toEqual(["main-1", "main-2", "main-0"]);

    expect(universe.violations).toEqual([]);
    expectNewest(universe);
  });

  test("are not restarted before the others have been up for half a minute, and raft agrees where it can be asked", async () => {
    const universe = await refused();
    await run(universe);
    const pauses = universe.evictedAt.slice(1).map((at, index) => at - (universe.evictedAt[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(30_000);

    const unwell = await refused();
    const context = unwell.start();
    const replica: OperationContext["replica"] = (each) => {
      return { ...context.replica(each), raftHealthy: () => Promise.resolve(false) };
    };
    await expect(run(unwell, { ...context, replica })).rejects.toThrow(
      /did not come up in time \(last: no answer from .*; main-0, main-2 presents a former certificate, and is not restarted yet: raft has not caught up/,
    );
    expect(unwell.evictions).toEqual(["main-1"]);
  });

  test("are left alone while another is down", async () => {
    const universe = await refused();
    const context = universe.start();
    const gone = { state: "unreachable", reason: "ECONNREFUSED" } as const;
    const { pods } = context;
    if (pods === undefined) throw new Error("no pods");
    const stopped = run(universe, {
      ...context,
      replica: (replica) => {
        return replica.name === "main-2"
          ? { ...context.replica(replica), status: () => Promise.resolve(gone) }
          : context.replica(replica);
      },
      pods: { ...pods, list: async () => (await pods.list())?.filter(({ name }) => name !== "main-2") },
    });

    await expect(stopped).rejects.toThrow(/main-0, main-1 presents a former certificate, .* main-2 is not up/);
    expect(universe.evictions).toEqual([]);
  });

  test("are replaced however many are sealed, where the budget lets them go", async () => {
    const universe = await refused();
    universe.unreadyMayGo = true;
    for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });

    expect((await run(universe)).restarted).toHaveLength(3);
    expectNewest(universe);
  });

  test("are named to be deleted, where the budget does not", async () => {
    const universe = await refused();
    for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });

    await expect(run(universe)).rejects.toThrow(
      /PodDisruptionBudget does not let main-0 go, which is outdated and does not come up; delete the pod/,
    );
  });

  test("are replaced where they were added before the certificate named them, and join", async () => {
    const universe = await scaledUp();
    universe.unreadyMayGo = true;
    Object.assign(universe, { instance: FIVE });

    const report = await run(universe);

    expect(report.restarted).toEqual(["main-3", "main-4"]);
    expect(report.joined).toEqual(["main-3", "main-4"]);
    expect(universe.violations).toEqual([]);
    expectNewest(universe);
  });

  test("are not restarted over and over where that does not help", async () => {
    const universe = await refused();
    universe.refused.add(universe.certificate);
    const context = universe.start();
    const { pods } = context;
    if (pods === undefined) throw new Error("no pods");

    const stopped = run(universe, { ...context, pods: { ...pods, certificate: () => Promise.resolve("another") } });

    await expect(stopped).rejects.toMatchObject({ code: "still-outdated" });
    expect(universe.evictions).toEqual(["main-1"]);
  });

  test.each(["shamir", "transit"] as const)(
    "are all restarted by the run after one that was cut short: %s",
    async (seal) => {
      await fc.assert(
        fc.asyncProperty(FAULTS, async (plan: readonly FaultPlan[]) => {
          const universe = await refused({ ...INSTANCE, seal });

          await run(universe, universe.start(plan)).catch(() => undefined);
          await run(universe);

          expect(universe.violations).toEqual([]);
          expectNewest(universe);
        }),
        { numRuns: 100 },
      );
    },
  );
});
