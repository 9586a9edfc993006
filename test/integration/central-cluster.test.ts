import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultCluster } from "../../lab/servers/vault-cluster";
import { tryRun } from "../../lab/run";
import { waitUntil } from "../../lab/wait";
import { KubeconfigStore } from "../../src/central/kubeconfig-store";
import { systemClock } from "../../src/core/clock";
import { SealTokenSecret } from "../../src/operations/supply/seal-token";
import type { VaultClient } from "../../src/vault/client";
import { KubernetesApi } from "../support/kubernetes-api";
import { COMMAND, TestBed } from "./support/test-bed";

/** What a run may take at most, on a busy machine. Waiting for a dead announcement alone takes 120 s. */
const SOON = 60_000;

let bed: TestBed;
let cluster: VaultCluster;
beforeAll(async () => {
  bed = await TestBed.start({ centralServers: 3 });
  if (bed.cluster === undefined) throw new Error("no cluster");
  cluster = bed.cluster;
  // For a moment after a mount is made, standbys do not know that it has versions.
  await everyServer("knows the versions of the mounts", async (client) => {
    const paths = ["customers", "clusters"].map((mount) => `${mount}/data/nothing`);
    const answers = await Promise.all(paths.map((path) => client.send("GET", path, { accept: [400, 404] })));
    return answers.every(({ status }) => status === 404);
  });
});
afterAll(() => bed.stop());

/** Waits until each server has learned of a write. Standbys answer reads, and learn of it a moment later. */
async function everyServer(learns: string, check: (client: VaultClient) => Promise<boolean>): Promise<void> {
  for (const server of cluster.servers) {
    const client = server.client(bed.central.rootToken);
    await waitUntil(`${server.name} ${learns}`, () => check(client));
    await client.close();
  }
}

/** The environment of a command that reaches the central Vault through a standby only. */
async function throughStandby(instance?: Parameters<TestBed["environment"]>[0]): Promise<Record<string, string>> {
  return { ...bed.environment(instance), VAULT_ADDR: (await cluster.standby()).address };
}

describe("a central Vault of three servers", () => {
  test("H3: initialises instances through a standby at once, each the first time", async () => {
    const environment = await throughStandby();
    for (const name of ["standby-0", "standby-1", "standby-2"]) {
      const { instance } = await bed.startInstance(name, 1);
      const began = Date.now();
      const described = { ...environment, TENANT_VAULT_INSTANCE: JSON.stringify(instance) };
      const { code, stderr } = await bed.run(["unseal", `customer10/${name}`], described);
      expect(code, stderr).toBe(0);
      expect(Date.now() - began).toBeLessThan(SOON);
    }
  });

  test("H3: a kubeconfig that was written is read back through a standby", async () => {
    const client = (await cluster.standby()).client(bed.central.rootToken);
    for (let round = 0; round < 20; round++) {
      const store = new KubeconfigStore(client, { mount: "clusters", path: `round-${round}` });
      await store.write("apiVersion: v1", { kubespray: "2.32.0", kubernetes: "" });
    }
    await client.close();
  });

  test("H2: keeps the seal's token of each instance through a standby", async () => {
    const role = "tenant-vault-seal-customer10.main";
    const { client } = bed.central;
    await client.send("POST", `auth/token/roles/${role}`, { body: { orphan: true, token_period: "6s" } });
    const api = await KubernetesApi.start();
    const hook = (await cluster.standby()).client(bed.central.rootToken);
    // Terraform wrote the role long ago; here a standby may not know it yet.
    await waitUntil("a standby knows the role", async () => {
      const { status } = await hook.send("GET", `auth/token/roles/${role}`, { accept: [404] });
      return status === 200;
    });
    const secret = SealTokenSecret.of(api.client, "main", { secretName: "main-seal", role });
    await secret.ensure(hook, systemClock);
    const token = api.field("main-seal", "token");
    for (let round = 0; round < 10; round++) {
      // So that some of the rounds renew it.
      await sleep(400);
      await secret.ensure(hook, systemClock);
      expect(api.field("main-seal", "token")).toBe(token);
    }
    expect(api.annotations("main-seal")).toEqual({});
    await hook.close();
    api.stop();
  });

  test("initialises, unseals and shows instances while another server becomes active", async () => {
    let moves = 0;
    const done = new AbortController();
    const moving = (async () => {
      while (!done.signal.aborted && moves < 4) {
        await cluster.moveLeader();
        moves++;
        await sleep(2_000);
      }
    })();
    const { instance, servers } = await bed.startInstance("moving", 3);
    const args = ["unseal", "customer10/moving", "--timeout", "120"];

    const first = await bed.run(args, bed.environment(instance));
    await servers[1]?.stop("SIGKILL");
    await servers[1]?.start();
    const second = await bed.run(args, bed.environment(instance));
    const shown = await bed.run(["status", "customer10/moving"], bed.environment());
    done.abort();
    await moving;

    expect([first, second, shown].map(({ failure }) => failure)).toEqual(["", "", ""]);
    expect(moves).toBeGreaterThan(0);
    expect(shown.stdout).toMatch(/customer10\/moving/);
    const record = await bed.central.readRecord("customer10", "moving");
    expect(Object.keys(record).filter((field) => field.startsWith("unseal-key-"))).toHaveLength(5);
  });
});

/** A server that notes who connects, and answers nothing. */
async function silentServer(): Promise<{ readonly address: string; readonly connections: () => number; stop(): void }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { address: `https://127.0.0.1:${port}`, connections: () => connections, stop: () => void server.close() };
}

describe("the hook", () => {
  test("H1: sends nothing to an address that a client wrote who may write metadata alone", async () => {
    const { instance, servers } = await bed.startInstance("attacked", 1);
    await bed.unseal(instance);
    const attacker = await silentServer();
    const { client } = bed.central;
    await client.send("PUT", "sys/policies/acl/metadata", {
      body: { policy: 'path "customers/metadata/*" { capabilities = ["read", "update", "patch"] }' },
    });
    const { body } = await client.send("POST", "auth/token/create", { body: { policies: ["metadata"] } });
    const stranger = bed.central.server.client((body.auth as { client_token: string }).client_token);
    await stranger.send("PATCH", "customers/metadata/customer10/attacked", {
      contentType: "application/merge-patch+json",
      body: { custom_metadata: { "replica-0": `attacked-0 ${attacker.address}` } },
    });
    await stranger.close();
    await servers[0]?.stop("SIGKILL");
    await servers[0]?.start();

    const unsealed = await bed.run(["unseal", "customer10/attacked"], bed.environment());
    const shown = await bed.run(["status", "customer10/attacked"], bed.environment());

    expect(unsealed.failure).toContain("[description-unverified]");
    expect(shown.code).toBe(2);
    expect(attacker.connections()).toBe(0);
    attacker.stop();

    // K9: one instance that fails stops no other.
    const everyone = await bed.run(["unseal", "--tenant", "customer10", "--timeout", "60"], bed.environment());
    expect(everyone.code).toBe(1);
    expect(everyone.stdout).toMatch(/customer10\/attacked: \[description-unverified\]/);
    expect(everyone.stdout).toMatch(/customer10\/standby-0: 1 of 1 replicas unsealed/);
    expect(everyone.stdout).toMatch(/customer10\/moving: 3 of 3 replicas unsealed/);
  });

  test("H7: names the version that has the keys, if another client replaced the record", async () => {
    const { instance, servers } = await bed.startInstance("replaced", 1);
    await bed.unseal(instance);
    const { body } = await bed.central.client.send("GET", "customers/metadata/customer10/replaced");
    const { current_version: version } = body.data as { current_version: number };
    await bed.central.client.send("POST", "customers/data/customer10/replaced", { body: { data: { note: "mine" } } });
    await everyServer("knows it", async (client) => {
      const { body: now } = await client.send("GET", "customers/metadata/customer10/replaced");
      return (now.data as { current_version: number }).current_version > version;
    });
    await servers[0]?.stop("SIGKILL");
    await servers[0]?.start();

    const { code, failure } = await bed.run(["unseal", "customer10/replaced"], bed.environment(instance));

    expect(code).toBe(1);
    expect(failure).toContain(`version ${version}`);
    expect(failure).not.toMatch(/wipe/);
  });

  test("H8: purges no record that is only going to be deleted, and status says when it is", async () => {
    const { instance } = await bed.startInstance("expiring", 1);
    const metadata = "customers/metadata/customer10/expiring";
    await bed.central.client.send("POST", metadata, { body: { delete_version_after: "1h" } });
    await bed.unseal(instance);

    const operator = { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken };
    const args = ["purge", "customer10/expiring", "--yes-destroy-the-keys", "customer10/expiring"];
    expect((await bed.run(args, operator)).failure).toContain("[record-kept]");
    expect(Object.keys(await bed.central.readRecord("customer10", "expiring"))).toContain("unseal-key-0");

    const expires = async (): Promise<unknown> => {
      const { code, stdout } = await bed.run(["status", "customer10/expiring", "--json"], bed.environment());
      expect(code).toBe(0);
      return (JSON.parse(stdout) as { record: { expires?: string } }[])[0]?.record.expires;
    };
    // A standby may answer, and it learns of a write a moment later.
    await waitUntil("status says when", async () => Date.parse(String(await expires())) > Date.now());

    // What the warning advises.
    await bed.central.client.send("POST", metadata, { body: { delete_version_after: "0s" } });
    const { body } = await bed.central.client.send("GET", metadata);
    const { current_version: version } = body.data as { current_version: number };
    await bed.central.client.send("POST", "customers/undelete/customer10/expiring", { body: { versions: [version] } });
    await waitUntil("status says no more", async () => (await expires()) === undefined);
    await bed.unseal(instance);
    expect(await expires()).toBeUndefined();
  });

  test.each(["http://127.0.0.1.example:8200", "http://127.0.0.1@vault.example:8200", "http://localhost.example:8200"])(
    "H12: sends no token to %s, which only looks like this machine",
    async (address) => {
      const { code, failure } = await bed.run(["status"], { ...bed.environment(), VAULT_ADDR: address });
      expect(code).toBe(1);
      expect(failure).toContain("[central-unreachable] VAULT_ADDR is not set to a TLS address;");
    },
  );

  test("H13: ends at its deadline, though a server stalls", async () => {
    const stalling = await silentServer();
    const { instance } = await bed.startInstance("stalled", 1);
    const replicas = [{ name: "stalled-0", address: stalling.address }];
    const milliseconds = async (...args: string[]): Promise<number> => {
      const began = Date.now();
      const { code } = await bed.run(args, bed.environment({ ...instance, replicas }));
      expect(code).toBe(1);
      return Date.now() - began;
    };
    // What a run takes that has no time for a request, on this machine as it is now.
    const atLeast = await milliseconds("unseal", "customer10/stalled", "--timeout", "0.001");
    expect((await milliseconds("unseal", "customer10/stalled", "--timeout", "5")) - atLeast).toBeLessThan(7_000);
    stalling.stop();
  });

  test("H14: initialises nothing if the disk for its journal is full, and says which file", async () => {
    const { instance, servers } = await bed.startInstance("full", 1);
    // No file may have a single byte.
    const limited = `ulimit -f 0; exec "${process.execPath}" "${COMMAND}" unseal customer10/full --timeout 30`;
    const environment = { ...bed.environment(instance), TENANT_VAULT_STATE_DIR: `${bed.folder}/full-disk` };
    const { code, stderr } = await tryRun("bash", ["-c", limited], { env: environment });
    expect(code).toBe(1);
    expect(stderr).toMatch(/\[journal-unwritable\] [^\n]*full-disk[^\n]*\n$/);
    expect(readdirSync(`${bed.folder}/full-disk/journal`)).toEqual([]);
    const { body } = (await servers[0]?.client().send("GET", "sys/seal-status")) ?? {};
    expect(body).toMatchObject({ initialized: false });

    await bed.unseal(instance);
  });
});
