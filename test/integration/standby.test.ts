import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import { ageKey } from "../support/age";
import { all } from "../support/all";
import { staticSeal } from "./support/seals";
import type { CommandOutcome } from "./support/command";
import { TestBed } from "./support/test-bed";

const MAIN = "customer10/main";
const STANDBY = "customer10/standby";
const FORCE = ["--force", "--break-glass", "prepare a standby"] as const;

let bed: TestBed;
let environment: Record<string, string>;
let identity: string;
/** Servers of the two sites. */
let main: VaultServer[];
let standby: VaultServer;
/** Records before the first restore. */
let first: Record<"main" | "standby", Record<string, string>>;

beforeAll(async () => {
  bed = await TestBed.start();
  const key = await ageKey();
  identity = join(bed.folder, "key.txt");
  writeFileSync(identity, `${key.identity}\n`, { mode: 0o600 });
  environment = {
    ...bed.environment(),
    TENANT_VAULT_SNAPSHOTS: `file:${join(bed.folder, "snapshots")}`,
    TENANT_VAULT_SNAPSHOT_RECIPIENTS: key.recipient,
  };
  const [one, other] = [await bed.startInstance("main", 3), await bed.startInstance("standby", 1)];
  await Promise.all([bed.unseal(one.instance), bed.unseal(other.instance)]);
  main = one.servers;
  [standby] = other.servers as [VaultServer];
  first = { main: await record("main"), standby: await record("standby") };
  await send("POST", "sys/mounts/secrets", { type: "kv" });
  await send("POST", "sys/auth/userpass", { type: "userpass" });
  await send("POST", "sys/policies/acl/reader", { policy: 'path "secrets/*" { capabilities = ["read"] }' });
  await send("POST", "auth/userpass/users/alice", { password: "for a test", token_policies: "reader" });
});
afterAll(() => bed.stop());

function record(name: string): Promise<Record<string, string>> {
  return bed.central.readRecord("customer10", name);
}

function keysOf(fields: Record<string, string>): string[] {
  return [0, 1, 2, 3, 4, 5, 6].flatMap((index) => fields[`unseal-key-${index}`] ?? []);
}

/** A request to main, with its root token. */
async function send(method: "GET" | "POST", path: string, body?: object): Promise<void> {
  await main[0]?.client(first.main["root-token"]).send(method, path, body === undefined ? {} : { body });
}

/** Writes a secret to main, and keeps a snapshot. @returns The name of the snapshot. */
async function change(value: string): Promise<string> {
  await send("POST", "secrets/canary", { value });
  const { stdout, failure } = await bed.run(["snapshot", "save", MAIN, "--json"], environment);
  expect(failure).toBe("");
  return (JSON.parse(stdout) as { snapshot: string }).snapshot;
}

async function rotate(shares: number, threshold: number): Promise<void> {
  const command = ["rotate-keys", MAIN, "--shares", String(shares), "--threshold", String(threshold)];
  const { code, failure } = await bed.run(command, environment);
  expect([code, failure]).toEqual([0, ""]);
}

function restoring(...options: readonly string[]): string[] {
  return ["snapshot", "restore", STANDBY, "--of", MAIN, "--identity", identity, ...options];
}

async function restore(...options: readonly string[]): Promise<CommandOutcome & { readonly took: number }> {
  const began = Date.now();
  const outcome = await bed.run(restoring(...options), environment);
  return { ...outcome, took: Date.now() - began };
}

/** What a person of main reads from the standby. */
async function readAsAlice(): Promise<unknown> {
  const body = { password: "for a test" };
  const login = await standby.client().send("POST", "auth/userpass/login/alice", { body });
  const { client_token: token } = login.body.auth as { client_token: string };
  return (await standby.client(token).send("GET", "secrets/canary")).body.data;
}

/** Fails unless the standby serves this value, opens with its own record after a crash, and its record has the keys of main. */
async function expectStandby(value: string): Promise<void> {
  expect(await readAsAlice()).toEqual({ value });
  const fields = await record("standby");
  expect(Object.keys(fields).filter((name) => name.startsWith("new-"))).toEqual([]);
  expect(keysOf(fields)).toEqual(keysOf(await record("main")));
  await standby.stop("SIGKILL");
  await standby.start();
  const unsealed = await bed.run(["unseal", STANDBY], environment);
  expect([unsealed.code, unsealed.failure]).toEqual([0, ""]);
  await waitUntil("the standby answers", async () => (await readAsAlice().catch(() => undefined)) !== undefined);
  expect(await readAsAlice()).toEqual({ value });
  const status = await bed.run(["status", STANDBY, "--json"], environment);
  expect(JSON.parse(status.stdout)).toMatchObject([{ healthy: true, record: { state: "complete" } }]);
}

test("an instance that is not marked as a standby keeps its data", async () => {
  await change("one");
  const { failure } = await restore();
  expect(failure).toContain("[standby-unmarked]");
  expect(await record("standby")).toEqual(first.standby);
  expect((await bed.run(["snapshot", "promote", STANDBY], environment)).failure).toContain("[standby-unmarked]");
});

test("the first restore takes force, tells no secret, and keeps the former keys in an earlier version", async () => {
  const { code, failure, stdout, stderr, took } = await restore(...FORCE);
  console.info(`first restore: ${took} ms`);
  expect([code, failure]).toEqual([0, ""]);
  for (const secret of all([...Object.values(first.main), ...Object.values(first.standby)]))
    expect(stdout + stderr).not.toContain(secret);
  await expectStandby("one");
  const earlier = await Promise.all(
    [1, 2, 3, 4, 5].map((version) =>
      bed.central.client.send("GET", `customers/data/customer10/standby?version=${version}`, { accept: [404] }),
    ),
  );
  const keys = earlier.map(({ body }) => keysOf((body.data as { data: Record<string, string> | null }).data ?? {}));
  expect(keys).toContainEqual(keysOf(first.standby));
});

test("a schedule restores each snapshot once, without force", async () => {
  expect((await restore()).stdout).toContain("already");
  const name = await change("two");
  const { code, failure, stdout, stderr, took } = await restore();
  console.info(`restore on schedule: ${took} ms`);
  expect([code, failure]).toEqual([0, ""]);
  expect(stdout).toContain(`restored ${name}`);
  expect(stderr).not.toContain("by force");
  await expectStandby("two");
});

test("a rotation of the keys of main does not stop the schedule", async () => {
  await rotate(7, 4);
  await change("three");
  const { code, failure, took } = await restore();
  console.info(`restore after a rotation: ${took} ms`);
  expect([code, failure]).toEqual([0, ""]);
  await expectStandby("three");
});

test.each([
  ["before the data are replaced", 0],
  ["after it", 1_500],
])("a restore that is killed %s is finished by a later snapshot with later keys", async (moment, milliseconds) => {
  await rotate(5, 3);
  await change(`killed ${moment}`);
  const killed = bed.begin(restoring(), environment);
  await waitUntil("both keys are in the record", async () => "new-unseal-key-0" in (await record("standby")));
  await sleep(milliseconds);
  killed.kill("SIGKILL");
  await killed.ended;
  await standby.stop("SIGKILL");
  await standby.start();
  await rotate(7, 4);
  await change(`finished ${moment}`);
  const next = await restore();
  expect([next.code, next.failure]).toEqual([0, ""]);
  await expectStandby(`finished ${moment}`);
});

test("the names cannot be exchanged", async () => {
  await bed.run(["snapshot", "save", STANDBY], environment);
  const exchanged = ["snapshot", "restore", MAIN, "--of", STANDBY, "--identity", identity, ...FORCE];
  expect((await bed.run(exchanged, environment)).failure).toContain("[standby-unmarked]");
});

/** Writes the time to main again and again, until it is stopped. */
function writeOn(): () => Promise<void> {
  const stop = new AbortController();
  const ended = (async () => {
    while (!stop.signal.aborted)
      await send("POST", "secrets/canary", { value: String(Date.now()) }).catch(() => sleep(10));
  })();
  return async () => {
    stop.abort();
    await ended;
  };
}

test("once main is gone, the standby is promoted with all of before the last snapshot, and no schedule replaces its data any more", async () => {
  await change("last");
  const restored = await restore();
  expect([restored.code, restored.failure]).toEqual([0, ""]);
  const stop = writeOn();
  await sleep(500);
  const saves = Date.now();
  expect((await bed.run(["snapshot", "save", MAIN], environment)).failure).toBe("");
  const saved = Date.now();
  await sleep(500);
  const lost = Date.now();
  await Promise.all(main.map((server) => server.stop("SIGKILL")));
  await stop();
  const began = Date.now();
  const { took } = await restore();
  const promoted = await bed.run(["snapshot", "promote", STANDBY], environment);
  console.info(`switch: ${took} ms for the newest snapshot, ${Date.now() - began - took} ms for the promotion`);
  expect([promoted.code, promoted.failure]).toEqual([0, ""]);
  const { value } = (await readAsAlice()) as { value: string };
  console.info(`save: ${saved - saves} ms; lost: ${lost - Number(value)} ms of ${lost - saves} ms since it began`);
  // A write that was under way when the snapshot began may be in it or not.
  expect(Number(value)).toBeGreaterThan(saves - 500);
  await expectStandby(value);
  expect((await restore()).failure).toContain("[standby-unmarked]");
});

test("main, with servers that lost their storage, takes the data of the promoted standby back", async () => {
  for (const server of main) server.wipe();
  await Promise.all(main.map((server) => server.start()));
  const saved = await bed.run(["snapshot", "save", STANDBY], environment);
  expect([saved.code, saved.failure]).toEqual([0, ""]);
  const back = ["snapshot", "restore", MAIN, "--of", STANDBY, "--identity", identity, ...FORCE];
  for (const run of [back, ["snapshot", "promote", MAIN]]) {
    const { code, failure } = await bed.run(run, environment);
    expect([code, failure]).toEqual([0, ""]);
  }
  const status = await bed.run(["status", MAIN, "--json"], environment);
  expect(JSON.parse(status.stdout)).toMatchObject([{ healthy: true, record: { state: "complete" } }]);
  // The restored data name the server of the standby as the leader, which is not the one to join.
  const { "root-token": token } = await record("standby");
  const { body } = await standby.client(token).send("GET", "sys/storage/raft/configuration");
  expect(body.data).toMatchObject({ config: { servers: [{ node_id: "standby-0" }] } });
});

test("a standby whose seal unseals by itself takes a snapshot only if the seal opens it", async () => {
  const shared = staticSeal(bed, "shared");
  const seals = { sealed: shared, "same-seal": shared, "other-seal": staticSeal(bed, "other") };
  for (const [name, settings] of Object.entries(seals)) {
    const { instance } = await bed.startInstance(name, 1, { seal: "static", settings });
    await bed.unseal(instance);
  }
  expect((await bed.run(["snapshot", "save", "customer10/sealed"], environment)).failure).toBe("");
  const into = (name: string, ...options: readonly string[]): Promise<CommandOutcome> => {
    const names = [`customer10/${name}`, "--of", "customer10/sealed"];
    return bed.run(["snapshot", "restore", ...names, "--identity", identity, ...options], environment);
  };
  expect((await into("other-seal", ...FORCE)).failure).toContain("[snapshot-keys]");
  expect(await into("same-seal", ...FORCE)).toMatchObject({ code: 0, failure: "" });
  expect((await bed.run(["snapshot", "save", "customer10/sealed"], environment)).failure).toBe("");
  expect(await into("same-seal")).toMatchObject({ code: 0, failure: "" });
  const status = await bed.run(["status", "customer10/same-seal", "--json"], environment);
  expect(JSON.parse(status.stdout)).toMatchObject([{ healthy: true, record: { state: "complete" } }]);
});
