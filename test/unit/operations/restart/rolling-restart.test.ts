import { describe, expect, test } from "vitest";
import fc from "fast-check";
import type { Instance } from "../../../../src/contract/instance";
import { KubernetesError } from "../../../../src/kubernetes/client";
import { OperationError } from "../../../../src/core/errors";
import { unsealInstance, type UnsealReport } from "../../../../src/operations/unseal/unseal-instance";
import { ReplicaError } from "../../../../src/vault/errors";
import type { OperationContext } from "../../../../src/operations/context";
import { INSTANCE, Universe } from "../../../support/simulation";

function run(universe: Universe, context: OperationContext): Promise<UnsealReport> {
  return unsealInstance(context);
}

/** An instance that is up, and whose StatefulSet, or certificate, is changed then. */
async function changed(
  change: "revision" | "certificate",
  instance: Instance = INSTANCE,
  yieldTurn?: () => Promise<void>,
): Promise<Universe> {
  const universe = new Universe(instance, yieldTurn);
  await run(universe, universe.start());
  universe[change]++;
  return universe;
}

function expectNewest(universe: Universe): void {
  for (const server of universe.servers) {
    expect(universe.isUp(server)).toBe(true);
    expect([server.revision, server.certificate]).toEqual([universe.revision, universe.certificate]);
  }
}

test("an API of Kubernetes that is away for a moment is waited for", async () => {
  const universe = await changed("revision");
  const context = universe.start([1, 2].map((effect) => ({ effect, fault: "cut-before" })));
  const { pods } = context;
  if (pods === undefined) throw new Error("no pods");
  let asked = 0;
  const list = (): ReturnType<typeof pods.list> =>
    ++asked % 3 === 0 ? Promise.reject(new KubernetesError("no answer", undefined)) : pods.list();

  expect((await run(universe, { ...context, pods: { ...pods, list } })).restarted).toHaveLength(3);
  expectNewest(universe);
});

describe.each(["revision", "certificate"] as const)("after a new %s", (change) => {
  test("every replica is restarted, one by one, the active one last", async () => {
    const universe = await changed(change);

    const report = await run(universe, universe.start());

    expect(report.restarted).toEqual(["main-1", "main-2", "main-0"]);
    expect(universe.violations).toEqual([]);
    expectNewest(universe);
    expect((await run(universe, universe.start())).restarted).toEqual([]);
  });
});

test("several runs at once, in whatever order, never cost the quorum", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      let scheduled = false;
      const universe = await changed("revision", INSTANCE, () =>
        scheduled ? scheduler.schedule(Promise.resolve()) : Promise.resolve(),
      );
      scheduled = true;

      const runs = [0, 1].map(() => run(universe, universe.start()));
      const results = await scheduler.waitFor(Promise.allSettled(runs));

      expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
      expect(universe.violations.filter((violation) => violation.includes("quorum"))).toEqual([]);
      scheduled = false;
      expectNewest(universe);
    }),
    { numRuns: 100 },
  );
});

test("with a root token that was revoked, the active one is restarted last all the same", async () => {
  const universe = await changed("revision");
  const context = universe.start();
  const denied = (): Promise<never> => Promise.reject(new ReplicaError("denied", "permission denied", 403));

  const report = await run(universe, {
    ...context,
    replica: (replica) => ({ ...context.replica(replica), raftPeers: denied, raftHealthy: denied }),
  });

  expect(report.restarted).toEqual(["main-1", "main-2", "main-0"]);
  expectNewest(universe);
  const pauses = universe.evictedAt.slice(1).map((at, index) => at - (universe.evictedAt[index] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThan(30_000);
});

test("a replica whose pod is outdated and does not come up is replaced", async () => {
  const universe = await changed("revision");
  const [, broken] = universe.servers;
  const context = universe.start();
  const unreachable = { state: "unreachable", reason: "ECONNREFUSED" } as const;
  if (broken !== undefined) Object.assign(broken, { sealed: true, readyAt: undefined });

  const report = await run(universe, {
    ...context,
    replica: (replica) => ({
      ...context.replica(replica),
      status: async () => {
        const status = await context.replica(replica).status();
        return replica.name === "main-1" && broken?.revision === 0 ? unreachable : status;
      },
    }),
  });

  expect(universe.evictions[0]).toBe("main-1");
  expect(report.restarted).toEqual(["main-1", "main-2", "main-0"]);
  expectNewest(universe);
});

test("a restart that does not help is not tried again and again", async () => {
  const universe = await changed("certificate");
  const context = universe.start();
  const pods = context.pods;
  if (pods === undefined) throw new Error("no pods");

  const stopped = run(universe, { ...context, pods: { ...pods, certificate: () => Promise.resolve("another") } });

  await expect(stopped).rejects.toThrow(OperationError);
  await expect(stopped).rejects.toThrow(/main-1 of customer10\/main was restarted and is still not what is described/);
  expect(universe.evictions).toEqual(["main-1"]);
});

describe("the lock of the instance", () => {
  /** Another operation, on another machine, that has the lock. */
  function lockedBy(universe: Universe, operation: string): void {
    universe.living.add(99);
    universe.locks.push({ entry: { run: "r", operation, lease: 1_000_000 }, pid: 99, at: universe.now });
  }

  /** A run whose clock calls this at each pause. */
  function withPauses(context: OperationContext, onPause: () => void): OperationContext {
    const sleep = async (milliseconds: number): Promise<void> => {
      onPause();
      await context.clock.sleep(milliseconds);
    };
    return { ...context, clock: { ...context.clock, sleep } };
  }

  test("is held by a run that restarts replicas, and by no other run", async () => {
    const universe = await changed("revision");
    const held: (string | undefined)[] = [];
    let evicted = 0;
    universe.onEffect = () => {
      if (universe.evictions.length === evicted) return;
      evicted = universe.evictions.length;
      held.push(universe.locks.at(-1)?.entry?.operation);
    };
    await run(universe, universe.start());
    expect(held).toEqual(["rolling-restart", "rolling-restart", "rolling-restart"]);
    expect(universe.locks.at(-1)?.entry).toBeUndefined();
    const versions = universe.locks.length;
    await run(universe, universe.start());
    expect(universe.locks).toHaveLength(versions);
  });

  test("makes a restart wait for another operation, and keeps nobody from unsealing meanwhile", async () => {
    const universe = await changed("revision");
    lockedBy(universe, "rotate-keys");
    const begun = universe.now;
    let sealed = false;
    const context = withPauses(universe.start(), () => {
      if (universe.now > begun + 10_000 && !sealed) {
        sealed = true;
        Object.assign(universe.servers[1] ?? {}, { sealed: true, readyAt: undefined, joined: false });
      }
      if (universe.now < begun + 60_000) {
        expect(universe.evictions).toEqual([]);
        if (universe.now > begun + 20_000) expect(universe.servers[1]?.sealed).toBe(false);
      } else universe.living.delete(99);
    });
    expect((await run(universe, context)).restarted).toHaveLength(3);
    expect(sealed).toBe(true);
    const reasons = universe.events.filter(({ fields }) => String(fields.reason).startsWith("rotate-keys works on"));
    expect(reasons.length).toBeGreaterThan(0);
    expectNewest(universe);
    // What was interrupted is left for the next ceremony to find.
    expect(universe.locks.at(-1)?.entry?.operation).toBe("rolling-restart");
  });

  test("that another operation keeps to the end is named by the error, and every replica is unsealed", async () => {
    const universe = await changed("revision");
    lockedBy(universe, "migrate-seal");
    await expect(run(universe, universe.start())).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringContaining("migrate-seal works on customer10/main (process 99 on simulated)") as string,
    });
    expect(universe.evictions).toEqual([]);
    for (const server of universe.servers) expect(universe.isUp(server)).toBe(true);
  });

  test("that a person takes ends the restarts, and not the unsealing", async () => {
    const universe = await changed("revision");
    const context = withPauses(universe.start(), () => {
      if (universe.evictions.length === 1 && !universe.living.has(99)) lockedBy(universe, "rotate-keys");
      if (universe.evictions.length === 1) universe.now += 20_000;
    });
    await expect(run(universe, context)).rejects.toMatchObject({ code: "timeout" });
    expect(universe.evictions).toHaveLength(1);
    for (const server of universe.servers) expect(universe.isUp(server)).toBe(true);
  });
});
