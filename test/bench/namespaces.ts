import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Instance } from "../../src/contract/instance";
import { TestBed } from "../integration/support/test-bed";
import { median } from "./median";

/** Milliseconds in which a server comes to rest. */
const REST = 5_000;

const IDENTITIES = { mounts: [], logins: [], tokenTtl: 3_600, secretIdTtl: 7_776_000 };

interface Row {
  readonly namespaces: number;
  readonly memoryMiB: number;
  /** Seconds of the hook of the shared instance, which makes the logins. */
  readonly logins: number;
  /** Seconds of the hook of one tenant. */
  readonly hook: number;
  /** Seconds from the unsealing of the shared instance until every namespace is open. */
  readonly reopened: number;
}

/** Measures namespaces of one server: memory, and time to create and to open them. */
async function main(): Promise<void> {
  const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 10, 100];
  const bed = await TestBed.start();
  try {
    const { instance, servers } = await bed.startInstance("shared", 1);
    const [server] = servers as [VaultServer];
    const environment = { ...bed.environment(), VAULT_TOKEN: bed.central.rootToken };
    const first = await seconds(() => hook(bed, environment, instance));
    await sleep(REST);
    print(`an instance of its own, one server: ${memoryMiB(server)} MiB, ${first.toFixed(1)} s for its hook`);
    print("namespaces | memory of the server | per tenant | logins | hook of a tenant | all open after a restart");

    const alone = memoryMiB(server);
    const guests: Instance[] = [];
    for (const count of counts) {
      const names = Array.from({ length: count }, (_, index) => `tenant-${index}`);
      const namespaces = names.map((name) => `${name}/main`);
      const host = { ...instance, identities: { ...IDENTITIES, namespaces } };
      const logins = await seconds(() => hook(bed, environment, host));
      const times: number[] = [];
      for (const name of names.slice(guests.length)) {
        const guest = guestOf(name, server, bed);
        times.push(await seconds(() => hook(bed, environment, guest)));
        guests.push(guest);
      }
      await sleep(REST);
      const used = memoryMiB(server);
      const reopened = await reopen(bed, environment, server, host, namespaces);
      show({ namespaces: count, memoryMiB: used, logins, hook: median(times), reopened }, alone);
    }
  } finally {
    await bed.stop();
  }
}

function guestOf(tenant: string, server: VaultServer, bed: TestBed): Instance {
  return {
    tenant,
    name: "main",
    product: "openbao",
    seal: "shamir",
    secretShares: 5,
    secretThreshold: 3,
    sharedInstance: "customer10/shared",
    replicas: [{ name: `${tenant}.main`, address: server.address }],
    caCertificate: bed.authority.certificate,
    identities: IDENTITIES,
  };
}

async function hook(bed: TestBed, environment: Record<string, string>, instance: Instance): Promise<void> {
  const described = { ...environment, TENANT_VAULT_INSTANCE: JSON.stringify(instance) };
  const { code, stderr } = await bed.run(["unseal", `${instance.tenant}/${instance.name}`], described);
  if (code !== 0) throw new Error(stderr);
}

/** Restarts the server while a watcher runs. @returns Seconds. */
async function reopen(
  bed: TestBed,
  environment: Record<string, string>,
  server: VaultServer,
  host: Instance,
  namespaces: readonly string[],
): Promise<number> {
  const { "root-token": root } = await bed.central.readRecord(host.tenant, host.name);
  const client = server.client(root);
  const isOpen = async (instance: string): Promise<boolean> => {
    const { body } = await client.send("GET", `sys/namespaces/${instance.replace("/", ".")}/seal-status`);
    return !(body.data as { sealed: boolean }).sealed;
  };
  const watcher = bed.begin(["watch"], environment);
  try {
    await server.stop();
    await server.start();
    await hook(bed, environment, host);
    return await seconds(async () => {
      while (!(await Promise.all(namespaces.map(isOpen))).every((open) => open)) await sleep(100);
    });
  } finally {
    watcher.kill("SIGTERM");
    await watcher.ended;
    await client.close();
  }
}

function show({ namespaces, memoryMiB: used, logins, hook: one, reopened }: Row, alone: number): void {
  const each = ((used - alone) / namespaces).toFixed(1);
  print(
    `${namespaces} | ${used} MiB | ${each} MiB | ${logins.toFixed(1)} s | ${one.toFixed(1)} s | ${reopened.toFixed(1)} s`,
  );
}

/** Resident memory of a server. */
function memoryMiB(server: VaultServer): number {
  const status = readFileSync(`/proc/${server.pid ?? ""}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
