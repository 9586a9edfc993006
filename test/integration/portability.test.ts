import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { VaultClient } from "../../src/vault/client";
import { ageKey, decryptedWith, type AgeKey } from "../support/age";
import { all } from "../support/all";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let key: AgeKey;
let identity: string;
let source: VaultClient;
let target: VaultClient;
beforeAll(async () => {
  bed = await TestBed.start();
  key = await ageKey();
  identity = join(bed.folder, "key.txt");
  writeFileSync(identity, `${key.identity}\n`);
  source = await start("source");
  target = await start("target");
  await populate();
});
afterAll(() => bed.stop());

/** Secrets of the load. */
const LOAD = 1500;

/** Starts an instance. @returns A client with its root token. */
async function start(name: string): Promise<VaultClient> {
  const { instance, servers } = await bed.startInstance(name, 1);
  await bed.unseal(instance);
  const { "root-token": token } = await bed.central.readRecord("customer10", name);
  return (servers as [VaultServer])[0].client(token);
}

async function write(path: string, body: object): Promise<Record<string, unknown>> {
  return (await source.send("POST", path, { body })).body;
}

async function ready(client: VaultClient, mount: string): Promise<void> {
  while ((await client.send("GET", `${mount}/config`, { accept: [400] })).status !== 200) await sleep(100);
}

/** What a customer has after a while. */
async function populate(): Promise<void> {
  await write("sys/mounts/kv", { type: "kv", options: { version: "2" }, description: "of teams" });
  await write("sys/mounts/team/old", { type: "kv", options: { version: "1" }, config: { max_lease_ttl: "2h" } });
  await write("sys/mounts/pki", { type: "pki", config: { max_lease_ttl: "9000h" } });
  for (const type of ["ssh", "database", "transit"]) await write(`sys/mounts/${type}`, { type });
  for (const type of ["userpass", "approle"]) await write(`sys/auth/${type}`, { type });
  await ready(source, "kv");
  await write("kv/config", { max_versions: 7 });
  for (const n of [1, 2, 3, 4]) await write("kv/data/app/database", { data: { password: `secret-${n}`, n } });
  await write("kv/delete/app/database", { versions: [2] });
  await write("kv/destroy/app/database", { versions: [3] });
  await write("kv/metadata/app/database", {
    custom_metadata: { owner: "team a" },
    max_versions: 5,
    delete_version_after: "2400h",
  });
  await write("kv/data/app", { data: { nested: { list: [1, "two", null], empty: {} } } });
  await write("kv/data/gone", { data: { a: "former" } });
  await write("kv/delete/gone", { versions: [1] });
  await write("kv/metadata/only-metadata", { cas_required: true });
  await write(`kv/data/${encodeURIComponent("odd name? 100% #1")}`, { data: { ü: "ß" } });
  await write("team/old/plain", { value: "former" });
  await write("sys/policies/acl/reader", { policy: 'path "kv/data/*" { capabilities = ["read"] }' });
  await write("sys/policies/password/long", { policy: 'length = 20\nrule "charset" { charset = "abcdefgh" }' });
  await write("pki/root/generate/internal", { common_name: "Customer", ttl: "8000h" });
  await write("pki/roles/web", { allowed_domains: ["example.com"], allow_subdomains: true, max_ttl: "72h" });
  await write("sys/mounts/ssh-without-key", { type: "ssh" });
  await write("ssh/config/ca", { generate_signing_key: true, key_type: "ed25519" });
  await write("ssh/roles/login", { key_type: "ca", allow_user_certificates: true, allowed_users: "app", ttl: "1h" });
  await write("database/config/orders", {
    plugin_name: "postgresql-database-plugin",
    connection_url: "postgresql://{{username}}:{{password}}@127.0.0.1:1/orders",
    username: "vault",
    password: "never-leaves",
    verify_connection: false,
    allowed_roles: ["app"],
  });
  await write("database/roles/app", { db_name: "orders", creation_statements: ["CREATE ROLE x"], default_ttl: "1h" });
  await write("transit/keys/mail", {});
  await write("auth/userpass/users/bob", { password: "never-leaves", token_policies: ["reader"], token_ttl: "1h" });
  await write("auth/approle/role/web", { token_policies: ["reader"], secret_id_ttl: "24h" });
  await write("auth/token/roles/ci", { allowed_policies: ["reader"] });
  await write("identity/entity", { name: "bob", policies: ["reader"], metadata: { team: "a" } });
  const logins = (await source.send("GET", "sys/auth")).body.data as Record<string, { accessor: string }>;
  const { id } = (await source.send("GET", "identity/entity/name/bob")).body.data as { id: string };
  await write("identity/entity-alias", {
    name: "bob",
    canonical_id: id,
    mount_accessor: logins["userpass/"]?.accessor,
  });
  await write("identity/group", { name: "inner", policies: ["reader"], member_entity_ids: [id] });
  const inner = (await source.send("GET", "identity/group/name/inner")).body.data as { id: string };
  await write("identity/group", { name: "a-outer", member_group_ids: [inner.id] });
}

function exported(file: string, ...options: readonly string[]) {
  return bed.run(
    ["export", "customer10/source", "--to", file, "--recipient", key.recipient, ...options],
    bed.environment(),
  );
}

function imported(file: string, instance: string, ...options: readonly string[]) {
  return bed.run(
    ["import", `customer10/${instance}`, "--from", file, "--identity", identity, ...options],
    bed.environment(),
  );
}

/** What another server has otherwise: IDs, times, and whether a version that is gone was deleted or destroyed. */
const OF_ONE_SERVER =
  /^(accessor|uuid|id|(created|updated|deletion|creation|last_update)_time|modify_index|modified|mount_accessor|canonical_id|\w*group_ids|member_entity_ids|current_metadata_version|destroyed)$/;

/** Everything that a client can read, without what belongs to one server. */
async function readable(client: VaultClient): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const read = async (path: string): Promise<void> => {
    const { body } = await client.send("GET", path, { accept: [404] });
    const text = JSON.stringify(body.data ?? null, (name, value: unknown) =>
      OF_ONE_SERVER.test(name) || value === null || (Array.isArray(value) && value.length === 0) ? undefined : value,
    ) as string | undefined;
    if (text?.includes("auth/tenant-vault/") !== true) found[path] = text && JSON.parse(text);
  };
  const walk = async (list: string, item = list): Promise<void> => {
    const { body } = await client.send("LIST", list, { accept: [404] });
    for (const name of (body.data as { keys?: string[] } | undefined)?.keys ?? [])
      if (name.endsWith("/")) await walk(`${list}/${name.slice(0, -1)}`, `${item}/${name.slice(0, -1)}`);
      else await read(`${item}/${encodeURIComponent(name)}`);
  };
  for (const path of ["sys/mounts", "sys/auth", "kv/config", "pki/config/urls"]) await read(path);
  for (const list of ["sys/policies/acl", "sys/policies/password", "pki/roles", "ssh/roles", "database/config"])
    await walk(list);
  for (const list of ["database/roles", "auth/userpass/users", "auth/approle/role", "auth/token/roles"])
    await walk(list);
  for (const list of ["identity/entity/name", "identity/group/name", "team/old"]) await walk(list);
  await walk("kv/metadata");
  for (const n of [1, 2, 3, 4]) await read(`kv/data/app/database?version=${n}`);
  for (const path of ["app", "gone", "odd%20name%3F%20100%25%20%231"]) await read(`kv/data/${path}`);
  await read("auth/approle/role/web/role-id");
  return found;
}

test("what leaves one instance and comes into an empty one is what a client could read", async () => {
  const file = join(bed.folder, "customer10.bundle");
  const before = await readable(source);
  const { code, stdout, stderr, failure } = await exported(file);
  expect([code, failure]).toEqual([0, ""]);
  for (const part of ["pki: private keys", "userpass: passwords", "transit: keys", "tokens and leases"])
    expect(stdout).toContain(part);
  for (const text of [stdout + stderr, readFileSync(file, "latin1")])
    for (const secret of ["secret-1", "never-leaves", "odd name", "team a"]) expect(text).not.toContain(secret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await exported(file)).failure).toContain("[usage]");
  // The token and its policy are gone, and the instance is as before.
  expect(await readable(source)).toEqual(before);

  const dry = await imported(file, "target", "--dry-run", "--json");
  expect([dry.failure, dry.code]).toEqual(["", 0]);
  expect((await readable(target))["kv/config"]).toBeUndefined();
  const first = await imported(file, "target", "--json");
  expect([first.failure, first.code]).toEqual(["", 0]);
  const report = JSON.parse(first.stdout) as Record<string, number>;
  expect(report).toMatchObject({ conflicts: [], refused: [], passwords: ["auth/userpass/users/bob"] });
  // A new mount has some of its settings already.
  const planned = JSON.parse(dry.stdout) as Record<string, number>;
  expect(Number(planned.written) + Number(planned.equal)).toBe(Number(report.written) + Number(report.equal));
  expect(report.public).toEqual(expect.arrayContaining(["ssh/config/ca", "transit/keys/mail"]));
  const after = await readable(target);
  expect(Object.fromEntries(all(Object.keys(before)).map((path) => [path, after[path]]))).toEqual(before);
  const group = (await target.send("GET", "identity/group/name/inner")).body.data as { member_entity_ids: string[] };
  const bob = (await target.send("GET", "identity/entity/name/bob")).body.data as { id: string };
  expect(group.member_entity_ids).toEqual([bob.id]);

  const again = await imported(file, "target", "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ written: 0, conflicts: [], refused: [] });
});

test("a bundle is opened without this project", async () => {
  const folder = join(bed.folder, "opened");
  mkdirSync(folder);
  execFileSync("tar", ["-xf", join(bed.folder, "customer10.bundle"), "-C", folder]);
  const parts = all(readdirSync(folder).filter((name) => /^part-.*\.age$/.test(name)));
  const texts = await Promise.all(parts.map((name) => decryptedWith(key.identity, readFileSync(join(folder, name)))));
  const kinds = texts
    .join("")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(new Set(kinds)).toEqual(new Set(["mount", "object", "public", "entity", "group", "secret"]));
});

test("another value stays, and is listed, until it is to be overwritten", async () => {
  const file = join(bed.folder, "customer10.bundle");
  await target.send("POST", "kv/data/app", { body: { data: { mine: true } } });
  await target.send("POST", "sys/policies/acl/reader", { body: { policy: "# mine" } });
  const { code, stdout } = await imported(file, "target", "--json");
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ written: 0, conflicts: ["sys/policies/acl/reader", "kv/app"] });
  expect((await target.send("GET", "kv/data/app")).body.data).toMatchObject({ data: { mine: true } });
  expect(await imported(file, "target", "--overwrite")).toMatchObject({ code: 0 });
  expect((await target.send("GET", "kv/data/app")).body.data).toMatchObject({ data: { nested: { empty: {} } } });
  expect((await target.send("GET", "kv/data/app?version=2")).body.data).toMatchObject({ data: { mine: true } });
  expect(await imported(file, "target")).toMatchObject({ code: 0 });
});

test("a mount of another type keeps what it has", async () => {
  const other = await start("other");
  await other.send("POST", "sys/mounts/kv", { body: { type: "kv", options: { version: "1" } } });
  const { code, stdout } = await imported(join(bed.folder, "customer10.bundle"), "other", "--overwrite", "--json");
  const { conflicts } = JSON.parse(stdout) as { conflicts: string[] };
  expect([code, conflicts]).toEqual([2, expect.arrayContaining(["sys/mounts/kv", "kv/app"])]);
  expect((await other.send("LIST", "kv", { accept: [404] })).status).toBe(404);
});

test.each<[string, (file: string) => void]>([
  ["truncated", (file) => truncateSync(file, statSync(file).size - 4096)],
  ["cut within a part", (file) => truncateSync(file, 3000)],
  ["altered", (file) => alter(file, 4000)],
  ["altered where no part is", (file) => alter(file, 520)],
])("a bundle that is %s is refused, and nothing is written", async (name, damage) => {
  const file = join(bed.folder, `${name}.bundle`);
  writeFileSync(file, readFileSync(join(bed.folder, "customer10.bundle")));
  damage(file);
  expect((await imported(file, "target")).failure).toContain("[bundle-damaged]");
});

function alter(file: string, place: number): void {
  const bytes = readFileSync(file);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

test("a bundle of somebody else cannot be read", async () => {
  const other = join(bed.folder, "other.txt");
  writeFileSync(other, (await ageKey()).identity);
  const { failure } = await bed.run(
    ["import", "customer10/target", "--from", join(bed.folder, "customer10.bundle"), "--identity", other],
    bed.environment(),
  );
  expect(failure).toContain("[snapshot-undecryptable]");
});

test("an export that is killed goes on, and loses nothing", async () => {
  const names = Array.from({ length: LOAD }, (_, index) => index);
  for (let start = 0; start < LOAD; start += 50)
    await Promise.all(
      names
        .slice(start, start + 50)
        .map((n) => write(`kv/data/load/${n % 10}/${n}`, { data: { n, text: "x".repeat(1500) } })),
    );
  const file = join(bed.folder, "killed.bundle");
  const arguments_ = ["export", "customer10/source", "--to", file, "--recipient", key.recipient];
  const run = bed.begin(arguments_, bed.environment());
  // Once a part is on the disk.
  const size = (): number => (existsSync(`${file}.unfinished`) ? statSync(`${file}.unfinished`).size : 0);
  while (size() < 1_000_000) await sleep(10);
  run.kill("SIGKILL");
  await run.ended;
  expect(existsSync(file)).toBe(false);
  const left = size();
  // Nothing else is on the disk, and nothing is readable.
  expect(readdirSync(bed.folder).filter((name) => name.startsWith("killed"))).toEqual(["killed.bundle.unfinished"]);
  expect(readFileSync(`${file}.unfinished`, "latin1")).not.toMatch(/xxxx|load\//);

  const resumed = await bed.run(arguments_, bed.environment());
  expect([resumed.code, resumed.failure]).toEqual([0, ""]);
  expect(resumed.stderr).toContain("continues an export that was interrupted");
  expect(statSync(file).size).toBeGreaterThan(left);
  const { stdout, code } = await imported(file, "target", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ written: LOAD, conflicts: [], refused: [] });
  for (const n of [0, 749, LOAD - 1])
    expect((await target.send("GET", `kv/data/load/${n % 10}/${n}`)).body.data).toMatchObject({ data: { n } });
});
