import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import { freePort } from "../../lab/ports";
import { waitUntil } from "../../lab/wait";
import type { VaultServer } from "../../lab/servers/vault-server";
import { ageKey } from "../support/age";
import { all } from "../support/all";
import { CredentialStore } from "../../src/central/credential-store";
import { maintenancePolicy, watchPolicy } from "../../src/policy/central-policies";
import { startPostgresql } from "./support/postgresql";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let server: VaultServer;
let record: Record<string, string>;
let environment: Record<string, string>;
let args: string[];
beforeAll(async () => {
  bed = await TestBed.start();
  const key = await ageKey();
  const identity = join(bed.folder, "key.txt");
  writeFileSync(identity, `${key.identity}\n`, { mode: 0o600 });
  const { program } = await obtainVaultServer();
  environment = {
    ...bed.environment(),
    PATH: `${dirname(program)}:${process.env.PATH ?? ""}`,
    TENANT_VAULT_SNAPSHOTS: `file:${join(bed.folder, "snapshots")}`,
    TENANT_VAULT_SNAPSHOT_RECIPIENTS: key.recipient,
  };
  args = ["drill", "customer10/drilled", "--identity", identity];
  const started = await bed.startInstance("drilled", 1);
  server = started.servers[0] as VaultServer;
  const auditFolder = join(bed.folder, "audit");
  await server.stop();
  server.auditFile = join(auditFolder, "audit.log");
  mkdirSync(auditFolder);
  await server.start();
  await bed.unseal(started.instance);
  record = await bed.central.readRecord("customer10", "drilled");
  const client = server.client(record["root-token"]);
  await client.send("POST", "sys/mounts/pki", { body: { type: "pki", config: { max_lease_ttl: "87600h" } } });
  await client.send("POST", "pki/root/generate/internal", { body: { common_name: "Example CA", ttl: "8760h" } });
  expect(await bed.run(["snapshot", "save", "customer10/drilled"], environment)).toMatchObject({
    code: 0,
    failure: "",
  });
  // The machine of a drill cannot write to the audit log of the instance.
  rmSync(auditFolder, { recursive: true });
  writeFileSync(auditFolder, "");
});
afterAll(() => bed.stop());

/** A token with the policies of a watcher that drills, and no others. */
async function watcherToken(): Promise<string> {
  const { client } = bed.central;
  const policies = { watch: watchPolicy(), maintenance: maintenancePolicy() };
  for (const [name, policy] of Object.entries(policies)) {
    await client.send("PUT", `sys/policies/acl/${name}`, { body: { policy } });
  }
  const body = { policies: Object.keys(policies), no_default_policy: true };
  const created = await client.send("POST", "auth/token/create", { body });
  return (created.body.auth as { client_token: string }).client_token;
}

/** Folders of drills of this machine. */
function folders(): string[] {
  return readdirSync("/dev/shm").filter((name) => name.startsWith("tenant-vault-drill-"));
}

test("the newest snapshot is proven, and the proof is in the metadata of the record", async () => {
  const before = folders();
  const { code, failure, stdout, stderr } = await bed.run(args, environment);
  expect([code, failure]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /^customer10\/drilled: proved customer10\.drilled\.\S+ in [\d.]+ s with \S+: .* 1 CA chains\n$/,
  );
  console.info(stdout.trim());
  for (const secret of all(Object.values(record))) expect(stdout + stderr).not.toContain(secret);
  expect(folders()).toEqual(before);
  const status = await bed.run(["status", "customer10/drilled"], environment);
  expect(status.stdout).toContain("a snapshot was last proven by a restore 0 days ago");
  const metrics = await bed.run(["status", "customer10/drilled", "--prometheus"], environment);
  expect(metrics.stdout).toMatch(/^tenant_vault_restore_proven_timestamp_seconds\{.*\} \d+/m);
  expect(await bed.central.readRecord("customer10", "drilled")).toEqual(record);
});

test("a watcher proves a snapshot once, and leaves nothing when it is told to end during a drill", async () => {
  const before = folders();
  const metadata = "customers/metadata/customer10/drilled";
  const patch = (time: string | null, snapshot: string | null) =>
    bed.central.client.send("PATCH", metadata, {
      body: { custom_metadata: { "restore-proven-at": time, "restore-proven-snapshot": snapshot } },
      contentType: "application/merge-patch+json",
    });
  const proof = async () =>
    (await bed.central.client.send("GET", metadata)).body.data as { custom_metadata: Record<string, string> };
  await patch(null, null);
  const identity = args.at(-1) ?? "";
  const port = await freePort();
  // About a second, so that the proof is too old at once: there is no newer snapshot then.
  const watch = ["watch", "--json", "--drill", "0.00001", "--identity", identity, "--listen", `127.0.0.1:${port}`];
  let output = "";
  const watchEnvironment = { ...environment, VAULT_TOKEN: await watcherToken() };
  const first = bed.begin(watch, watchEnvironment, (text) => (output += text));
  await waitUntil("it says that it needs another", () => Promise.resolve(output.includes('"code":"snapshot-missing"')));
  expect(output.match(/"message":"a snapshot is proven"/g)).toHaveLength(1);
  const { custom_metadata: proven } = await proof();
  expect(proven["restore-proven-snapshot"]).toMatch(/^customer10\.drilled\./);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const labels = '{tenant="customer10",vault_instance="drilled"}';
  const [, seconds] =
    metrics
      .split("\n")
      .find((line) => line.startsWith(`tenant_vault_restore_proven_timestamp_seconds${labels}`))
      ?.split(" ") ?? [];
  expect(Math.abs(Number(seconds) - Date.parse(proven["restore-proven-at"] ?? "") / 1000)).toBeLessThan(2);
  expect(metrics).toContain('code="snapshot-missing"} 1\n');
  first.kill("SIGTERM");
  expect((await first.ended).code).toBe(0);
  for (const secret of all(Object.values(record))) expect(output + metrics).not.toContain(secret);

  await patch("2026-01-01T00:00:00Z", "customer10.drilled.20260101T000000000Z");
  const second = bed.begin(watch, watchEnvironment);
  await waitUntil("its drill has begun", () => Promise.resolve(folders().length > before.length));
  second.kill("SIGTERM");
  expect((await second.ended).code).toBe(0);
  expect(folders()).toEqual(before);
  expect((await proof()).custom_metadata["restore-proven-at"]).toBe("2026-01-01T00:00:00Z");
});

test("a drill that is killed or interrupted at any moment leaves no data on this machine", async () => {
  const before = folders();
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    for (const pause of [1_500, 3_000]) {
      const run = bed.begin(args, environment);
      await sleep(pause);
      run.kill(signal);
      await run.ended;
      await waitUntil("the server is destroyed", () => Promise.resolve(folders().length === before.length));
    }
  }
});

test("a deleted record ends the drill before any server starts", async () => {
  const client = bed.central.client;
  const { body } = await client.send("GET", "customers/data/customer10/drilled");
  const { metadata } = body.data as { metadata: { version: number } };
  await client.send("POST", "customers/delete/customer10/drilled", { body: { versions: [metadata.version] } });
  const deleted = await bed.run(args, environment);
  expect(deleted.failure).toContain("[record-deleted]");
  await client.send("POST", "customers/undelete/customer10/drilled", { body: { versions: [metadata.version] } });
});

test("a missing program is named", async () => {
  const { failure } = await bed.run(args, { ...environment, PATH: "/nowhere" });
  expect(failure).toContain("[drill-server-missing]");
});

/** Holds each drill between the moment its server is active and the first login there. */
function holdDrills(until: () => Promise<boolean>): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { read } = CredentialStore.prototype;
  const held = vi.spyOn(CredentialStore.prototype, "read").mockImplementation(async function (
    this: CredentialStore,
    identity,
  ) {
    await waitUntil("the server has revoked what it can", until);
    return read.call(this, identity);
  });
  return () => held.mockRestore();
}

/** What the servers of the drills on this machine have logged. */
function logs(): string {
  const files = folders().map((name) => join("/dev/shm", name, "server.log"));
  return files.flatMap((file) => (existsSync(file) ? [readFileSync(file, "utf8")] : [])).join("");
}

test("a server without isolation revokes what the instance has renewed, and one with it cannot", async () => {
  const password = "of a test";
  const { server: postgresql, port } = await startPostgresql(bed.folder, bed.authority, password);
  const client = server.client(record["root-token"]);
  const send = (path: string, body: object) => client.send("POST", path, { body });
  try {
    await send("sys/mounts/database", { type: "database" });
    await send("database/config/shop", {
      plugin_name: "postgresql-database-plugin",
      connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=require`,
      ...{ username: "postgres", password, allowed_roles: "*" },
    });
    await send("database/roles/web", {
      ...{ db_name: "shop", default_ttl: "10s", max_ttl: "1h" },
      creation_statements: `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}'`,
    });
    const { lease_id: lease, data } = (await client.send("GET", "database/creds/web")).body;
    const web = data as { username: string; password: string };
    const exists = () => postgresql.canLogIn(web.username, web.password);
    expect((await bed.run(["snapshot", "save", "customer10/drilled"], environment)).failure).toBe("");
    await send("sys/leases/renew", { lease_id: lease, increment: "1h" });

    const release = holdDrills(() => Promise.resolve(/failed to revoke lease.*network is unreachable/.test(logs())));
    const isolated = await bed.run(args, environment);
    release();
    expect(isolated.failure).toBe("");
    expect(await exists()).toBe(true);

    const releaseOther = holdDrills(async () => !(await exists()));
    const open = await bed.run([...args, "--without-network-isolation"], environment);
    releaseOther();
    expect(open.failure).toBe("");
  } finally {
    await postgresql.stop();
  }
});
