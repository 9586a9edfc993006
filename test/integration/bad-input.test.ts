import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LabAuthority } from "../../lab/certificates";
import { LabCentral } from "../../lab/central";
import { freePort } from "../../lab/ports";
import type { VaultServer } from "../../lab/servers/vault-server";
import { askCentral } from "../../src/central/client";
import { listRecords, RecordStore } from "../../src/central/record-store";
import type { Instance } from "../../src/contract/instance";
import { ReplicaApi } from "../../src/vault/replica";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let instance: Instance;
let servers: VaultServer[];
beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("main", 1));
});
afterAll(() => bed.stop());

async function unseal(environment: Record<string, string>, ...options: string[]): Promise<string> {
  const { code, failure } = await bed.run(["unseal", "customer10/main", ...options], environment);
  expect(code).toBe(1);
  expect(failure).toMatch(/^tenant-vault: \[[a-z-]+\] [^\n]+\.\n$/);
  return failure;
}

async function expectUntouched(): Promise<void> {
  const [server] = servers;
  if (server !== undefined) expect((await new ReplicaApi(server.client()).status()).state).toBe("uninitialized");
  expect(bed.journals()).toEqual([]);
}

describe("a central Vault that cannot do its part stops everything before anything is initialised", () => {
  let environment: Record<string, string>;
  beforeEach(() => {
    environment = bed.environment(instance);
  });

  test("none is named", async () => {
    const { VAULT_ADDR: _address, ...others } = environment;
    expect(await unseal(others)).toMatch(/VAULT_ADDR is not set to a TLS address; set it/);
    await expectUntouched();
  });

  test("it does not run", async () => {
    const port = await freePort();
    expect(await unseal({ ...environment, VAULT_ADDR: `https://127.0.0.1:${port}` })).toMatch(
      /does not answer \(ECONNREFUSED\); check VAULT_ADDR/,
    );
    await expectUntouched();
  });

  test("no token is given", async () => {
    expect(await unseal({ ...environment, VAULT_TOKEN: "" })).toMatch(
      /No token for the central Vault .*; set VAULT_TOKEN/,
    );
    await expectUntouched();
  });

  test("the token is wrong", async () => {
    expect(await unseal({ ...environment, VAULT_TOKEN: "s.wrong" })).toMatch(
      /refuses the token for customers\/data\/customer10\/main; use one that is valid and has the policy of the tenant's hook, tenant-vault-<tenant>-hook/,
    );
    await expectUntouched();
  });

  test("the token may read and not write", async () => {
    const { client } = bed.central;
    await client.send("PUT", "sys/policies/acl/reader", {
      body: { policy: 'path "customers/*" { capabilities = ["read"] }' },
    });
    const { body } = await client.send("POST", "auth/token/create", { body: { policies: ["reader"] } });
    const token = (body.auth as { client_token: string }).client_token;
    expect(await unseal({ ...environment, VAULT_TOKEN: token })).toMatch(
      /refuses the token for customers\/data\/customer10\/main/,
    );
    await expectUntouched();
  });

  test("its certificate is not trusted", async () => {
    const other = join(bed.folder, "other-ca.pem");
    writeFileSync(other, (await LabAuthority.create()).certificate);
    expect(await unseal({ ...environment, VAULT_CACERT: other })).toMatch(
      /is not trusted: .*; set VAULT_CACERT to the certificate of its CA/,
    );
    expect(await unseal({ ...environment, VAULT_CACERT: join(bed.folder, "none.pem") })).toMatch(
      /VAULT_CACERT names .*none\.pem, which does not exist/,
    );
    await expectUntouched();
  });

  test("its mount for records is one of KV version 1, which checks no version and keeps no earlier one", async () => {
    const other = await LabCentral.open(await bed.startServer("version-one"));
    await other.mountKeyValue("access");
    await other.client.send("POST", "sys/mounts/customers", { body: { type: "kv", options: { version: "1" } } });
    const otherEnvironment = { ...environment, VAULT_ADDR: other.server.address, VAULT_TOKEN: other.rootToken };
    for (const _run of ["first", "second"]) {
      expect(await unseal(otherEnvironment)).toMatch(
        /answers for its mount customers is not an answer of KV version 2; check .* "vault kv enable-versioning customers"/,
      );
      await expectUntouched();
    }

    // What "vault kv enable-versioning" sends. The mount takes no request while it changes.
    await other.client.send("POST", "sys/mounts/customers/tune", { body: { options: { version: "2" } } });
    await expect.poll(() => listRecords(other.client, "customer10/").catch(String)).toEqual([]);
    const { instance: versioned } = await bed.startInstance("versioned", 1);
    const described = { ...otherEnvironment, TENANT_VAULT_INSTANCE: JSON.stringify(versioned) };
    expect(await bed.run(["unseal", "customer10/versioned"], described)).toMatchObject({ code: 0, failure: "" });
  });

  test("the stack central was never deployed", async () => {
    const empty = await LabCentral.open(await bed.startServer("empty"));
    const emptyEnvironment = { ...environment, VAULT_ADDR: empty.server.address, VAULT_TOKEN: empty.rootToken };
    expect(await unseal(emptyEnvironment)).toMatch(/nothing at customers\/\S+; deploy the stack "central" first/);
    await expectUntouched();
    await expect(listRecords(empty.client, "")).rejects.toMatchObject({ code: "central-missing" });

    await empty.client.send("POST", "sys/mounts/customers", { body: { type: "kv", options: { version: "2" } } });
    await expect.poll(() => listRecords(empty.client, "").catch(String)).toEqual([]);
    expect(await new RecordStore(empty.client, "customer10", "main").read()).toMatchObject({ version: 0 });
    const paths = ["customers/data/a"];
    const answer = await askCentral(empty.client, "POST", "sys/capabilities-self", { body: { paths } });
    expect(answer.body["customers/data/a"]).toEqual(["root"]);

    await empty.client.send("PUT", "sys/seal");
    expect(await unseal(emptyEnvironment)).toMatch(/is sealed or not initialised; unseal it/);
    await expectUntouched();
  });
});

describe("a wrong instance", () => {
  test("is not named as <tenant>/<instance>", async () => {
    const { code, failure } = await bed.run(["unseal", "customer10"], bed.environment());
    expect([code, failure]).toEqual([
      1,
      'tenant-vault: [usage] "customer10" does not name an instance; write <tenant>/<instance>, such as customer10/main.\n',
    ]);
  });

  test("is not known", async () => {
    const { code, failure } = await bed.run(["unseal", "customer10/unknown"], bed.environment());
    expect(code).toBe(1);
    expect(failure).toBe(
      "tenant-vault: [not-described] The central Vault does not know customer10/unknown: customers/customer10/unknown has no description; deploy the stack customer10-vault first.\n",
    );
  });

  test("has a replica that does not answer: nothing is initialised, since that one may hold the data", async () => {
    const port = await freePort();
    const replicas = [...instance.replicas, { name: "main-1", address: `https://127.0.0.1:${port}` }];
    expect(await unseal(bed.environment({ ...instance, replicas }), "--timeout", "10")).toMatch(
      /did not come up in time \(last: no answer from main-1 .*ECONNREFUSED/,
    );
    await expectUntouched();
    // The run describes the instance, so that status lists it. It stores no key and announces nothing.
    const { body } = await bed.central.client.send("GET", "customers/data/customer10/main", { accept: [404] });
    const { data } = (body.data ?? { data: {} }) as { data: object };
    expect(Object.keys(data).filter((field) => field !== "description-digest")).toEqual([]);
  });

  test("has a description that makes no sense", async () => {
    expect(await unseal({ ...bed.environment(), TENANT_VAULT_INSTANCE: '{"tenant":"customer10"}' })).toMatch(
      /description of the instance in TENANT_VAULT_INSTANCE cannot be used/,
    );
  });
});

describe("a record of another run", () => {
  test("that holds other keys is left alone", async () => {
    const { instance: other } = await bed.startInstance("other", 1);
    const record = { "root-token": "s.other", "unseal-key-0": Buffer.alloc(33, 1).toString("base64"), note: "kept" };
    await bed.central.client.send("POST", "customers/data/customer10/other", { body: { data: record } });

    const { code, failure } = await bed.run(["unseal", "customer10/other"], bed.environment(other));

    expect(code).toBe(1);
    expect(failure).toMatch(
      /^tenant-vault: \[data-lost\] customers\/customer10\/other holds keys, but every replica \(other-0\) says it is not initialised: .* start empty by the steps in docs\/operating\/lost-storage\.md, which keep these keys as a former version\.\n$/,
    );
    expect(await bed.central.readRecord("customer10", "other")).toEqual(record);
  });

  test("that was deleted is not initialised over while its instance lives", async () => {
    const { instance: deleted } = await bed.startInstance("deleted", 1);
    await bed.unseal(deleted);
    const { body } = await bed.central.client.send("GET", "customers/metadata/customer10/deleted");
    const version = (body.data as { current_version: number }).current_version;
    await bed.central.client.send("POST", "customers/delete/customer10/deleted", { body: { versions: [version] } });

    const { code, failure } = await bed.run(["unseal", "customer10/deleted"], bed.environment());

    expect(code).toBe(1);
    expect(failure).toMatch(new RegExp(`vault kv undelete -versions=${version} customers/customer10/deleted`));
  });

  test("fields of others stay in it", async () => {
    const { instance: shared } = await bed.startInstance("shared", 1);
    await bed.central.client.send("POST", "customers/data/customer10/shared", {
      body: { data: { contact: "operations" } },
    });
    await bed.unseal(shared);
    expect(await bed.central.readRecord("customer10", "shared")).toMatchObject({
      contact: "operations",
      "unseal-key-4": expect.any(String),
    });
  });
});
