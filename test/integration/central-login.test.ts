import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { waitUntil } from "../../lab/wait";
import { connectToCentral } from "../../src/central/login";
import { escrowKeys } from "../../src/operations/unseal/escrow";
import { answerOf } from "../support/secrets";
import { askCentral } from "../../src/central/client";
import { RecordStore } from "../../src/central/record-store";
import type { VaultClient } from "../../src/vault/client";
import { FaultyGateway } from "./support/gateway";
import { contextOf } from "./support/process-pods";
import { TestBed } from "./support/test-bed";

const TOKEN_SECONDS = 2;
const LOGIN = "POST auth/tenant-vault/login";
const ROLE = "auth/tenant-vault/role/customer10-hook";

let bed: TestBed;
let gateway: FaultyGateway;
let roleId: string;

beforeAll(async () => {
  bed = await TestBed.start();
  gateway = await FaultyGateway.start(bed.central.server.address, bed.authority.certificate);
  const { client } = bed.central;
  await client.send("POST", "sys/auth/tenant-vault", { body: { type: "approle" } });
  await client.send("POST", ROLE, {
    body: {
      token_policies: ["tenant-vault-customer10-hook"],
      token_no_default_policy: true,
      token_ttl: `${TOKEN_SECONDS}s`,
    },
  });
  const { body } = await client.send("GET", `${ROLE}/role-id`);
  roleId = (body.data as { role_id: string }).role_id;
});
afterAll(async () => {
  await gateway.stop();
  await bed.stop();
});
beforeEach(() => void gateway.requests.splice(0));

/** The environment of a command that logs in as the hook, at the gateway. */
function environment(secretId: string): Record<string, string> {
  return { VAULT_ADDR: gateway.address, TENANT_VAULT_ROLE_ID: roleId, TENANT_VAULT_SECRET_ID: secretId };
}

async function logIn(): Promise<VaultClient> {
  return connectToCentral(environment(await bed.central.requestSecretId("customer10-hook")));
}

async function outliveToken(): Promise<void> {
  await sleep((TOKEN_SECONDS + 1) * 1000);
}

function count(request: string): number {
  return gateway.requests.filter((each) => each === request).length;
}

describe("a run that lasts longer than its token", () => {
  test("logs in again, once for all that it asks then", async () => {
    const store = new RecordStore(await logIn(), "customer10", "longer");
    const version = await store.write({ "root-token": "s.first" }, 0);
    await outliveToken();

    const [record, metadata] = await Promise.all([store.read(), store.readMetadata(), store.read()]);

    expect([record.version, metadata]).toEqual([version, {}]);
    expect(await store.write({ "root-token": "s.second" }, version)).toBe(version + 1);
    expect(count(LOGIN)).toBe(2);
  });

  test("waits for a replica, and brings it up", async () => {
    const { instance, servers } = await bed.startInstance("awaited", 2);
    await bed.unseal(instance);
    await servers[1]?.stop("SIGKILL");

    const secretId = await bed.central.requestSecretId("customer10-hook");
    const { VAULT_TOKEN: _token, ...others } = bed.environment(instance);
    let output = "";
    const command = bed.begin(
      ["unseal", "customer10/awaited", "--timeout", "60"],
      { ...others, ...environment(secretId) },
      (text) => (output += text),
    );
    await waitUntil("it waits", () => Promise.resolve(output.includes('waiting reason="no answer from awaited-1')));
    await outliveToken();
    await servers[1]?.start();
    const { code, stdout, stderr } = await command.ended;

    expect(code).toBe(0);
    expect(stdout).toContain("2 of 2 replicas unsealed");
    expect(stdout + stderr).not.toContain(secretId);
    expect(count(LOGIN)).toBeGreaterThan(1);
  });

  test("brings the keys that it alone has to a central Vault that was away meanwhile", async () => {
    const { instance } = await bed.startInstance("alone", 1);
    const store = new RecordStore(await logIn(), "customer10", "alone");
    // Time is up from the start.
    const context = { ...contextOf(bed, instance, []), patientStore: store, deadline: 0 };
    const answer = answerOf("s.alone", ["a2V5"]);

    gateway.fail("customers/data/customer10/alone", 502, TOKEN_SECONDS + 1);
    await escrowKeys(context, { answer, journal: "no journal", keep: () => false });

    expect(await bed.central.readRecord("customer10", "alone")).toEqual({
      "root-token": "s.alone",
      "unseal-key-0": "a2V5",
    });
    expect(count(LOGIN)).toBe(2);
  });
});

test("what the policy does not allow is asked twice, and the sentence names the policy", async () => {
  const central = await logIn();
  await expect(askCentral(central, "GET", "sys/mounts")).rejects.toThrow(
    /refuses the token for sys\/mounts; use one that is valid and has the policy of the tenant's hook, tenant-vault-<tenant>-hook\.$/,
  );
  expect(count("GET sys/mounts")).toBe(2);
  expect(count(LOGIN)).toBe(2);
});

test("a secret id that is used up is named, by the first login and by a later one, and not shown", async () => {
  await bed.central.client.send("POST", ROLE, { body: { secret_id_num_uses: 1 } });
  const secretId = await bed.central.requestSecretId("customer10-hook");
  await bed.central.client.send("POST", ROLE, { body: { secret_id_num_uses: 0 } });
  const store = new RecordStore(await connectToCentral(environment(secretId)), "customer10", "main");
  await outliveToken();

  const sentence =
    /^(.*The central Vault at http\S+ refuses the request auth\/tenant-vault\/login: 400 invalid role or secret ID; TENANT_VAULT_SECRET_ID has expired, is used up, .*: create a new one with "vault write -wrap-ttl=1h -f auth\/tenant-vault\/role\/<role>\/secret-id"\.)$/;
  const failures = await Promise.all([
    store.read().catch(String),
    connectToCentral(environment(secretId)).catch(String),
  ]);
  for (const failure of failures) {
    expect(failure).toMatch(sentence);
    expect(failure).not.toContain(secretId);
  }
  expect(failures[0]).toContain(
    "The central Vault denies the token for customers/data/customer10/main, and the login for a new",
  );
});

test("a token that was given is all there is", async () => {
  const { body } = await bed.central.client.send("POST", "auth/token/create", {
    body: { policies: ["tenant-vault-customer10-hook"], ttl: "1s" },
  });
  const token = (body.auth as { client_token: string }).client_token;
  const central = await connectToCentral({ VAULT_ADDR: gateway.address, VAULT_TOKEN: token });
  await outliveToken();
  await expect(new RecordStore(central, "customer10", "main").read()).rejects.toThrow("use one that is valid");
  expect(count(LOGIN)).toBe(0);
});
