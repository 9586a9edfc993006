import { describe, expect, test } from "vitest";
import type { Instance } from "../../../../src/contract/instance";
import { sealInstance } from "../../../../src/operations/seal/seal-instance";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { unsealSealed } from "../../../../src/operations/unseal/unseal-sealed";
import { ReplicaError } from "../../../../src/vault/errors";
import { INSTANCE, Universe } from "../../../support/simulation";

async function initialized(instance: Instance = INSTANCE): Promise<Universe> {
  const universe = new Universe(instance);
  await unsealInstance(universe.start());
  // Every member votes then.
  universe.now += 20_000;
  return universe;
}

function sealedReplicas(universe: Universe): string[] {
  return universe.instance.replicas.filter((_, index) => universe.servers[index]?.sealed).map(({ name }) => name);
}

describe("an instance that is sealed on purpose", () => {
  test("is held first, and loses its standbys before its active replica", async () => {
    const universe = await initialized();
    const held: (string | undefined)[] = [];
    universe.onEffect = () => void held.push(universe.metadata.held);
    const report = await sealInstance(universe.start(), "incident 42");
    expect(report).toEqual({ sealed: ["main-1", "main-2", "main-0"], held: "incident 42" });
    // The first effect takes the lock.
    expect(held.slice(1)).toEqual(held.slice(1).map(() => "incident 42"));
    expect(universe.seals).toEqual(["main-1", "main-2", "main-0"]);
    expect(universe.locks.at(-1)?.entry).toBeUndefined();
  });

  test("stays sealed for the hook and the watcher, and not for a person", async () => {
    const universe = await initialized();
    await sealInstance(universe.start(), "incident 42");
    const hook = { ...universe.start(), respectsHold: true };
    await expect(unsealInstance(hook)).rejects.toMatchObject({ code: "held" });
    expect(sealedReplicas(universe)).toHaveLength(3);
    await unsealInstance(universe.start());
    expect(sealedReplicas(universe)).toHaveLength(0);
  });

  test("is sealed again if a watcher unseals it that began before the hold", async () => {
    const universe = await initialized();
    const again = universe.start();
    let unsealed = false;
    const log = again.log;
    universe.onEffect = () => {
      if (universe.seals.length !== 3 || unsealed) return;
      unsealed = true;
      Object.assign(universe.servers[1] ?? {}, { sealed: false });
    };
    await sealInstance({ ...again, log });
    expect(universe.seals).toEqual(["main-1", "main-2", "main-0", "main-1"]);
    expect(sealedReplicas(universe)).toHaveLength(3);
  });

  test("keeps its reason when it is sealed again without one", async () => {
    const universe = await initialized();
    await sealInstance(universe.start(), "incident 42");
    expect(await sealInstance(universe.start())).toEqual({ sealed: [], held: "incident 42" });
    expect((await sealInstance(universe.start(), "incident 43")).held).toBe("incident 43");
  });

  test("is not unsealed by a watcher that works when the hold comes", async () => {
    const universe = await initialized();
    for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });
    universe.onEffect = () => {
      universe.metadata.held = "incident 42";
    };
    await expect(unsealSealed(universe.start())).rejects.toMatchObject({ code: "held" });
  });
});

describe("a product whose standbys refuse", () => {
  const VAULT: Instance = { ...INSTANCE, product: "vault" };

  test("is sealed as far as replicas become active, and the last one waits for a restart by a person", async () => {
    const universe = await initialized(VAULT);
    const waits: unknown[] = [];
    const context = universe.start();
    const restart = new Set<string>();
    universe.onEffect = () => undefined;
    const sleep = context.clock.sleep.bind(context.clock);
    const clock = {
      ...context.clock,
      sleep: async (milliseconds: number) => {
        await sleep(milliseconds);
        const last = universe.events.at(-1)?.fields.reason;
        if (typeof last !== "string" || !last.startsWith("restart ")) return;
        waits.push(last);
        restart.add(last);
        for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });
      },
    };
    await sealInstance({ ...context, clock });
    expect(universe.seals).toHaveLength(2);
    expect(restart.size).toBe(1);
    expect(waits[0]).toMatch(/^restart main-\d now: it cannot be sealed while no replica is active/);
    expect(sealedReplicas(universe)).toHaveLength(3);
  });
});

test("a replica that does not answer is named, and the run fails after the others are sealed", async () => {
  const universe = await initialized();
  Object.assign(universe.servers[2] ?? {}, { neverStarts: true });
  await expect(sealInstance(universe.start())).rejects.toMatchObject({
    code: "seal-unconfirmed",
    message: expect.stringContaining("main-2 (https://main-2:8200: ECONNREFUSED)") as string,
  });
  expect(universe.seals).toEqual(["main-1", "main-0"]);
  expect(universe.metadata.held).toBe("sealed with tenant-vault seal");
});

test("without a root token, a run that was killed when two replicas were sealed leaves the third to a restart", async () => {
  const universe = await initialized();
  const { "root-token": _token, ...fields } = universe.record;
  universe.versions.push({ fields, at: 0, deleted: false });
  for (const index of [1, 2]) Object.assign(universe.servers[index] ?? {}, { sealed: true, readyAt: undefined });
  await expect(sealInstance(universe.start())).rejects.toMatchObject({
    code: "timeout",
    message: expect.stringContaining("restart main-0 now") as string,
  });
});

test.each([
  ["by a standby that does not have the token yet is tried again", 8_000, undefined],
  ["that lasts ends the run", Infinity, "replica-denied"],
])("a refusal %s", async (_, until, code) => {
  const universe = await initialized();
  const context = universe.start();
  const end = universe.now + until;
  const refuse = () => Promise.reject(new ReplicaError("denied", "sys/seal: 403 permission denied", 403));
  const replica: typeof context.replica = (each) => {
    const server = context.replica(each);
    return universe.now < end ? { ...server, seal: refuse } : server;
  };
  const failed = await sealInstance({ ...context, replica }).catch((error: unknown) => (error as ReplicaError).code);
  expect(typeof failed === "string" ? failed : undefined).toBe(code);
  expect(sealedReplicas(universe)).toHaveLength(code === undefined ? 3 : 0);
});

test("an instance without an identity and a root token is held, and the person learns what is left", async () => {
  const universe = await initialized();
  const { "root-token": _token, ...fields } = universe.record;
  universe.versions.push({ fields, at: 0, deleted: false });
  universe.credentials.versions.delete("operate");
  await expect(sealInstance(universe.start())).rejects.toMatchObject({ code: "identity-rehearsal" });
  expect(universe.metadata.held).toBeDefined();
});
