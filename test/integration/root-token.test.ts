import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { Instance } from "../../src/contract/instance";
import { Secret } from "../../src/core/secret";
import { AccessApi } from "../../src/vault/access";
import type { TokenFacts } from "../../src/vault/access-answers";
import { ReplicaError } from "../../src/vault/errors";
import { generateRootToken } from "../../src/operations/root-token/generate-root-token";
import { all } from "../support/all";
import { contextOf } from "./support/process-pods";
import { staticSeal } from "./support/seals";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let instance: Instance;
let server: VaultServer;
beforeAll(async () => {
  bed = await TestBed.start();
  const started = await bed.startInstance("rooted", 1);
  [server] = started.servers as [VaultServer];
  ({ instance } = started);
  await bed.unseal(instance);
});
afterAll(() => bed.stop());

const TARGET = "customer10/rooted";

function command(action: string, ...options: readonly string[]) {
  return bed.run(["root-token", action, TARGET, ...options], bed.environment());
}

async function recorded(): Promise<string | undefined> {
  return (await bed.central.readRecord("customer10", "rooted"))["root-token"];
}

function facts(token: string): Promise<TokenFacts | undefined> {
  return AccessApi.as(server.client(), new Secret(token)).lookUp();
}

/** Accessors of the root tokens that the server accepts. @param token One of them. */
async function rootTokens(token: string): Promise<string[]> {
  const api = AccessApi.as(server.client(), new Secret(token));
  const accessors = all(await api.tokenAccessors());
  const found = await Promise.all(accessors.map((accessor) => api.lookUpAccessor(accessor)));
  return found.flatMap((each) => (each?.path === "auth/token/root" ? [each.accessor] : []));
}

async function mark(): Promise<unknown> {
  const { body } = await bed.central.client.send("GET", `customers/metadata/${TARGET}`);
  return (body.data as { custom_metadata: Record<string, string> }).custom_metadata["root-token-begun"];
}

test("the record's root token is revoked, and another one is made for a person or for the record", async () => {
  const former = (await recorded()) ?? "";
  const revoked = await command("revoke");
  expect([revoked.code, revoked.failure]).toEqual([0, ""]);
  expect([await recorded(), await facts(former)]).toEqual([undefined, undefined]);
  expect((await command("revoke")).stdout).toContain("its record has no root token");

  // Neither --keep nor --print.
  expect((await command("generate")).failure).toContain("[usage]");
  const printed = await command("generate", "--print");
  expect([printed.code, printed.failure]).toEqual([0, ""]);
  const token = printed.stdout.trim();
  expect(await facts(token)).toMatchObject({ policies: ["root"], path: "auth/token/root" });
  expect(printed.stderr).not.toContain(token);
  expect(await recorded()).toBeUndefined();
  // A token of this kind does not expire.
  const { body } = await server.client(token).send("GET", "auth/token/lookup-self");
  expect(body.data).toMatchObject({ expire_time: null, ttl: 0 });

  const json = JSON.parse((await command("generate", "--print", "--json")).stdout) as { rootToken: string };
  expect(await facts(json.rootToken)).toBeDefined();

  const kept = await command("generate", "--keep");
  expect([kept.code, kept.failure]).toEqual([0, ""]);
  const inRecord = (await recorded()) ?? "";
  expect(kept.stdout).toContain((await facts(inRecord))?.accessor);
  expect(kept.stdout + kept.stderr).not.toContain(inRecord);
  expect((await command("generate", "--keep")).stdout).toContain("the root token of its record works");
  expect(await rootTokens(inRecord)).toHaveLength(3);
  for (const each of [token, json.rootToken]) await AccessApi.as(server.client(), new Secret(each)).logOut();
  expect(await mark()).toBeUndefined();
});

test("keys that are wrong make none, and the ceremony is cancelled", async () => {
  const { client } = bed.central;
  const record = await bed.central.readRecord("customer10", "rooted");
  const { "root-token": token = "", ...fields } = record;
  const damaged = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (!name.startsWith("unseal-key-")) return [name, value];
      const bytes = Buffer.from(value, "base64");
      for (let index = 0; index < bytes.length - 1; index++) bytes[index] = (bytes[index] ?? 0) ^ 1;
      return [name, bytes.toString("base64")];
    }),
  );
  await client.send("POST", `customers/data/${TARGET}`, { body: { data: damaged } });
  const { code, failure } = await command("generate", "--keep");
  expect([code, failure]).toEqual([1, expect.stringContaining("[keys-refused]") as string]);
  await client.send("POST", `customers/data/${TARGET}`, { body: { data: record } });
  const { body } = await server.client(token).send("GET", "sys/generate-root-token/attempt");
  expect(body.data).toMatchObject({ started: false });
});

test("an instance that unseals itself has its root token made with its recovery keys", async () => {
  const settings = staticSeal(bed, "by-recovery");
  const other = await bed.startInstance("by-recovery", 1, { seal: "static", settings });
  await bed.unseal(other.instance);
  const run = (action: string, ...options: string[]) =>
    bed.run(["root-token", action, "customer10/by-recovery", ...options], bed.environment());
  expect(await run("revoke")).toMatchObject({ code: 0 });
  const { code, failure } = await run("generate", "--keep");
  expect([code, failure]).toEqual([0, ""]);
  expect((await bed.central.readRecord("customer10", "by-recovery"))["root-token"]).toBeDefined();
});

test("a token whose answer is lost is revoked by the run itself, which makes another one", async () => {
  expect(await command("revoke")).toMatchObject({ code: 0 });
  const context = contextOf(bed, instance, [server]);
  let lost = 0;
  const access: typeof context.access = (replica, token) => {
    const api = context.access(replica, token);
    const sendKey: typeof api.sendKey = async (path, nonce, key) => {
      const answer = await api.sendKey(path, nonce, key);
      if (answer !== "refused" && answer.encodedToken !== undefined && lost++ === 0)
        throw new ReplicaError("unreachable", "the answer was cut off");
      return answer;
    };
    return Object.create(api, { sendKey: { value: sendKey } }) as typeof api;
  };
  const report = await generateRootToken({ ...context, access });
  expect([lost, report.revoked.length]).toEqual([2, 1]);
  expect(await rootTokens((await recorded()) ?? "")).toEqual([report.accessor]);
});

/** Kills that are spread over a whole run. */
const ROUNDS = 8;

test("runs that are killed at any moment leave no root token that nobody has", async () => {
  expect(await command("revoke")).toMatchObject({ code: 0 });
  const begun = Date.now();
  expect(await command("generate", "--keep")).toMatchObject({ code: 0 });
  const whole = Date.now() - begun;
  for (let round = 1; round <= ROUNDS; round++) {
    expect(await command("revoke")).toMatchObject({ code: 0 });
    const run = bed.begin(["root-token", "generate", TARGET, "--keep"], bed.environment());
    await sleep(whole * (0.4 + (0.55 * round) / ROUNDS));
    run.kill("SIGKILL");
    await run.ended;
    const next = await command("generate", "--keep");
    expect([round, next.code, next.failure]).toEqual([round, 0, ""]);
    const token = (await recorded()) ?? "";
    expect(await rootTokens(token)).toEqual([(await facts(token))?.accessor]);
    expect(await mark()).toBeUndefined();
  }
});
