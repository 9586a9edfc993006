import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { all } from "../support/all";
import { staticSeal } from "./support/seals";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
beforeAll(async () => {
  bed = await TestBed.start();
});
afterAll(() => bed.stop());

async function states(servers: readonly VaultServer[]): Promise<string[]> {
  return Promise.all(servers.map(async (server) => (await new ReplicaApi(server.client()).status()).state));
}

/** Kills every server, and lets the command unseal them from what the central Vault has. */
async function expectUnsealable(name: string, servers: readonly VaultServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop("SIGKILL")));
  await Promise.all(servers.map((server) => server.start()));
  const { code, failure } = await bed.run(["unseal", `customer10/${name}`], bed.environment());
  expect([code, failure]).toEqual([0, ""]);
  expect(await states(servers)).toEqual(servers.map(() => "unsealed"));
}

function keysOf(record: Record<string, string>, type = "unseal"): string[] {
  return Object.keys(record)
    .filter((name) => name.startsWith(`${type}-key-`))
    .sort()
    .map((name) => record[name] ?? "");
}

describe("three replicas", () => {
  let instance: Instance;
  let servers: VaultServer[];
  beforeAll(async () => {
    ({ instance, servers } = await bed.startInstance("rotated", 3));
    await bed.unseal(instance);
  });

  test("C4: get the number and threshold of keys that the description asks for; the hook finds nothing to do then", async () => {
    const wanted = { ...instance, secretShares: 7, secretThreshold: 4 };
    const hook = await bed.unseal(wanted);
    expect(hook.stderr).toContain("the servers have 5 keys with threshold 3");
    const before = await bed.central.readRecord("customer10", "rotated");

    const { code, stdout, stderr, failure } = await bed.run(["rotate-keys", "customer10/rotated"], bed.environment());
    expect([code, failure]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^customer10\/rotated: rotated to 7 unseal keys with threshold 4; version \d+ of its record/,
    );
    const record = await bed.central.readRecord("customer10", "rotated");
    expect(keysOf(record)).toHaveLength(7);
    expect(keysOf(record).filter((key) => keysOf(before).includes(key))).toEqual([]);
    for (const secret of all([...Object.values(record), ...keysOf(before)]))
      expect(stdout + stderr).not.toContain(secret);
    expect(stderr).toMatch(/restart these replicas, one at a time: .* replicas=rotated-\d,rotated-\d\n/);

    const again = await bed.unseal(wanted);
    expect(again.stderr).not.toContain("warning");
    await expectUnsealable("rotated", servers);
    const seen = await Promise.all(servers.map((server) => new ReplicaApi(server.client()).status()));
    expect(seen).toMatchObject(servers.map(() => ({ shares: 7, threshold: 4 })));
  });

  test("encrypt new data with a new key", async () => {
    const { code, stdout, failure } = await bed.run(["rotate-barrier", "customer10/rotated"], bed.environment());
    expect([code, failure, stdout]).toEqual([0, "", "customer10/rotated: new data are encrypted with key 2\n"]);
    await expectUnsealable("rotated", servers);
  });

  test("get keys by options, and say what the file must say then", async () => {
    const args = ["rotate-keys", "customer10/rotated", "--shares", "3", "--threshold", "2"];
    const { code, failure, stderr } = await bed.run(args, bed.environment());
    expect([code, failure]).toEqual([0, ""]);
    expect(stderr).toContain("the servers have 3 keys with threshold 2");
    expect(keysOf(await bed.central.readRecord("customer10", "rotated"))).toHaveLength(3);
    await expectUnsealable("rotated", servers);
  });
});

describe("a replica that is away during rotations", () => {
  let others: VaultServer[];
  let away: VaultServer;
  beforeAll(async () => {
    const { instance, servers } = await bed.startInstance("away", 3);
    await bed.unseal(instance);
    const [first, second, third] = servers as [VaultServer, VaultServer, VaultServer];
    [others, away] = [[first, second], third];
  });

  const run = (command: string, ...options: string[]) =>
    bed.run([command, "customer10/away", ...options], bed.environment());
  const expectOpen = async () => {
    const { code, failure } = await run("unseal");
    expect([code, failure, ...(await states([...others, away]))]).toEqual([0, "", "unsealed", "unsealed", "unsealed"]);
  };

  test("opens with the former keys, whatever number they are, and is told of", async () => {
    await away.stop("SIGKILL");
    expect(await run("rotate-keys", "--shares", "7", "--threshold", "6")).toMatchObject({ code: 0, failure: "" });
    const { code, stderr, failure } = await run("rotate-keys", "--shares", "3", "--threshold", "2");
    expect([code, failure]).toEqual([0, ""]);
    expect(stderr).toMatch(/away during the rotation, and open with the former keys .* replicas=away-2 version=\d+\n/);
    // None of the others tells then how many keys are right.
    await Promise.all(others.map((server) => server.stop("SIGKILL")));
    await away.start();
    expect((await run("unseal", "--timeout", "3")).failure).toContain("[timeout]");
    await Promise.all(others.map((server) => server.start()));
    await expectOpen();
    await expectUnsealable("away", [...others, away]);
  });

  test("gets no former keys of a record that somebody replaced", async () => {
    await away.stop("SIGKILL");
    expect(await run("rotate-keys")).toMatchObject({ code: 0, failure: "" });
    await away.start();
    const record = await bed.central.readRecord("customer10", "away");
    const write = (fields: Record<string, string>) =>
      bed.central.client.send("POST", "customers/data/customer10/away", { body: { data: fields } });
    await write({ ...record, "unseal-key-0": keysOf(record)[1] ?? "" });
    expect((await run("unseal")).failure).toContain("[keys-refused]");
    expect(await states([away])).toEqual(["sealed"]);
    await write(record);
    await expectOpen();
  });
});

test("an instance that unseals itself gets new recovery keys", async () => {
  const settings = staticSeal(bed, "recovery");
  const { instance, servers } = await bed.startInstance("recovery", 1, { seal: "static", settings });
  await bed.unseal(instance);
  const before = await bed.central.readRecord("customer10", "recovery");
  const { code, failure } = await bed.run(
    ["rotate-keys", "customer10/recovery", "--shares", "3", "--threshold", "2"],
    bed.environment(),
  );
  expect([code, failure]).toEqual([0, ""]);
  const record = await bed.central.readRecord("customer10", "recovery");
  expect(keysOf(record, "recovery")).toHaveLength(3);
  expect(keysOf(before, "recovery")).toHaveLength(5);
  await expectUnsealable("recovery", servers);
  // Only the new recovery keys are accepted now.
  expect(await bed.run(["rotate-keys", "customer10/recovery"], bed.environment())).toMatchObject({ code: 0 });
});

test("former keys that the central Vault would drop keep the rotation from its beginning", async () => {
  const { instance } = await bed.startInstance("pruned", 1);
  await bed.unseal(instance);
  const { client } = bed.central;
  const path = "customer10/pruned";
  const keep = (versions: number) =>
    client.send("POST", `customers/metadata/${path}`, { body: { max_versions: versions } });
  const rotate = async () => {
    const { code, failure } = await bed.run(["rotate-keys", path], bed.environment());
    return [code, failure.slice(0, 70)];
  };
  await keep(2);
  expect(await rotate()).toEqual([
    1,
    expect.stringContaining("[versions-too-few] The central Vault keeps 2") as string,
  ]);

  // The hook may not read the settings of the mount, and sees what was dropped.
  await keep(0);
  await client.send("POST", "customers/config", { body: { max_versions: 3 } });
  const record = await bed.central.readRecord("customer10", "pruned");
  for (let write = 0; write < 4; write++)
    await client.send("POST", `customers/data/${path}`, { body: { data: record } });
  expect(await rotate()).toEqual([
    1,
    expect.stringContaining("[versions-too-few] The central Vault keeps 3") as string,
  ]);

  // As the message says.
  const contentType = "application/merge-patch+json";
  await client.send("PATCH", `customers/metadata/${path}`, { body: { max_versions: 50 }, contentType });
  expect(await rotate()).toEqual([0, ""]);
  await client.send("POST", "customers/config", { body: { max_versions: 0 } });
});

/** Kills that are spread over a whole run. */
const ROUNDS = 12;

test("runs that are killed at any moment lose no key, and the next run ends well", async () => {
  const { instance, servers } = await bed.startInstance("killed", 1);
  await bed.unseal(instance);
  const command = ["rotate-keys", "customer10/killed", "--timeout", "60"];
  const begun = Date.now();
  expect(await bed.run(command, bed.environment())).toMatchObject({ code: 0 });
  const whole = Date.now() - begun;

  for (let round = 1; round <= ROUNDS; round++) {
    const run = bed.begin(command, bed.environment());
    await sleep(whole * (0.3 + (0.7 * round) / ROUNDS));
    run.kill("SIGKILL");
    await run.ended;
    // Every third kill is followed by one of the server.
    if (round % 3 === 0) await expectUnsealable("killed", servers);
    const next = await bed.run(command, bed.environment());
    expect([round, next.code, next.failure]).toEqual([round, 0, ""]);
  }
  await expectUnsealable("killed", servers);
  const record = await bed.central.readRecord("customer10", "killed");
  expect(Object.keys(record).filter((name) => name.startsWith("new-"))).toEqual([]);
});
