import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { FaultyProxy } from "./support/proxy";
import { TestBed } from "./support/test-bed";
import { all } from "../support/all";
import { damage } from "../support/shamir";

const RECORD_FIELDS = [
  "description-digest",
  "root-token",
  "unseal-key-0",
  "unseal-key-1",
  "unseal-key-2",
  "unseal-key-3",
  "unseal-key-4",
];
/** Kills that are spread over a whole run. */
const ROUNDS = 8;
const LOST = /is initialised, but its keys are neither in /;

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start();
});
afterAll(() => bed.stop());

async function states(servers: readonly VaultServer[]): Promise<string[]> {
  return Promise.all(servers.map(async (server) => (await new ReplicaApi(server.client()).status()).state));
}

/** Puts a proxy before the first replica that keeps answers back. */
async function behindProxy(instance: Instance): Promise<{ proxied: Instance; proxy: FaultyProxy }> {
  const [first, ...others] = instance.replicas;
  if (first === undefined) throw new Error("no replica");
  const proxy = await FaultyProxy.start(first.address);
  proxy.hold();
  return { proxy, proxied: { ...instance, replicas: [{ ...first, address: proxy.address }, ...others] } };
}

/** Lets answers go up to that of the initialisation, which is still kept back: it is done and nobody was told. */
async function waitForLostAnswer(proxy: FaultyProxy, servers: readonly VaultServer[]): Promise<void> {
  await waitUntil("a replica is initialised", async () => {
    // Those that came before the replica was asked; it knew of no initialisation then.
    const before = proxy.held;
    if (!(await states(servers)).includes("uninitialized")) return true;
    proxy.release(before);
    return false;
  });
}

/** The record holds every key, the instance is unsealed, and nothing waits in a journal. */
async function expectFinished(name: string, servers: readonly VaultServer[]): Promise<void> {
  expect(await states(servers)).toEqual(servers.map(() => "unsealed"));
  expect(Object.keys(await bed.central.readRecord("customer10", name)).sort()).toEqual(RECORD_FIELDS);
  expect(bed.journals(name)).toEqual([]);
}

describe("from empty servers", () => {
  test("to initialised, escrowed, joined and unsealed, with the hook's policy alone", async () => {
    const { instance, servers } = await bed.startInstance("fresh", 3);

    const { stdout, stderr } = await bed.unseal(instance);

    expect(stdout).toMatch(
      /^customer10\/fresh: 3 of 3 replicas unsealed, active at https:\/\/127\.0\.0\.1:\d+, 3 raft peers\n$/,
    );
    await expectFinished("fresh", servers);
    const record = await bed.central.readRecord("customer10", "fresh");
    for (const secret of all(Object.values(record))) expect(stdout + stderr).not.toContain(secret);

    const again = await bed.run(["unseal", "customer10/fresh"], bed.environment());
    expect(again).toMatchObject({ code: 0, failure: "" });
    expect(again.stdout.split("\n").length).toBe(2);
  });

  test("the record's metadata describe the instance and hold no secret", async () => {
    const { instance } = await bed.startInstance("described", 1);
    await bed.unseal(instance);

    const { body } = await bed.central.client.send("GET", "customers/metadata/customer10/described");
    const { custom_metadata } = body.data as { custom_metadata: Record<string, string> };
    expect(custom_metadata).toMatchObject({
      product: instance.product,
      "secret-shares": "5",
      "secret-threshold": "3",
      "replica-0": `described-0 ${instance.replicas[0]?.address}`,
    });
    const record = await bed.central.readRecord("customer10", "described");
    for (const secret of all(Object.values(record))) expect(JSON.stringify(custom_metadata)).not.toContain(secret);
  });

  test("by two runs at once: one initialises, both end well", async () => {
    const { instance, servers } = await bed.startInstance("twice", 3);
    const args = ["unseal", "customer10/twice"];

    const results = await Promise.all([
      bed.begin(args, bed.environment(instance)).ended,
      bed.begin(args, bed.environment(instance)).ended,
    ]);

    expect(results.map(({ code, failure }) => [code, failure])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(results.filter(({ stderr }) => /: initialised; .* type=unseal/.test(stderr))).toHaveLength(1);
    expect(await states(servers)).toEqual(["unsealed", "unsealed", "unsealed"]);
  });
});

test.each([
  ["one key is missing and one is damaged", "missing-key", ["unseal-key-0"], ["unseal-key-1"]],
  ["two keys are damaged", "damaged-keys", [], ["unseal-key-0", "unseal-key-2"]],
])("H11: three good keys unseal a server, though of five %s", async (_what, name, missing, damaged) => {
  const { instance, servers } = await bed.startInstance(name, 1);
  await bed.unseal(instance);
  const record = await bed.central.readRecord("customer10", name);
  const fields = Object.entries(record)
    .filter(([field]) => !missing.includes(field))
    .map(([field, value]) => [field, damaged.includes(field) ? damage(value) : value]);
  const body = { data: Object.fromEntries(fields) };
  await bed.central.client.send("POST", `customers/data/customer10/${name}`, { body });
  await servers[0]?.stop("SIGKILL");
  await servers[0]?.start();

  await bed.unseal(instance);
  expect(await states(servers)).toEqual(["unsealed"]);

  // The ceremonies find them, too, and a rotation makes five good ones.
  const target = `customer10/${name}`;
  for (const args of [
    ["root-token", "generate", target, "--print"],
    ["rotate-keys", target],
    ["escrow", "verify", target],
  ])
    expect(await bed.run(args, bed.environment())).toMatchObject({ code: 0, failure: "" });
});

describe("a replica", () => {
  let instance: Instance;
  let servers: VaultServer[];
  beforeAll(async () => {
    ({ instance, servers } = await bed.startInstance("replica", 3));
    await bed.unseal(instance);
  });

  test("that crashed and came back is unsealed by hand, from what the central Vault knows", async () => {
    await servers[1]?.stop("SIGKILL");
    await servers[1]?.start();
    expect(await states(servers)).toEqual(["unsealed", "sealed", "unsealed"]);

    expect(await bed.run(["unseal", "customer10/replica"], bed.environment())).toMatchObject({ code: 0 });
    expect(await states(servers)).toEqual(["unsealed", "unsealed", "unsealed"]);
  });

  test("all at once, too, and the tool says which is not answering when one stays away", async () => {
    await Promise.all(servers.map((server) => server.stop("SIGKILL")));
    await Promise.all([servers[0]?.start(), servers[1]?.start()]);

    const { code, failure } = await bed.run(["unseal", "customer10/replica", "--timeout", "3"], bed.environment());

    expect(code).toBe(1);
    expect(failure).toMatch(
      /^tenant-vault: \[timeout\] customer10\/replica did not come up in time \(last: no answer from replica-2 \(https:.*ECONNREFUSED.*\); fix that and run this again\.\n$/,
    );
    expect((await states(servers)).slice(0, 2)).toEqual(["unsealed", "unsealed"]);

    await servers[2]?.start();
    expect(await bed.run(["unseal", "customer10/replica"], bed.environment())).toMatchObject({ code: 0 });
  });

  test("somebody else's wrong key does not keep it sealed", async () => {
    await servers[2]?.stop("SIGKILL");
    await servers[2]?.start();
    await servers[2]?.client().send("PUT", "sys/unseal", { body: { key: Buffer.alloc(33, 7).toString("base64") } });

    expect(await bed.run(["unseal", "customer10/replica"], bed.environment())).toMatchObject({ code: 0 });
  });

  test("is shown by status, with exit code 2 when it is sealed", async () => {
    const healthy = await bed.run(["status", "customer10/replica"], bed.environment());
    expect(healthy.code).toBe(0);
    expect(healthy.stdout).toMatch(
      /^customer10\/replica {2}healthy {2}\((openbao|vault)\)\n {2}record: complete, 5 unseal keys, root token\n/,
    );
    expect(healthy.stdout).toMatch(/\(active, (1 audit device, )?certificate expires in \d+ days\)/);

    await servers[0]?.stop("SIGKILL");
    await servers[0]?.start();
    const sealed = await bed.run(["status", "customer10/replica", "--json"], bed.environment());
    expect(sealed.code).toBe(2);
    expect(JSON.parse(sealed.stdout)).toMatchObject([
      { instance: "customer10/replica", healthy: false, replicas: [{ state: "sealed" }, {}, {}] },
    ]);

    const metrics = await bed.run(["status", "customer10/replica", "--prometheus"], bed.environment());
    expect(metrics.code).toBe(2);
    expect(metrics.stdout).toMatch(
      /^tenant_vault_instance_healthy\{tenant="customer10",vault_instance="replica"\} 0$/m,
    );
    expect(metrics.stdout.match(/^tenant_vault_replica_unsealed.*$/gm)?.map((line) => line.slice(-1))).toEqual([
      "0",
      "1",
      "1",
    ]);

    const every = await bed.run(["status", "customer10"], bed.environment());
    expect(every.stdout).toMatch(/customer10\/fresh {2}healthy/);
    expect(every.stdout).toMatch(/customer10\/replica {2}NOT HEALTHY/);
    const record = await bed.central.readRecord("customer10", "replica");
    for (const secret of all(Object.values(record))) expect(every.stdout).not.toContain(secret);
  });
});

describe("when the network fails between the initialisation and the escrow", () => {
  test("the keys wait in the encrypted journal, and the next run brings them to the central Vault", async () => {
    const { instance, servers } = await bed.startInstance("journaled", 1);
    const { proxied, proxy } = await behindProxy(instance);
    const central = await FaultyProxy.start(bed.central.server.address);
    const centralAddress = central.address;
    const environment = { ...bed.environment(proxied), VAULT_ADDR: centralAddress };

    const run = bed.begin(["unseal", "customer10/journaled", "--timeout", "5"], environment);
    await waitForLostAnswer(proxy, servers);
    central.stop();
    proxy.release();
    const { code, failure } = await run.ended;

    expect(code).toBe(1);
    expect(failure).toMatch(
      /^tenant-vault: \[escrow-unconfirmed\] The keys of customer10\/journaled could not be written to the central Vault .* they are encrypted in .*: keep that file and run this again on this machine/,
    );
    expect(bed.journals("journaled")).toHaveLength(1);
    expect(Object.keys(await bed.central.readRecord("customer10", "journaled")).sort()).toEqual([
      "description-digest",
      "journal-key",
    ]);

    const again = await FaultyProxy.start(bed.central.server.address, Number(new URL(centralAddress).port));
    const { stderr } = await bed.run(["unseal", "customer10/journaled"], environment);
    expect(stderr).toMatch(/wrote the keys of an interrupted initialisation to the central Vault/);
    await expectFinished("journaled", servers);
    again.stop();
    proxy.stop();
  });

  test("an answer that never came is named, with the way out, and nothing is initialised over it", async () => {
    const { instance, servers } = await bed.startInstance("lost", 1);
    const { proxied, proxy } = await behindProxy(instance);

    const run = bed.begin(["unseal", "customer10/lost"], bed.environment(proxied));
    await waitForLostAnswer(proxy, servers);
    proxy.cut();
    proxy.release();
    const { code, failure } = await run.ended;

    expect(code).toBe(1);
    expect(failure).toMatch(
      /^tenant-vault: \[answer-lost\] customer10\/lost is initialised, but its keys are neither in customers\/customer10\/lost nor in a journal on this machine; .* wipe its storage and run this again\.\n$/,
    );
    expect(await states(servers)).toEqual(["sealed"]);
    proxy.stop();
  });
});

describe("a run that is killed", () => {
  test("once its journal holds the answer loses nothing", async () => {
    const { instance, servers } = await bed.startInstance("kept", 1);
    const { proxied, proxy } = await behindProxy(instance);
    const central = await FaultyProxy.start(bed.central.server.address);
    const environment = { ...bed.environment(proxied), VAULT_ADDR: central.address };

    const run = bed.begin(["unseal", "customer10/kept"], environment);
    await waitForLostAnswer(proxy, servers);
    // The answer gets into the journal and no further.
    central.hold();
    proxy.release();
    await waitUntil("the journal holds the answer", () =>
      Promise.resolve(bed.journals("kept").some((journal) => journal.includes('"ciphertext"'))),
    );
    run.kill("SIGKILL");
    await run.ended;
    central.release();
    expect(Object.keys(await bed.central.readRecord("customer10", "kept")).sort()).toEqual([
      "description-digest",
      "journal-key",
    ]);

    expect(await bed.run(["unseal", "customer10/kept"], environment)).toMatchObject({ code: 0, failure: "" });
    await expectFinished("kept", servers);
    central.stop();
    proxy.stop();
  });

  test("before the answer came is named, with nothing initialised over it", async () => {
    const { instance, servers } = await bed.startInstance("unheard", 1);
    const { proxied, proxy } = await behindProxy(instance);

    const run = bed.begin(["unseal", "customer10/unheard"], bed.environment(proxied));
    await waitForLostAnswer(proxy, servers);
    run.kill("SIGKILL");
    await run.ended;
    proxy.stop();

    const { code, failure } = await bed.run(["unseal", "customer10/unheard"], bed.environment(instance));
    expect(code).toBe(1);
    expect(failure).toMatch(LOST);
    expect(await states(servers)).toEqual(["sealed"]);
  });

  test("at any other moment leaves what the next run finishes, or names what was lost", async () => {
    const { instance: whole } = await bed.startInstance("whole", 1);
    const begun = Date.now();
    await bed.unseal(whole);
    const duration = Date.now() - begun;

    const seen = { finished: 0, interrupted: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const name = `killed${round}`;
      const { instance, servers } = await bed.startInstance(name, 1);
      const run = bed.begin(["unseal", `customer10/${name}`], bed.environment(instance));
      await sleep((duration * (round + 1)) / (ROUNDS + 1));
      run.kill("SIGKILL");
      if ((await run.ended).code !== 0) seen.interrupted++;

      const { code, failure } = await bed.run(
        ["unseal", `customer10/${name}`, "--timeout", "60"],
        bed.environment(instance),
      );
      if (code === 0) {
        await expectFinished(name, servers);
        seen.finished++;
      } else expect(failure).toMatch(LOST);
      await Promise.all(servers.map((server) => server.stop("SIGKILL")));
    }
    expect(seen.interrupted).toBeGreaterThan(0);
    expect(seen.finished).toBeGreaterThan(0);
  });
});
