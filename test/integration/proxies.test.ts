import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { tryRun } from "../../lab/run";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { ConnectProxy } from "../support/connect-proxy";
import type { CommandOutcome } from "./support/command";
import { COMMAND, TestBed } from "./support/test-bed";

/** Names that nobody resolves but the proxy; RFC 6761, section 6.4. */
const CENTRAL = "central.lab.example:8200";
const REPLICAS = ["main-0.lab.example:8200", "main-1.lab.example:8200"];
const [WEBHOOK, KEYSTONE] = ["webhook.lab.example:443", "keystone.lab.example:5000"];

let bed: TestBed;
let proxy: ConnectProxy;
let instance: Instance;
let servers: readonly VaultServer[];

beforeAll(async () => {
  bed = await TestBed.start();
  const { instance: started, servers: found } = await bed.startInstance("main", REPLICAS.length);
  servers = found;
  instance = { ...started, replicas: REPLICAS.map((address) => ({ name: address, address: `https://${address}` })) };
  proxy = await ConnectProxy.start({
    // The central Vault stands for what the tests only look for a connection to.
    ...Object.fromEntries([CENTRAL, WEBHOOK, KEYSTONE].map((name) => [name, bed.central.server.address])),
    ...Object.fromEntries(REPLICAS.map((name, index) => [name, servers[index]?.address ?? ""])),
  });
});
afterAll(async () => {
  proxy.stop();
  await bed.stop();
});

function environmentOf(more: Record<string, string>): Record<string, string> {
  proxy.targets.splice(0);
  return { ...bed.environment(instance), VAULT_ADDR: `https://${CENTRAL}`, ...more };
}

async function run(command: string, more: Record<string, string>, ...options: string[]): Promise<CommandOutcome> {
  return bed.run([command, "customer10/main", ...options], environmentOf(more));
}

async function isOpen(server: VaultServer | undefined): Promise<boolean> {
  return server !== undefined && (await new ReplicaApi(server.client()).status()).state === "unsealed";
}

async function restart(server: VaultServer | undefined): Promise<void> {
  await server?.stop("SIGKILL");
  await server?.start();
}

test.each([
  ["unseal", REPLICAS],
  ["status", REPLICAS],
  ["rotate-keys", REPLICAS],
  ["migrate-seal", REPLICAS],
  // It asks no more replicas than it needs to find the active one.
  ["rotate-barrier", REPLICAS.slice(0, 1)],
] as const)("C3: %s reaches the central Vault and the replicas through HTTPS_PROXY", async (command, replicas) => {
  const { code, stdout, stderr } = await run(command, { HTTPS_PROXY: proxy.url });
  expect(code, `${command}: ${stdout}${stderr}`).toBe(0);
  expect(new Set(proxy.targets), command).toEqual(new Set([CENTRAL, ...replicas]));
});

test("C3: watch unseals through HTTPS_PROXY, and its webhook gets notifications through it", async () => {
  const environment = environmentOf({ HTTPS_PROXY: proxy.url, TENANT_VAULT_WEBHOOK: `https://${WEBHOOK}/hook` });
  const watcher = bed.begin(["watch", "--json", "--poll", "0.25", "--tenant", "customer10"], environment);
  await restart(servers[1]);
  await waitUntil("the watcher unseals it, and tells it", async () => {
    return proxy.targets.includes(WEBHOOK) && (await isOpen(servers[1]));
  });
  watcher.kill("SIGTERM");
  await watcher.ended;
  expect(new Set(proxy.targets)).toEqual(new Set([CENTRAL, ...REPLICAS, WEBHOOK]));
});

test("C3: preflight asks the central Vault and the cloud through HTTPS_PROXY", async () => {
  const cloud = {
    OS_AUTH_URL: `https://${KEYSTONE}/v3`,
    OS_APPLICATION_CREDENTIAL_ID: "an-id",
    OS_APPLICATION_CREDENTIAL_SECRET: "no-secret",
  };
  const environment = environmentOf({ ...cloud, HTTPS_PROXY: proxy.url });
  const { code, stdout } = await tryRun(process.execPath, [COMMAND, "preflight", "customer10"], {
    cwd: PROJECT,
    env: environment,
  });
  expect(code, stdout).toBe(2);
  // Each answers, and the example's instance is not asked before its CA is there.
  expect(stdout).toContain(`The central Vault at https://${CENTRAL} refuses the token`);
  expect(stdout).toContain(`The cloud at https://${KEYSTONE} does not answer (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`);
  // Terraform may ask through it whether there is a newer version.
  expect(proxy.targets).toEqual(expect.arrayContaining([CENTRAL, KEYSTONE]));
});

test("C3: nothing passes the proxy for the names of NO_PROXY", async () => {
  const { code, failure } = await run("status", { HTTPS_PROXY: proxy.url, NO_PROXY: ".lab.example" });
  expect(code).toBe(1);
  expect(failure).toContain("central.lab.example");
  expect(proxy.targets).toEqual([]);
});

test("C3: purge reaches the central Vault through HTTPS_PROXY", async () => {
  await bed.central.client.send("DELETE", "customers/data/customer10/main");
  const operator = { HTTPS_PROXY: proxy.url, VAULT_TOKEN: bed.central.rootToken };
  const { code, stdout, stderr } = await run("purge", operator, "--yes-destroy-the-keys", "customer10/main");
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(new Set(proxy.targets)).toEqual(new Set([CENTRAL]));
});
