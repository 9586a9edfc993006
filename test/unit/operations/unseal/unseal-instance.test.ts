import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { ANNOUNCEMENT_LEASE, UNSENT_LEASE } from "../../../../src/operations/unseal/decide";
import { isUnsent, recordedKeys, withAnswer } from "../../../../src/central/record";
import type { OperationContext } from "../../../../src/operations/context";
import { ReplicaError } from "../../../../src/vault/errors";
import { CentralError } from "../../../../src/central/client";
import { Secret } from "../../../../src/core/secret";
import type { Instance } from "../../../../src/contract/instance";
import { OperationError } from "../../../../src/core/errors";
import { unsealInstance, type UnsealReport } from "../../../../src/operations/unseal/unseal-instance";
import { Crash, emptyServer, INSTANCE, Universe, type FaultPlan } from "../../../support/simulation";
import { secretsOf } from "../../../support/secrets";
import { damage, split } from "../../../support/shamir";

const NO_ANSWER = { rootToken: new Secret(""), keyType: "unseal", keys: [] } as const;

/** Unseals itself: the keys in its record are recovery keys. */
const AUTO: Instance = { ...INSTANCE, seal: "transit" };

async function run(universe: Universe, faults: readonly FaultPlan[] = []): Promise<UnsealReport | Error> {
  const context = universe.start(faults);
  try {
    return await unsealInstance(context);
  } catch (error) {
    return error as Error;
  }
}

/** Runs until a run ends by itself, as an operator would; a crash or a failing central Vault is a reason to run again. */
async function runAgain(universe: Universe): Promise<UnsealReport | Error> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const result = await run(universe);
    if (!(result instanceof CentralError)) return result;
  }
  throw new Error("it never ends");
}

function expectComplete(universe: Universe): void {
  expect(universe.servers.every(({ sealed, data }) => !sealed && data === 0)).toBe(true);
  expect(universe.recordedFields).toEqual(withAnswer({}, universe.answers[0] ?? NO_ANSWER));
  expect([...universe.disk.values()].filter(({ answer }) => answer !== undefined)).toEqual([]);
}

describe("a run without faults", () => {
  test("initialises, escrows, joins and unseals every replica", async () => {
    const universe = new Universe(INSTANCE);

    const report = await run(universe);

    expect(report).toMatchObject({
      initialized: true,
      joined: ["main-1", "main-2"],
      unsealed: ["main-0", "main-1", "main-2"],
      raftPeers: 3,
    });
    expectComplete(universe);
    expect(universe.servers.map(({ received }) => received)).toEqual([3, 3, 3]);
    expect(universe.metadata).toMatchObject({
      product: "openbao",
      "secret-shares": "5",
      "replica-2": "main-2 https://main-2:8200",
    });
    expect(universe.disk.size).toBe(0);
  });

  test("changes nothing when run again", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    const versions = universe.versions.length;
    const metadata = { ...universe.metadata };

    expect(await run(universe)).toMatchObject({ initialized: false, joined: [], unsealed: [] });
    expect(universe.versions.length).toBe(versions);
    expect(universe.metadata).toEqual(metadata);
  });

  test("unseals a replica that was restarted", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    const server = universe.servers[1];
    if (server !== undefined) Object.assign(server, { sealed: true, received: 0, readyAt: undefined });

    expect(await run(universe)).toMatchObject({ unsealed: ["main-1"] });
    expect(server?.received).toBe(3);
  });

  test("joins a replica that lost its disk", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    universe.servers[2] = emptyServer();

    expect(await run(universe)).toMatchObject({ joined: ["main-2"], unsealed: ["main-2"] });
    expectComplete(universe);
  });

  test("keeps fields that others wrote into the record before", async () => {
    const universe = new Universe(INSTANCE);
    universe.versions.push({ fields: { note: "by hand" }, at: 0, deleted: false });

    await run(universe);

    expect(universe.record).toMatchObject({ note: "by hand", "root-token": "root-0" });
  });
});

describe("an instance that unseals itself", () => {
  test("is initialised with recovery keys, and no key is ever sent to it", async () => {
    const universe = new Universe(AUTO);

    expect(await run(universe)).toMatchObject({ initialized: true, joined: ["main-1", "main-2"], unsealed: [] });
    expectComplete(universe);
    expect(Object.keys(universe.record)).toContain("recovery-key-4");
    expect(universe.servers.map(({ received }) => received)).toEqual([0, 0, 0]);
    expect(universe.metadata).toMatchObject({ seal: "transit" });
  });

  test("is waited for while it does not, with the reason", async () => {
    const universe = new Universe(AUTO);
    await run(universe);
    const server = universe.servers[1];
    if (server !== undefined) Object.assign(server, { sealed: true, readyAt: Infinity });

    expect(((await run(universe)) as OperationError).message).toMatch(
      /did not come up in time \(last: main-1 is sealed; it does that by its seal "transit"/,
    );
  });

  test("is not taken over when its record holds unseal keys, or it runs with another seal", async () => {
    const universe = new Universe(AUTO);
    universe.versions.push({ fields: { "unseal-key-0": "k" }, at: 0, deleted: false });
    const [unmigrated, restarted] = [await run(universe), new Universe(INSTANCE)];
    expect(unmigrated).toMatchObject({ code: "seal-differs" });

    await run(restarted);
    const misdescribed = await unsealInstance({ ...restarted.start(), instance: AUTO }).catch(
      (error: unknown) => error,
    );
    expect(misdescribed).toMatchObject({ code: "seal-differs" });
    expect((misdescribed as OperationError).message).toMatch(
      /main-0 runs with the seal "shamir"; .*tenant-vault migrate-seal/,
    );
  });
});

describe("an instance that initialises itself", () => {
  const SELF: Instance = { ...AUTO, selfInitializes: true };
  const initialized = (universe: Universe, data: (index: number) => number | undefined): void =>
    universe.servers.forEach((server, index) => Object.assign(server, { data: data(index), sealed: false }));

  test("is verified and described, and nothing is written into its record", async () => {
    const universe = new Universe(SELF);
    initialized(universe, () => 0);

    expect(await run(universe)).toMatchObject({ initialized: false, raftPeers: undefined });
    expect(universe.recordedFields).toEqual({});
    expect(universe.metadata).toMatchObject({ "self-initializes": "true" });
  });

  test("is waited for, and never initialised from outside", async () => {
    const universe = new Universe(SELF);
    expect(await run(universe)).toMatchObject({ code: "timeout" });
    expect(universe.answers).toEqual([]);
  });

  test("whose replicas each did so is no cluster", async () => {
    const universe = new Universe(SELF);
    initialized(universe, (index) => index);
    expect(await run(universe)).toMatchObject({ code: "split" });
  });
});

describe("an instance whose data live in memory", () => {
  test("begins anew once they are gone, and its old record can be recovered", async () => {
    const universe = new Universe({ ...INSTANCE, volatile: true });
    await run(universe);
    for (const server of universe.servers) Object.assign(server, emptyServer());

    expect(await run(universe)).toMatchObject({ initialized: true });
    expect(universe.record).toMatchObject({ "root-token": "root-1" });
    expect(universe.versions.filter(({ fields }) => fields["root-token"] === "root-0")).toMatchObject([
      { deleted: true },
    ]);
  });

  test("keeps its record while a single replica still has them", async () => {
    const universe = new Universe({ ...INSTANCE, volatile: true });
    await run(universe);
    Object.assign(universe.servers[0] ?? {}, emptyServer());

    await run(universe);
    expect(universe.answers.length).toBe(1);
  });
});

describe("what only a person can mend", () => {
  const stopped = async (universe: Universe): Promise<OperationError> => {
    const result = await run(universe);
    expect(result).toBeInstanceOf(OperationError);
    return result as OperationError;
  };

  test("all data lost while the record holds keys: it never initialises over it", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    for (const server of universe.servers) Object.assign(server, emptyServer());

    const { code, message } = await stopped(universe);
    expect(code).toBe("data-lost");
    expect(message).toContain(`for which version ${universe.versions.length} of the record has the keys`);
    expect(universe.answers.length).toBe(1);
    expect(recordedKeys(universe.record, "unseal").length).toBe(5);
  });

  test("the data of two of three replicas are lost: it waits, and names the record's version and the way back", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    universe.now += 20_000;
    const [first] = universe.servers;
    Object.assign(first ?? {}, { sealed: true, readyAt: undefined });
    universe.servers.splice(1, 2, emptyServer(), emptyServer());

    const { code, message } = await stopped(universe);
    expect(code).toBe("timeout");
    expect(message).toContain(
      `no replica is active, because main-1, main-2 lost the data and raft its majority; version ${universe.versions.length} of the record has the keys`,
    );
    expect(universe.answers.length).toBe(1);
    expect(universe.servers.map(({ data }) => data)).toEqual([0, undefined, undefined]);
  });

  test.each([1, 2])(
    "all data lost and the newest %i versions of the record deleted: it never initialises over it",
    async (count) => {
      const universe = new Universe(INSTANCE);
      await run(universe);
      for (const version of universe.versions.slice(-count)) version.deleted = true;
      for (const server of universe.servers) Object.assign(server, emptyServer());
      const versions = universe.versions.length;

      const { code, message } = await stopped(universe);
      expect(code).toBe("record-deleted");
      expect(message).toContain(`undelete version ${versions}`);
      expect(universe.answers.length).toBe(1);
      expect(universe.versions).toHaveLength(versions);
    },
  );

  test("the record holds only some keys of another initialisation: it never initialises over them", async () => {
    const universe = new Universe(INSTANCE);
    universe.versions.push({ fields: { "root-token": "t", "unseal-key-1": "k" }, at: 0, deleted: false });

    expect((await stopped(universe)).code).toBe("data-lost");
    expect(universe.answers).toEqual([]);
    expect(universe.record).toMatchObject({ "root-token": "t", "unseal-key-1": "k" });
  });

  test("initialised by somebody else", async () => {
    const universe = new Universe(INSTANCE);
    const server = universe.servers[0];
    if (server !== undefined) server.data = 0;

    expect((await stopped(universe)).code).toBe("initialized-elsewhere");
    expect(universe.versions).toEqual([]);
  });

  test("the record is deleted", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    const newest = universe.versions.at(-1);
    if (newest !== undefined) newest.deleted = true;

    expect((await stopped(universe)).message).toMatch(/undelete version 4/);
  });

  test("too few keys in the record", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    universe.versions.splice(0, Infinity, { fields: { "unseal-key-0": "key-0-0" }, at: 0, deleted: false });

    expect((await stopped(universe)).message).toMatch(/wants 3, the record holds 1/);
  });

  test("H7: too few keys in the record, since somebody replaced it: the version that has them is named", async () => {
    for (const fields of [{ "unseal-key-0": "key-0-0" }, { note: "theirs" }]) {
      const universe = new Universe(INSTANCE);
      await run(universe);
      const kept = universe.versions.length;
      universe.versions.push({ fields, at: 0, deleted: false });

      const { code, message } = await stopped(universe);
      expect(code).toBe("keys-overwritten");
      expect(message).toContain(`vault kv rollback -version=${kept} customers/customer10/main`);
      expect(message).not.toMatch(/wipe/);
    }
  });

  test("H11: any keys that reach the threshold unseal: one is missing, and one is empty", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    const { "unseal-key-0": _missing, ...fields } = universe.record;
    universe.versions.push({ fields: { ...fields, "unseal-key-2": "" }, at: 0, deleted: false });
    for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });

    expect(await run(universe)).toMatchObject({ unsealed: ["main-0", "main-1", "main-2"] });
  });

  test.each([
    ["one is missing and one is damaged", [1], 2],
    ["one is missing and the last one is damaged", [1], 4],
    ["two are damaged", [], 2],
  ])("H11: any keys that reach the threshold unseal: %s", async (_, missing, damaged) => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    const keys = split(randomBytes(32), 5, 3);
    universe.answers.splice(0, 1, { ...NO_ANSWER, keys: secretsOf(keys) });
    const bad = missing.length === 0 ? [1, damaged] : [damaged];
    const given = keys
      .map((key, index) => [`unseal-key-${index}`, bad.includes(index) ? damage(key) : key] as const)
      .filter((_key, index) => !missing.includes(index));
    const fields = { ...universe.record, "unseal-key-1": "", ...Object.fromEntries(given) };
    universe.versions.push({ fields, at: 0, deleted: false });
    for (const server of universe.servers) Object.assign(server, { sealed: true, received: 0, readyAt: undefined });

    expect(await run(universe)).toMatchObject({ unsealed: ["main-0", "main-1", "main-2"] });
  });

  test("H11: a replica that refuses every group of the keys ends the run", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    const fields = Object.fromEntries(
      split(randomBytes(32), 4, 3).map((key, index) => [`unseal-key-${index}`, index === 0 ? damage(key) : key]),
    );
    universe.versions.push({ fields, at: 0, deleted: false });
    for (const server of universe.servers) Object.assign(server, { sealed: true, received: 0, readyAt: undefined });

    expect((await stopped(universe)).code).toBe("keys-refused");
    expect(universe.servers[0]?.received).toBe(15);
  });

  test("H9: an instance whose description is refused is unsealed first, and then the run fails", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    Reflect.deleteProperty(universe.metadata, "replica-0");
    for (const server of universe.servers) Object.assign(server, { sealed: true, received: 0, readyAt: undefined });
    const context = universe.start();
    const refused = new CentralError("refused", "too many keys", 400);
    const store = { ...context.store, patchMetadata: () => Promise.reject(refused) };

    await expect(unsealInstance({ ...context, store })).rejects.toBe(refused);
    expect(universe.servers.map(({ sealed }) => sealed)).toEqual([false, false, false]);
    expect(universe.events.map(({ message }) => message)).toContain("the instance cannot be described yet");
  });

  test("keys of another instance", async () => {
    const universe = new Universe(INSTANCE);
    await run(universe);
    universe.versions.push({
      fields: { "unseal-key-0": "a", "unseal-key-1": "b", "unseal-key-2": "c" },
      at: 0,
      deleted: false,
    });
    for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });

    expect((await stopped(universe)).code).toBe("keys-refused");
  });
});

describe("a run that is cut short", () => {
  test("H5: says what became of an initialisation whose answer was lost, also if time is up or the user interrupts", async () => {
    for (const limit of ["deadline", "signal"] as const) {
      const universe = new Universe(INSTANCE);
      const context = universe.start();
      const interruption = new AbortController();
      const lost: OperationContext = {
        ...context,
        signal: interruption.signal,
        replica: (replica) => ({
          ...context.replica(replica),
          initialize: async (...args) => {
            await context.replica(replica).initialize(...args);
            if (limit === "signal") interruption.abort();
            else universe.now += 600_001;
            throw new ReplicaError("unreachable", "connection reset");
          },
        }),
      };
      await expect(unsealInstance(lost)).rejects.toMatchObject({ code: "answer-lost" });
    }
  });

  test("H5: asks the central Vault patiently what became of it, because the interruption ends all other requests", async () => {
    const universe = new Universe(INSTANCE);
    const context = universe.start();
    const interruption = new AbortController();
    const unlessInterrupted = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
      interruption.signal.aborted ? Promise.reject(new CentralError("unreachable", "the request was cut off")) : ask();
    const lost: OperationContext = {
      ...context,
      signal: interruption.signal,
      store: {
        ...context.store,
        read: () => unlessInterrupted(() => context.store.read()),
        versionWithKeys: (...args) => unlessInterrupted(() => context.store.versionWithKeys(...args)),
      },
      replica: (replica) => ({
        ...context.replica(replica),
        initialize: async (...args) => {
          await context.replica(replica).initialize(...args);
          interruption.abort();
          throw new ReplicaError("unreachable", "connection reset");
        },
      }),
    };
    await expect(unsealInstance(lost)).rejects.toMatchObject({ code: "answer-lost" });
  });

  test("H4: goes on without its journal if the folder turns read-only after the initialisation", async () => {
    const universe = new Universe(INSTANCE);
    const context = universe.start();
    const readOnly = (): never => {
      throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
    };
    const report = await unsealInstance({
      ...context,
      journal: { ...context.journal, keep: readOnly, forget: readOnly },
    });
    expect(report.initialized).toBe(true);
    expectComplete(universe);
  });

  test("H5: names an initialisation whose answer was lost, if the server is gone as well", async () => {
    const universe = new Universe(INSTANCE);
    const context = universe.start();
    let asked = false;
    const gone = { state: "unreachable", reason: "ECONNREFUSED" } as const;
    const lost: OperationContext = {
      ...context,
      replica: (replica) => ({
        ...context.replica(replica),
        status: () => (asked ? Promise.resolve(gone) : context.replica(replica).status()),
        initialize: () => {
          asked = true;
          universe.now += 600_001;
          return Promise.reject(new ReplicaError("unreachable", "connection reset"));
        },
      }),
    };
    await expect(unsealInstance(lost)).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringMatching(
        /^main-0 of customer10\/main was asked to initialise, and its answer with the keys did not arrive .*; run this again/,
      ) as string,
    });
  });

  test("loses nothing when the central Vault fails after the initialisation", async () => {
    for (let effect = 0; effect < 12; effect++) {
      const universe = new Universe(INSTANCE);
      await run(universe, [
        { effect, fault: "cut-before" },
        { effect: effect + 1, fault: "cut-before" },
      ]);
      await runAgain(universe);
      expectComplete(universe);
    }
  });

  test("does not end before the keys are on the disk, whatever the record says", async () => {
    const universe: Universe = new Universe(INSTANCE, () => {
      const others = universe.versions.some(({ fields }) => fields["root-token"] === "of others");
      if (universe.answers.length === 1 && !others) {
        universe.versions.push({ fields: { "root-token": "of others" }, at: 0, deleted: false });
      }
      return Promise.resolve();
    });
    const keep = 7;

    const result = await run(universe, [{ effect: keep, fault: "cut-before" }]);

    expect((result as OperationError).code).toBe("escrow-contradiction");
    expect([...universe.disk.values()].map(({ answer }) => answer)).toEqual(universe.answers);
  });

  test("H6: is taken over at once where its journal shows that it is dead, else after its lease", async () => {
    const here = new Universe(INSTANCE);
    expect(await run(here, [{ effect: 4, fault: "crash-before" }])).toBeInstanceOf(Crash);
    await run(here);
    expect(here.now).toBeLessThan(ANNOUNCEMENT_LEASE * 1000);

    const elsewhere = new Universe(INSTANCE);
    await run(elsewhere, [{ effect: 4, fault: "crash-before" }]);
    elsewhere.disk.clear();
    await run(elsewhere);
    expect(elsewhere.now).toBeGreaterThanOrEqual(UNSENT_LEASE * 1000);
    expect(elsewhere.now).toBeLessThan((UNSENT_LEASE + 5) * 1000);
    expectComplete(elsewhere);

    const sending = new Universe(INSTANCE);
    await run(sending, [{ effect: 6, fault: "crash-before" }]);
    expect(isUnsent(sending.record)).toBe(false);
    sending.disk.clear();
    await run(sending);
    expect(sending.now).toBeGreaterThanOrEqual(ANNOUNCEMENT_LEASE * 1000);
    expectComplete(sending);
  });
});

describe("several runs at once", () => {
  test(
    "initialise exactly once, and all of them end well, in whatever order they come",
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 3 }), async (scheduler, count) => {
          const universe = new Universe(INSTANCE, () => scheduler.schedule(Promise.resolve()));

          const results = await scheduler.waitFor(Promise.all(Array.from({ length: count }, () => run(universe))));

          expect(results.filter((result) => result instanceof Error)).toEqual([]);
          expect(universe.answers.length).toBe(1);
          expectComplete(universe);
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe("after scaling down", () => {
  const four = [0, 1, 2, 3, 4].map((index) => ({ name: `main-${index}`, address: `https://main-${index}:8200` }));
  const kubernetes = {
    namespace: "n",
    statefulSet: "main",
    kubeconfig: { mount: "clusters", path: "p" },
    certificate: { secretName: "tls", names: ["localhost"] },
  };

  async function scaledDown(): Promise<Universe> {
    const universe = new Universe({ ...INSTANCE, replicas: four, kubernetes });
    await run(universe);
    universe.now += 60_000;
    for (const gone of universe.servers.slice(3)) Object.assign(gone, { sealed: true, readyAt: undefined });
    return universe;
  }

  const few: Instance = { ...INSTANCE, kubernetes };

  test("members that are gone are removed from raft, once all that stay have a vote", async () => {
    const universe = await scaledDown();
    universe.members.set("main-2", universe.now + 5_000);
    const removed: number[] = [];
    const context = universe.start();
    const report = await unsealInstance({
      ...context,
      instance: few,
      pods: undefined,
      replica: (replica) => ({
        ...context.replica(replica),
        removePeer: async (token, id) => {
          removed.push(universe.now);
          await context.replica(replica).removePeer(token, id);
        },
      }),
    });

    expect(report.raftPeers).toBe(3);
    expect([...universe.members.keys()]).toEqual(["main-0", "main-1", "main-2"]);
    expect(Math.min(...removed)).toBeGreaterThanOrEqual(universe.members.get("main-2") ?? Infinity);
  });

  test("a member whose pod is there to stay is none that is gone: the description is old", async () => {
    const universe = await scaledDown();
    await expect(unsealInstance({ ...universe.start(), instance: few })).rejects.toThrow(
      /The pod main-3 of customer10\/main runs and is not a described replica; deploy the stack customer10-vault/,
    );
    expect(universe.members.size).toBe(5);
  });

  test("up, replicas that do not come are described all the same", async () => {
    const universe = new Universe({ ...INSTANCE, replicas: four, kubernetes });
    await unsealInstance({ ...universe.start(), instance: few });
    Object.assign(universe.servers[3] ?? {}, { pod: { endsAt: 0, answersAt: Infinity } });
    const late = await unsealInstance(universe.start()).catch(String);
    expect(late).toMatch(/did not come up in time/);
    expect(JSON.stringify(universe.metadata)).toContain("main-4");
  });

  test("a member whose name is none of the StatefulSet's is somebody's", async () => {
    const universe = await scaledDown();
    universe.members.set("other-7", Infinity);
    await expect(unsealInstance({ ...universe.start(), instance: few })).rejects.toThrow(/counts 6 peers/);
    expect(universe.members.size).toBe(6);
  });
});
