import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Instance } from "../../src/unseal/instance";
import { Server } from "../../src/unseal/server";
import { FaultyProxy } from "./support/proxy";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start();
});
afterAll(() => bed.stop());

async function states(servers: readonly VaultServer[]): Promise<string[]> {
  return Promise.all(servers.map(async (server) => (await new Server(server.client()).status()).state));
}

/** Looks past the proxy. */
async function waitUntilInitialized(servers: readonly VaultServer[]): Promise<void> {
  while ((await states(servers)).includes("uninitialized")) await sleep(5);
}

/** Puts a proxy before the first replica whose answers are late: what it has done is seen before it has said so. */
async function behindProxy(instance: Instance): Promise<{ proxied: Instance; proxy: FaultyProxy }> {
  const [first, ...others] = instance.replicas;
  if (first === undefined) throw new Error("no replica");
  const proxy = await FaultyProxy.start(first.address);
  proxy.delay = 400;
  return { proxy, proxied: { ...instance, replicas: [{ ...first, address: proxy.address }, ...others] } };
}

describe("from empty servers", () => {
  test("to initialised, escrowed, joined and unsealed, with the hook's policy alone", async () => {
    const { instance, servers } = await bed.startInstance("fresh", 3);

    const { stdout } = await bed.unseal(instance);

    expect(stdout).toMatch(
      /customer10\/fresh: 3 of 3 replicas unsealed, active at https:\/\/127\.0\.0\.1:\d+, 3 raft peers\n$/,
    );
    expect(await states(servers)).toEqual(["unsealed", "unsealed", "unsealed"]);
    const record = await bed.central.readRecord("customer10", "fresh");
    expect(Object.keys(record).sort()).toEqual([
      "root-token",
      "unseal-key-0",
      "unseal-key-1",
      "unseal-key-2",
      "unseal-key-3",
      "unseal-key-4",
    ]);
    for (const secret of Object.values(record)) expect(stdout).not.toContain(secret);
    expect(bed.journals()).toEqual([]);

    const again = await bed.run(["unseal", "customer10/fresh"], bed.environment());
    expect(again).toMatchObject({ code: 0, stderr: "" });
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
    for (const secret of Object.values(record)) expect(JSON.stringify(custom_metadata)).not.toContain(secret);
  });

  test("by two runs at once: one initialises, both end well", async () => {
    const { instance, servers } = await bed.startInstance("twice", 3);
    const args = ["unseal", "customer10/twice"];

    const results = await Promise.all([
      bed.run(args, bed.environment(instance)),
      bed.run(args, bed.environment(instance)),
    ]);

    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(results.filter(({ stdout }) => /: initialised \S+ with 5 keys/.test(stdout))).toHaveLength(1);
    expect(await states(servers)).toEqual(["unsealed", "unsealed", "unsealed"]);
  });
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

    const { code, stderr } = await bed.run(["unseal", "customer10/replica", "--timeout", "3"], bed.environment());

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^tenant-vault: customer10\/replica did not come up in time \(last: no answer from replica-2 \(https:.*ECONNREFUSED.*\); mend that and run this again\.\n$/,
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
    expect(healthy.stdout).toMatch(/\(active\)/);

    await servers[0]?.stop("SIGKILL");
    await servers[0]?.start();
    const sealed = await bed.run(["status", "customer10/replica", "--json"], bed.environment());
    expect(sealed.code).toBe(2);
    expect(JSON.parse(sealed.stdout)).toMatchObject([
      { instance: "customer10/replica", healthy: false, replicas: [{ state: "sealed" }, {}, {}] },
    ]);

    const all = await bed.run(["status"], bed.environment());
    expect(all.stdout).toMatch(/customer10\/fresh {2}healthy/);
    expect(all.stdout).toMatch(/customer10\/replica {2}NOT HEALTHY/);
    const record = await bed.central.readRecord("customer10", "replica");
    for (const secret of Object.values(record)) expect(all.stdout).not.toContain(secret);
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
    await waitUntilInitialized(servers);
    central.stop();
    const { code, stderr } = await run.ended;

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^tenant-vault: The keys of customer10\/journaled could not be written to the central Vault .* they are encrypted in .*: keep that file and run this again on this machine/,
    );
    expect(bed.journals()).toHaveLength(1);
    expect(Object.keys(await bed.central.readRecord("customer10", "journaled"))).toEqual(["journal-key"]);

    const again = await FaultyProxy.start(bed.central.server.address, Number(new URL(centralAddress).port));
    const { stdout } = await bed.run(["unseal", "customer10/journaled"], environment);
    expect(stdout).toMatch(/wrote the keys of an interrupted initialisation to the central Vault/);
    expect(await states(servers)).toEqual(["unsealed"]);
    expect(bed.journals()).toEqual([]);
    again.stop();
    proxy.stop();
  });

  test("an answer that never came is named, with the way out, and nothing is initialised over it", async () => {
    const { instance, servers } = await bed.startInstance("lost", 1);
    const { proxied, proxy } = await behindProxy(instance);

    const run = bed.begin(["unseal", "customer10/lost"], bed.environment(proxied));
    await waitUntilInitialized(servers);
    proxy.cut();
    const { code, stderr } = await run.ended;

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^tenant-vault: customer10\/lost is initialised, but its keys are neither in customers\/customer10\/lost nor in a journal on this machine; .* wipe its storage and run this again\.\n$/,
    );
    expect(await states(servers)).toEqual(["sealed"]);
    proxy.stop();
  });
});

describe("a run that is killed", () => {
  test("at any moment leaves what the next run finishes, or names what was lost", async () => {
    const outcomes: string[] = [];
    for (let round = 0; round < 8; round++) {
      const name = `killed${round}`;
      const { instance, servers } = await bed.startInstance(name, 1);
      const run = bed.begin(["unseal", `customer10/${name}`], bed.environment(instance));
      await sleep(250 + 40 * round);
      run.kill("SIGKILL");
      await run.ended;

      const { code, stderr } = await bed.run(
        ["unseal", `customer10/${name}`, "--timeout", "60"],
        bed.environment(instance),
      );
      if (code === 0) expect(await states(servers)).toEqual(["unsealed"]);
      else expect(stderr).toMatch(/is initialised, but its keys are neither in /);
      outcomes.push(code === 0 ? "finished" : "named");
      await Promise.all(servers.map((server) => server.stop("SIGKILL")));
    }
    expect(outcomes).toContain("finished");
  });
});
