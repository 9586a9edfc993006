import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { localBackend, SelfInitialization } from "../../src";
import { IDENTITIES, type Identity } from "../../src/contract/identities";
import type { Instance } from "../../src/contract/instance";
import { systemClock } from "../../src/core/clock";
import { Secret } from "../../src/core/secret";
import { BootstrapCredential } from "../../src/operations/supply/bootstrap-credential";
import { unsealInstance } from "../../src/operations/unseal/unseal-instance";
import { defineTenant } from "../../src/tenant/define-tenant";
import type { VaultClient } from "../../src/vault/client";
import { ConfigStack } from "../../stacks/config-stack";
import { KubernetesApi } from "../support/kubernetes-api";
import { attempt } from "./support/attempts";
import { contextOf } from "./support/process-pods";
import { staticSeal } from "./support/seals";
import { TerraformProject } from "./support/terraform-project";
import { TestBed } from "./support/test-bed";

const DAY = 86_400_000;
const LOGIN = "auth/tenant-vault/login";

let bed: TestBed;
let api: KubernetesApi;
let bootstrap: BootstrapCredential;
let instance: Instance;
let server: VaultServer;

beforeAll(async () => {
  bed = await TestBed.start();
  api = await KubernetesApi.start();
  bootstrap = new BootstrapCredential(api.client, "main", "main-bootstrap");
  // Before the servers start, as the hook does. The pods then find the Secret in a folder.
  await bootstrap.ensure();
  const folder = join(bed.folder, "bootstrap");
  mkdirSync(folder);
  for (const field of ["role-id", "secret-id"]) writeFileSync(join(folder, field), api.field("main-bootstrap", field));
  const own = { name: "own", operation: "update", path: "sys/auth/userpass", data: { type: "userpass" } } as const;
  const settings = [staticSeal(bed, "self"), ...new SelfInitialization([own]).stanzas(folder)].join("\n");
  const started = await bed.startInstance("main", 1, { seal: "static", settings });
  server = started.servers[0] as VaultServer;
  instance = {
    ...started.instance,
    selfInitializes: true,
    identities: {
      mounts: [{ path: "kv", type: "kv" }],
      logins: [{ path: "approle", type: "approle" }],
      tokenTtl: 3_600,
      secretIdTtl: 7_776_000,
      boundCidrs: ["127.0.0.1/32"],
    },
  };
});
afterAll(async () => {
  api.stop();
  await bed.stop();
});

/** Runs the hook. @param later Milliseconds by which its clock is ahead. @returns The messages of its log. */
async function runHook(later = 0): Promise<string[]> {
  const clock = { ...systemClock, date: () => new Date(Date.now() + later) };
  const context = contextOf(bed, instance, [server]);
  await unsealInstance({ ...context, clock, bootstrap });
  return context.events.map(({ message }) => message);
}

async function credentialOf(identity: Identity): Promise<Record<string, string>> {
  const { body } = await bed.central.client.send("GET", `access/data/customer10/main/${identity}`);
  return (body.data as { data: Record<string, string> }).data;
}

async function logIn(credential: Record<string, string>): Promise<VaultClient> {
  const { body } = await server.client().send("POST", LOGIN, {
    body: { role_id: credential["role-id"], secret_id: credential["secret-id"] },
  });
  return server.client((body.auth as { client_token: string }).client_token);
}

/** Policies of the tokens of each identity. */
async function identitiesThatWork(): Promise<string[]> {
  return Promise.all(
    IDENTITIES.map(async (identity) => {
      const { body } = await (await logIn(await credentialOf(identity))).send("GET", "auth/token/lookup-self");
      return (body.data as { policies: string[] }).policies.join();
    }),
  );
}

/** Status of a login with the first credential. */
async function bootstrapLogin(): Promise<number> {
  const { roleId, secretId } = (await bootstrap.read()) ?? { roleId: "", secretId: new Secret("") };
  return attempt(server.client(), `POST ${LOGIN}`, { role_id: roleId, secret_id: secretId.reveal() });
}

const ALL = IDENTITIES.map((identity) => `tenant-vault-${identity}`);

test("the first run makes the four identities with the first credential, rehearses them, and ends it", async () => {
  expect(await bootstrapLogin()).toBe(200);

  const messages = await runHook();

  expect(await identitiesThatWork()).toEqual(ALL);
  expect(messages.filter((message) => message.startsWith("wrote the credentials of an identity"))).toHaveLength(4);
  expect(messages.at(-1)).toBe("deleted the role of the first credential of the instance, which initialised itself");
  expect(await bootstrapLogin()).toBe(400);
  const apply = await logIn(await credentialOf("apply"));
  expect((await apply.send("LIST", "auth/tenant-vault/role")).body.data).toEqual({ keys: [...IDENTITIES].sort() });
  expect((await apply.send("GET", "sys/auth")).body.data).toHaveProperty("userpass/");
  const { body } = await (await logIn(await credentialOf("plan"))).send("GET", "auth/token/lookup-self");
  expect(body.data).toMatchObject({ bound_cidrs: ["127.0.0.1"], creation_ttl: 3_600 });
});

test("the record has no key, and neither the description nor the configuration has a secret", async () => {
  expect(Object.keys(await bed.central.readRecord("customer10", "main"))).toEqual(["description-digest"]);
  const { body } = await bed.central.client.send("GET", "customers/metadata/customer10/main");
  for (const text of [JSON.stringify(body), server.settings])
    for (const field of ["role-id", "secret-id"]) expect(text).not.toContain(api.field("main-bootstrap", field));
});

test("another run changes nothing", async () => {
  const before = await Promise.all(IDENTITIES.map(credentialOf));
  expect(await runHook()).toEqual([]);
  expect(await Promise.all(IDENTITIES.map(credentialOf))).toEqual(before);
});

test("a rehearsal of ceremony leaves neither a ceremony nor keys behind", async () => {
  const ceremony = await logIn(await credentialOf("ceremony"));
  for (const path of ["sys/rotate/recovery/init", "sys/generate-root-token/attempt"])
    expect((await ceremony.send("GET", path)).body.data).toMatchObject({ started: false });
  expect((await server.client().send("GET", "sys/seal-status")).body).toMatchObject({ n: 0, t: 0 });
});

test("a later run replaces secret IDs before they expire, and destroys the former ones", async () => {
  const before = await Promise.all(IDENTITIES.map(credentialOf));
  await runHook(61 * DAY);
  const after = await Promise.all(IDENTITIES.map(credentialOf));
  after.forEach((credential, index) => expect(credential["secret-id"]).not.toBe(before[index]?.["secret-id"]));
  for (const credential of before) await expect(logIn(credential)).rejects.toThrow(/400/);
  expect(await identitiesThatWork()).toEqual(ALL);
});

test("the config layer works as apply, and as plan changes nothing", async () => {
  const provider = await obtainVaultProvider(await obtainTerraform());
  const project = new TerraformProject({ ...provider, VAULT_TOKEN: bed.central.rootToken, VAULT_CACERT: bed.caFile });
  try {
    const tenant = defineTenant({
      name: "customer10",
      cluster: { existing: true },
      instances: [
        {
          name: "main",
          product: "openbao",
          address: server.address,
          caCertificateFile: bed.caFile,
          seal: { type: "static", keyId: "1", key: { mount: "operator", path: "seal", field: "key" } },
          deployment: {
            mode: "standalone",
            storageClass: "ssd",
            kubernetesApiCidrs: ["127.0.0.1/32"],
            selfInitialization: [],
          },
          keyValue: [{ mount: "kv" }],
          roles: [{ name: "app", read: ["kv/app"] }],
        },
      ],
    });
    const backend = localBackend(project.stateFolder);
    const operator = { central: { address: bed.central.server.address, caCertificateFile: bed.caFile }, backend };
    const stack = new ConfigStack(project.newApp(), "customer10-config", operator, tenant);
    project.synthesize();
    await project.apply(stack);
    expect(await project.isUnchanged(stack)).toBe(true);
  } finally {
    project.remove();
  }
  const plan = await logIn(await credentialOf("plan"));
  expect((await plan.send("GET", "sys/mounts")).body.data).toMatchObject({ "kv/": { type: "kv" } });
  expect(await attempt(plan, "POST sys/mounts/other", { type: "kv" })).toBe(403);
});

test("an instance that lost its storage initialises itself again, and the next run makes its identities anew", async () => {
  await server.stop();
  server.wipe();
  await server.start();

  const messages = await runHook();

  expect(messages).toContain("deleted the role of the first credential of the instance, which initialised itself");
  expect(await identitiesThatWork()).toEqual(ALL);
  expect(await bootstrapLogin()).toBe(400);
});

test("if nothing is left that could repair them, the error names the way out", async () => {
  const apply = await logIn(await credentialOf("apply"));
  await apply.send("DELETE", "auth/tenant-vault/role/apply");
  await expect(runHook()).rejects.toThrow(/cannot be repaired: .*; make its first credential valid again/);
});
