import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../lab/ports";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import { Secret } from "../../src/core/secret";
import { shareGroupPolicy } from "../../src/policy/central-policies";
import { ReplicaApi } from "../../src/vault/replica";
import { all } from "../support/all";
import { damage } from "../support/shamir";
import { TestBed, type BegunCommand } from "./support/test-bed";

const PATIENCE = 90_000;
const RECORD = "customer10/main";
const WAITS = "waits for the shares of other groups";
const WAITING = "tenant_vault_watch_replicas_waiting_for_shares";

/** The real command with the shares of one group. */
interface Watcher {
  readonly output: () => string;
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

let bed: TestBed;
let instance: Instance;
let servers: readonly VaultServer[];
const tokens: Record<string, string> = {};
const running = new Set<Watcher>();

beforeAll(async () => {
  bed = await TestBed.start();
  const { client } = bed.central;
  // What shareGroups of the construct CentralVault makes.
  await bed.central.mountKeyValue("shares");
  await client.send("POST", "shares/config", { body: { max_versions: 1 } });
  await client.send("POST", "shares/metadata/groups", { body: { custom_metadata: { groups: "a b" } } });
  for (const group of ["a", "b"]) {
    await client.send("PUT", `sys/policies/acl/watch-${group}`, { body: { policy: shareGroupPolicy(group) } });
    const { body } = await client.send("POST", "auth/token/create", {
      body: { policies: [`watch-${group}`], no_default_policy: true },
    });
    tokens[group] = (body.auth as { client_token: string }).client_token;
  }
  const started = await bed.startInstance("main", 3);
  servers = started.servers;
  instance = { ...started.instance, secretShares: 4, secretThreshold: 3 };
  await bed.unseal(instance);
}, PATIENCE);
afterAll(() => bed.stop());
afterEach(async () => {
  for (const watcher of running) await watcher.stop();
});

async function start(group: string): Promise<Watcher> {
  const port = await freePort();
  let output = "";
  const get = (path: string): Promise<Response | undefined> =>
    fetch(`http://127.0.0.1:${port}/${path}`).catch(() => undefined);
  const command: BegunCommand = bed.begin(
    ["watch", "--json", "--poll", "0.25", "--refresh", "1", "--listen", `127.0.0.1:${port}`, "--share-group", group],
    { ...bed.environment(), VAULT_TOKEN: tokens[group] ?? "" },
    (text) => (output += text),
  );
  const watcher: Watcher = {
    output: () => output,
    metric: async (name) => {
      const text = (await (await get("metrics"))?.text()) ?? "";
      return Number(
        text
          .split("\n")
          .find((line) => line.startsWith(name))
          ?.split(" ")
          .at(-1),
      );
    },
    stop: async () => {
      running.delete(watcher);
      command.kill("SIGTERM");
      await command.ended;
    },
  };
  running.add(watcher);
  await waitUntil("the watcher is ready", async () => (await get("readyz"))?.status === 200);
  return watcher;
}

async function states(): Promise<string[]> {
  return Promise.all(
    servers.map(async (server) => {
      const client = server.client();
      const { state } = await new ReplicaApi(client).status();
      await client.close();
      return state;
    }),
  );
}

async function restart(): Promise<void> {
  await Promise.all(servers.map((server) => server.stop("SIGKILL")));
  await Promise.all(servers.map((server) => server.start()));
}

const unsealed = (): Promise<void> =>
  waitUntil("every server is unsealed", async () => (await states()).every((state) => state === "unsealed"));

/** The status that a group's token gets. */
async function statusFor(group: string, method: "GET" | "LIST" | "POST", path: string): Promise<number> {
  const client = bed.central.client.withToken(new Secret(tokens[group] ?? ""));
  return (await client.send(method, path, { accept: [403, 404] })).status;
}

async function sharesOf(group: string): Promise<string[]> {
  const { body } = await bed.central.client.send("GET", `shares/data/${group}/${RECORD}`);
  const { data } = body.data as { data: Record<string, string> };
  return Object.entries(data).flatMap(([name, value]) => (name.startsWith("unseal-key") ? value : []));
}

async function keysOf(): Promise<string[]> {
  const record = Object.entries(await bed.central.readRecord("customer10", "main"));
  return record.flatMap(([name, value]) => (name.startsWith("unseal-key") ? value : []));
}

describe("an instance with 4 keys and threshold 3, and two groups", { timeout: PATIENCE }, () => {
  test("each group has two of the keys, which is not enough, and together they have all", async () => {
    const [a, b] = [await sharesOf("a"), await sharesOf("b")];
    expect([a.length, b.length]).toEqual([2, 2]);
    expect([...a, ...b].sort()).toEqual((await keysOf()).sort());
  });

  test.each([
    ["a", "b"],
    ["b", "a"],
  ])("the token of %s reads its shares, and neither the record nor those of %s", async (own, other) => {
    expect(await statusFor(own, "GET", `shares/data/${own}/${RECORD}`)).toBe(200);
    expect(await statusFor(own, "GET", `customers/metadata/${RECORD}`)).toBe(200);
    for (const path of all([
      `customers/data/${RECORD}`,
      `customers/data/${RECORD}?version=1`,
      `shares/data/${other}/${RECORD}`,
      `shares/metadata/${own}/${RECORD}`,
      "access/data/customer10/main/apply",
      "access/data/customer10/main/ceremony",
    ]))
      expect(await statusFor(own, "GET", path), path).toBe(403);
    expect(await statusFor(own, "POST", `shares/data/${own}/${RECORD}`)).toBe(403);
  });

  test("one watcher alone never opens it, says once why, and the second one opens it", async () => {
    const a = await start("a");
    await restart();
    await waitUntil("it waits", () => Promise.resolve(a.output().includes(WAITS)));
    await sleep(3_000);
    expect(await states()).toEqual(["sealed", "sealed", "sealed"]);
    expect(a.output().split(WAITS)).toHaveLength(2);
    expect(await a.metric(WAITING)).toBe(3);
    expect(a.output()).not.toContain('"level":"warn","message":"cannot');

    const b = await start("b");
    await unsealed();
    await waitUntil("both see it", async () => (await a.metric(WAITING)) + (await b.metric(WAITING)) === 0);
    for (const secret of all([...(await keysOf()), ...Object.values(tokens)]))
      expect(a.output() + b.output()).not.toContain(secret);
  });

  test("a server that loses the shares of one group gets them again when the other comes", async () => {
    const a = await start("a");
    await restart();
    await waitUntil("it waits", () => Promise.resolve(a.output().includes(WAITS)));
    await restart();
    await sleep(1_000);
    await start("b");
    await unsealed();
  });

  test("both at the same time open it, and so they do after one was killed", async () => {
    await Promise.all([start("a"), start("b")]);
    await restart();
    await unsealed();
  });

  test("after a rotation of the keys both open it with new shares", async () => {
    const before = [...(await sharesOf("a")), ...(await sharesOf("b"))];
    const { code, failure } = await bed.run(["rotate-keys", RECORD], bed.environment());
    expect([code, failure]).toEqual([0, ""]);
    expect([...(await sharesOf("a")), ...(await sharesOf("b"))].filter((key) => before.includes(key))).toEqual([]);
    // No former share can be read any more.
    expect(await statusFor("a", "GET", `shares/data/a/${RECORD}?version=1`)).toBe(404);
    await Promise.all([start("a"), start("b")]);
    await restart();
    await unsealed();
  });

  test("a copy of former keys is not sent, and the hook makes a new one", async () => {
    const { client } = bed.central;
    const { body } = await client.send("GET", `shares/data/b/${RECORD}`);
    const { data } = body.data as { data: Record<string, string> };
    await client.send("POST", `shares/data/b/${RECORD}`, { body: { data: { ...data, "key-set": "former" } } });
    await start("a");
    const b = await start("b");
    await restart();
    await waitUntil("b says it", () => Promise.resolve(b.output().includes('"code":"shares-outdated"')));
    expect(await states()).toEqual(["sealed", "sealed", "sealed"]);

    await bed.unseal(instance);
    expect(await states()).toEqual(["unsealed", "unsealed", "unsealed"]);
    await restart();
    await unsealed();
  });

  test("shares that do not belong together are refused, and the error says what to do", async () => {
    const { client } = bed.central;
    const { body } = await client.send("GET", `shares/data/b/${RECORD}`);
    const { data } = body.data as { data: Record<string, string> };
    const [one, other] = Object.keys(data).filter((name) => name.startsWith("unseal-key")) as [string, string];
    const damaged = { ...data, [one]: damage(data[one] ?? ""), [other]: damage(data[other] ?? "") };
    await client.send("POST", `shares/data/b/${RECORD}`, { body: { data: damaged } });
    const [a, b] = await Promise.all([start("a"), start("b")]);
    await restart();
    await waitUntil("one says it", () =>
      Promise.resolve((a.output() + b.output()).includes('"code":"shares-refused"')),
    );
    expect(await states()).toEqual(["sealed", "sealed", "sealed"]);
    await bed.unseal(instance);
    await restart();
    await unsealed();
  });
});
