import { describe, expect, test } from "vitest";
import { recordedKeys } from "../../../../src/central/record";
import type { Instance } from "../../../../src/contract/instance";
import type { OperationContext } from "../../../../src/operations/context";
import { migrateSeal } from "../../../../src/operations/migrate-seal/migrate-seal";
import { unsealInstance } from "../../../../src/operations/unseal/unseal-instance";
import { INSTANCE, Universe } from "../../../support/simulation";

const DESCRIBED: Instance = { ...INSTANCE, seal: "transit" };

/** An instance with Shamir's seal, and a run that is to bring it to another. */
async function begun(): Promise<{ universe: Universe; context: OperationContext }> {
  const universe = new Universe(INSTANCE);
  await unsealInstance(universe.start());
  return { universe, context: { ...universe.start(), instance: DESCRIBED, pods: undefined } };
}

/** The same, once every replica runs with the described seal. */
function migrated(context: OperationContext): OperationContext {
  return {
    ...context,
    replica: (replica) => ({
      ...context.replica(replica),
      status: () => Promise.resolve({ state: "unsealed", seal: "transit", threshold: 3 }),
    }),
  };
}

describe("a migration", () => {
  test("outside Kubernetes says which server to restart, until time is up", async () => {
    const { universe, context } = await begun();
    await expect(migrateSeal(context)).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringMatching(/last: restart main-1 now, with the seal "transit"/) as string,
    });
    expect(recordedKeys(universe.record, "unseal")).toHaveLength(5);
  });

  test("names the record's keys by their new type at the end, and describes the instance", async () => {
    const { universe, context } = await begun();
    const keys = recordedKeys(universe.record, "unseal");
    await migrateSeal(migrated(context));
    expect(recordedKeys(universe.record, "recovery")).toEqual(keys);
    expect(recordedKeys(universe.record, "unseal")).toEqual([]);
    expect(universe.metadata.seal).toBe("transit");
  });

  test("changes nothing when it is run again", async () => {
    const { universe, context } = await begun();
    await migrateSeal(migrated(context));
    const versions = universe.versions.length;
    await migrateSeal(migrated(context));
    expect(universe.versions.length).toBe(versions);
  });

  test("does not begin with too few keys", async () => {
    const { universe, context } = await begun();
    universe.versions.push({ fields: { "unseal-key-0": "a" }, at: 0, deleted: false });
    await expect(migrateSeal(context)).rejects.toMatchObject({ code: "too-few-keys" });
  });

  test("stops at a pod that no newer configuration is deployed for", async () => {
    const { universe, context } = await begun();
    const { pods } = universe.start();
    await expect(migrateSeal({ ...context, pods })).rejects.toMatchObject({ code: "seal-differs" });
    expect(universe.evictions).toEqual([]);
  });

  test("goes on without a root token that was revoked", async () => {
    const { universe, context } = await begun();
    universe.versions.push({ fields: { ...universe.record, "root-token": "" }, at: 0, deleted: false });
    await migrateSeal(migrated(context));
    expect(recordedKeys(universe.record, "recovery")).toHaveLength(5);
  });
});

describe("K1: a migration with a former member of raft", () => {
  /** Every server runs with the described seal, and waits for the keys of the former one while it is sealed. */
  function prepared(context: OperationContext): OperationContext {
    return {
      ...context,
      replica: (replica) => {
        const server = context.replica(replica);
        return {
          ...server,
          status: async () => {
            const status = await server.status();
            return status.state === "sealed" || status.state === "unsealed"
              ? { ...status, seal: "transit", migrating: true }
              : status;
          },
        };
      },
    };
  }

  test("ends before it restarts any server", async () => {
    const { universe, context } = await begun();
    universe.members.delete("main-2");
    await expect(migrateSeal(context)).rejects.toMatchObject({
      code: "former-member",
      message: expect.stringMatching(/^main-2 of customer10\/main has data and is not a member of raft/) as string,
    });
    expect(recordedKeys(universe.record, "unseal")).toHaveLength(5);
  });

  test("ends the pod that serves the old secrets", async () => {
    const { universe, context } = await begun();
    universe.now += 60_000;
    universe.members.delete("main-2");
    const { pods } = universe.start();
    await expect(migrateSeal({ ...context, pods })).rejects.toMatchObject({ code: "former-member" });
    expect(universe.evictions).toEqual(["main-2"]);
  });

  test.each([
    ["only it starts", [2]],
    ["the whole cluster starts", [0, 1, 2]],
  ])("sends it no key when %s", async (_, started) => {
    const { universe, context } = await begun();
    universe.members.delete("main-2");
    for (const index of started) {
      const server = universe.servers[index];
      if (server !== undefined) Object.assign(server, { sealed: true, readyAt: undefined, joined: false, received: 0 });
    }
    await expect(migrateSeal(prepared(context))).rejects.toMatchObject({ code: "former-member" });
    expect(universe.servers.map(({ sealed }) => sealed)).toEqual([false, false, true]);
    expect(universe.servers[2]?.received).toBe(0);
  });

  test("goes on once the server is empty and has joined", async () => {
    const { universe, context } = await begun();
    universe.members.delete("main-2");
    Object.assign(universe.servers[2] ?? {}, { data: undefined, sealed: true, readyAt: undefined });
    await unsealInstance(universe.start());
    universe.now += 60_000;
    await migrateSeal(migrated({ ...context, deadline: universe.now + 60_000 }));
    expect(recordedKeys(universe.record, "recovery")).toHaveLength(5);
  });
});
