import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../lab/ports";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import { maintenancePolicy, watchPolicy } from "../../src/policy/central-policies";
import { ageKey } from "../support/age";
import { TestBed, type BegunCommand } from "./support/test-bed";

const PATIENCE = 60_000;
/** Seconds between two looks. */
const POLL = "0.25";

let bed: TestBed;
let instance: Instance;
let servers: readonly VaultServer[];
let watchToken = "";
/** Notifications that the webhook received. */
const notified: { event: string; instance: string; replicas?: string[]; code?: string }[] = [];
let webhook: Server;
let running: Watcher | undefined;

beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("main", 3));
  await bed.unseal(instance);
  const { client } = bed.central;
  await client.send("PUT", "sys/policies/acl/watch", { body: { policy: watchPolicy() } });
  const { body } = await client.send("POST", "auth/token/create", {
    body: { policies: ["watch"], no_default_policy: true },
  });
  watchToken = (body.auth as { client_token: string }).client_token;
  await client.send("PUT", "sys/policies/acl/maintenance", { body: { policy: maintenancePolicy() } });
  webhook = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      notified.push(JSON.parse(text) as (typeof notified)[number]);
      response.writeHead(204).end();
    });
  });
  webhook.listen(0, "127.0.0.1");
}, PATIENCE);
afterAll(async () => {
  webhook.close();
  await bed.stop();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** The real command, as a daemon. */
class Watcher {
  static start(...args: string[]): Promise<Watcher> {
    return Watcher.startAs(watchToken, ...args);
  }

  static startAs(token: string, ...args: string[]): Promise<Watcher> {
    return Watcher.startWith({ VAULT_TOKEN: token }, ...args);
  }

  static async startWith(own: Record<string, string>, ...args: string[]): Promise<Watcher> {
    const port = await freePort();
    const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/hook`;
    const environment = { ...bed.environment(), TENANT_VAULT_WEBHOOK: url, ...own };
    const watcher = new Watcher(port);
    watcher.command = bed.begin(
      ["watch", "--json", "--poll", POLL, "--refresh", "1", "--listen", `127.0.0.1:${port}`, ...args],
      environment,
      (text) => (watcher.output += text),
    );
    await waitUntil("the watcher is ready", async () => (await watcher.get("readyz")).status === 200);
    running = watcher;
    return watcher;
  }

  output = "";
  private command!: BegunCommand;

  private constructor(private readonly port: number) {}

  async get(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/${path}`).catch(() => undefined);
    return { status: answer?.status ?? 0, text: (await answer?.text()) ?? "" };
  }

  async metric(name: string): Promise<string | undefined> {
    const { text } = await this.get("metrics");
    return text.split("\n").find((line) => line.startsWith(name));
  }

  async stop(): Promise<number> {
    this.command.kill("SIGTERM");
    return (await this.command.ended).code;
  }
}

async function isSealed(server: VaultServer): Promise<boolean> {
  const client = server.client();
  const { body } = await client.send("GET", "sys/seal-status");
  await client.close();
  return body.sealed === true;
}

/** Milliseconds until no server is sealed. */
async function unsealedAfter(watched: readonly VaultServer[]): Promise<number> {
  const from = performance.now();
  await waitUntil("every server is unsealed", async () => !(await Promise.all(watched.map(isSealed))).includes(true));
  return performance.now() - from;
}

/** @param reason Why nobody may unseal the instance; null to allow it again. */
async function hold(reason: string | null): Promise<void> {
  await bed.central.client.send("PATCH", `customers/metadata/${instance.tenant}/${instance.name}`, {
    body: { custom_metadata: { held: reason } },
    contentType: "application/merge-patch+json",
  });
}

async function restart(server: VaultServer): Promise<void> {
  await server.stop("SIGKILL");
  await server.start();
}

describe("a watcher that may only read the records", { timeout: PATIENCE }, () => {
  test("unseals restarted servers at once, and tells it", async () => {
    const watcher = await Watcher.start();
    await Promise.all(servers.map((server) => restart(server)));

    expect(await unsealedAfter(servers)).toBeLessThan(10_000);

    await waitUntil("the webhook was told", () => Promise.resolve(notified.some(({ event }) => event === "unsealed")));
    expect(notified.find(({ event }) => event === "sealed")).toMatchObject({ instance: "customer10/main" });
    expect(await watcher.metric("tenant_vault_watch_unsealed_replicas_total")).toMatch(/ [1-3]$/);
    await waitUntil("it sees them unsealed", async () =>
      ((await watcher.metric("tenant_vault_watch_sealed_replicas")) ?? "").endsWith(" 0"),
    );
    expect((await watcher.get("healthz")).status).toBe(200);
    expect(watcher.output).toContain('"message":"replicas unsealed"');
  });

  test("shows no key and no token anywhere", async () => {
    const watcher = await Watcher.start();
    await restart(servers[0] as VaultServer);
    await unsealedAfter(servers);
    const record = Object.entries(await bed.central.readRecord(instance.tenant, instance.name));
    const secrets = record.filter(([name]) => /^(root-token|unseal-key-\d+)$/.test(name)).map(([, value]) => value);
    expect(secrets.length).toBe(6);
    const shown = [watcher.output, (await watcher.get("metrics")).text, JSON.stringify(notified)].join("\n");
    for (const secret of [...secrets, watchToken]) expect(shown).not.toContain(secret);
  });

  test("leaves an instance sealed that somebody holds, until the hold is removed", async () => {
    await hold("incident 42");
    const watcher = await Watcher.start();
    await restart(servers[0] as VaultServer);
    await waitUntil("the hold is told", () => Promise.resolve(watcher.output.includes('"code":"held"')));
    await sleep(1_000);
    expect(await isSealed(servers[0] as VaultServer)).toBe(true);
    expect(watcher.output).toContain("incident 42");

    await hold(null);
    await unsealedAfter(servers);
    expect(await watcher.metric("tenant_vault_watch_failures_total")).toMatch(/code="held"\} [1-9]/);
  });

  test("goes on while the central Vault is down, says so, and unseals when it is back", async () => {
    const watcher = await Watcher.start();
    const { server } = bed.central;
    await server.stop("SIGKILL");
    await restart(servers[1] as VaultServer);
    await waitUntil("it is not ready", async () => (await watcher.get("readyz")).status === 503);
    expect(await isSealed(servers[1] as VaultServer)).toBe(true);
    expect((await watcher.get("healthz")).status).toBe(200);

    await server.start();
    const client = server.client();
    for (const key of bed.central.unsealKeys) await client.send("PUT", "sys/unseal", { body: { key } });
    await client.close();
    await unsealedAfter(servers);
    await waitUntil("it is ready", async () => (await watcher.get("readyz")).status === 200);
    expect(watcher.output).toContain("cannot list the records");
    expect(watcher.output).toContain("lists its records again");
  });

  test("takes up records that appear, and ends with 0 when it is told to", async () => {
    const watcher = await Watcher.start();
    const second = await bed.startInstance("second", 1);
    await bed.unseal(second.instance);
    await waitUntil("it is watched", async () =>
      (
        (await watcher.metric('tenant_vault_watch_sealed_replicas{tenant="customer10",vault_instance="second"')) ?? ""
      ).includes('vault_instance="second"'),
    );
    await Promise.all(second.servers.map((server) => restart(server)));
    await unsealedAfter(second.servers);
    running = undefined;
    expect(await watcher.stop()).toBe(0);
  });

  test("cold start: unseals every instance in parallel once people have unsealed the central Vault", async () => {
    const third = await bed.startInstance("third", 1);
    await bed.unseal(third.instance);
    const everyServer = [...servers, ...third.servers];
    const watcher = await Watcher.start();
    await Promise.all([bed.central.server, ...everyServer].map((server) => server.stop("SIGKILL")));
    await waitUntil("it is not ready", async () => (await watcher.get("readyz")).status === 503);
    // The machines come back in any order; the central Vault is sealed at first.
    await Promise.all([...everyServer].reverse().map((server) => server.start()));
    await bed.central.server.start();
    await sleep(3_000);
    expect(await Promise.all(everyServer.map(isSealed))).toEqual(everyServer.map(() => true));
    expect(watcher.output).toContain('"code":"central-sealed"');

    const client = bed.central.server.client();
    for (const key of bed.central.unsealKeys) await client.send("PUT", "sys/unseal", { body: { key } });
    await client.close();
    expect(await unsealedAfter(everyServer)).toBeLessThan(15_000);
    await waitUntil("it is ready", async () => (await watcher.get("readyz")).status === 200);
  });

  test("watches its shard alone", async () => {
    const first = await Watcher.start("--shard", "1/2");
    const shared = running;
    const second = await Watcher.start("--shard", "2/2");
    const watched = async (watcher: Watcher) =>
      Number((await watcher.metric("tenant_vault_watch_instances"))?.split(" ")[1]);
    expect((await watched(first)) + (await watched(second))).toBe(3);
    await shared?.stop();
  });
});

describe("a watcher with --maintain", { timeout: PATIENCE }, () => {
  const plan = "access/data/customer10/main/plan";
  const maintained = 'tenant_vault_watch_last_maintenance_timestamp_seconds{tenant="customer10",vault_instance="main"}';

  async function hasCredential(): Promise<boolean> {
    return (await bed.central.client.send("GET", plan, { accept: [404] })).status === 200;
  }

  test("renews credentials, but not of an instance that is held, and writes no record", async () => {
    const { client } = bed.central;
    const policies = ["watch", "maintenance"];
    const { body } = await client.send("POST", "auth/token/create", { body: { policies, no_default_policy: true } });
    const record = await client.send("GET", "customers/data/customer10/main");
    const custody = {
      TENANT_VAULT_CUSTODY: `file:${join(bed.folder, "custody")}`,
      TENANT_VAULT_CUSTODY_PEOPLE: join(bed.folder, "people"),
    };
    await client.send("DELETE", plan);
    await hold("incident 42");
    const { client_token: token } = body.auth as { client_token: string };
    const watcher = await Watcher.startWith({ VAULT_TOKEN: token, ...custody }, "--maintain", "1");
    await waitUntil("it had its turn", () => Promise.resolve(watcher.output.includes('"code":"held"')));
    expect(await hasCredential()).toBe(false);
    // People get the keys of an instance that is held as well, once their file is there.
    const people = await Promise.all(
      ["alice", "bob", "carol"].map(async (name) => `${name} ${(await ageKey()).recipient}`),
    );
    writeFileSync(custody.TENANT_VAULT_CUSTODY_PEOPLE, people.join("\n"));
    await waitUntil("people have the keys", () => Promise.resolve(watcher.output.includes("gave the keys to people")));

    await hold(null);
    await waitUntil("the credential is there", hasCredential);
    await waitUntil("it is told", async () => (await watcher.metric(maintained)) !== undefined);
    expect((await client.send("GET", "customers/data/customer10/main")).body).toMatchObject({ data: record.body.data });
    running = undefined;
    expect(await watcher.stop()).toBe(0);
  });

  test("says that its login may not, and unseals all the same", async () => {
    await bed.central.client.send("DELETE", plan);
    const watcher = await Watcher.start("--maintain", "1");
    await waitUntil("it is told", () => Promise.resolve(watcher.output.includes("cannot maintain it")));
    expect(watcher.output).toContain('"code":"central-denied"');
    await restart(servers[1] as VaultServer);
    await unsealedAfter(servers);
  });
});
