import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import { waitUntil } from "../../lab/wait";
import type { VaultServer } from "../../lab/servers/vault-server";
import { ageKey } from "../support/age";
import { all } from "../support/all";
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
  await bed.unseal(started.instance);
  record = await bed.central.readRecord("customer10", "drilled");
  const client = server.client(record["root-token"]);
  await client.send("POST", "sys/mounts/pki", { body: { type: "pki", config: { max_lease_ttl: "87600h" } } });
  await client.send("POST", "pki/root/generate/internal", { body: { common_name: "Example CA", ttl: "8760h" } });
  expect(await bed.run(["snapshot", "save", "customer10/drilled"], environment)).toMatchObject({
    code: 0,
    failure: "",
  });
});
afterAll(() => bed.stop());

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
