import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { run } from "../../lab/run";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { waitUntil } from "../../lab/wait";
import { localBackend } from "../../src";
import { tenantPolicyName } from "../../src/contract/central-vault";
import type { GuidedInstance } from "../../src/contract/guide";
import { IDENTITIES } from "../../src/contract/identities";
import type { Instance } from "../../src/contract/instance";
import { guidedInstance, type GuidedStack } from "../../src/guide/guided-instance";
import { tenantPolicy, watchPolicy } from "../../src/policy/central-policies";
import { defineTenant } from "../../src/tenant";
import type { VaultClient } from "../../src/vault/client";
import { ConfigStack } from "../../stacks/config-stack";
import { attempt } from "./support/attempts";
import { readCertificate, verify } from "./support/certificates";
import { FaultyProxy } from "./support/proxy";
import { TerraformProject } from "./support/terraform-project";
import type { CommandOutcome } from "./support/command";
import { TestBed } from "./support/test-bed";
import { testPeople } from "./sealed-namespace/people";

const SHARED = "customer10/shared";
const GUESTS = ["customer20", "customer21"] as const;
/** The tenant whose keys are lost on their way. */
const UNLUCKY = "customer22";
const PATIENCE = 60_000;

let bed: TestBed;
let host: Instance;
let server: VaultServer;
const tokens = new Map<string, string>();
/** What the layer config says about the namespace of the first guest. */
let guided: GuidedInstance | undefined;

/** What the stack "vault" of a tenant with a namespace passes to the hook. */
function guest(tenant: string, address = server.address): Instance {
  return {
    tenant,
    name: "main",
    product: "openbao",
    seal: "shamir",
    secretShares: 3,
    secretThreshold: 2,
    sharedInstance: SHARED,
    replicas: [{ name: `${tenant}.main`, address }],
    caCertificate: bed.authority.certificate,
    identities: {
      mounts: [
        { path: "pki", type: "pki" },
        { path: "ssh", type: "ssh" },
        { path: "kv", type: "kv" },
      ],
      logins: [
        { path: "approle", type: "approle" },
        { path: "userpass", type: "userpass" },
      ],
      tokenTtl: 3_600,
      secretIdTtl: 7_776_000,
    },
  };
}

/** A token of the central Vault with one policy. */
async function centralToken(name: string, policy: string): Promise<string> {
  const { client } = bed.central;
  await client.send("PUT", `sys/policies/acl/${name}`, { body: { policy } });
  const { body } = await client.send("POST", "auth/token/create", {
    body: { policies: [name], no_default_policy: true },
  });
  return (body.auth as { client_token: string }).client_token;
}

/** Runs the command with the login of a tenant, and, as the hook does, with the description of its instance. */
function as(tenant: string, args: readonly string[], described?: Instance): Promise<CommandOutcome> {
  return bed.run(args, { ...bed.environment(described), VAULT_TOKEN: tokens.get(tenant) ?? "" });
}

function hook(tenant: string): Promise<CommandOutcome> {
  return as(tenant, ["unseal", `${tenant}/main`], guest(tenant));
}

/** A client with the root token of the shared instance. */
async function operator(): Promise<VaultClient> {
  return server.client((await bed.central.readRecord("customer10", "shared"))["root-token"]);
}

async function isSealed(tenant: string): Promise<boolean> {
  const { body } = await (await operator()).send("GET", `sys/namespaces/${tenant}.main/seal-status`);
  return (body.data as { sealed: boolean }).sealed;
}

async function exists(tenant: string): Promise<boolean> {
  const { status } = await (await operator()).send("GET", `sys/namespaces/${tenant}.main`, { accept: [404] });
  return status === 200;
}

/** A client with the credential of an identity, as the central Vault has it. */
async function identity(instance: string, name: string, namespace?: string): Promise<VaultClient> {
  const { body } = await bed.central.client.send("GET", `access/data/${instance}/${name}`);
  const { data } = body.data as { data: Record<string, string> };
  const login = await server.client(undefined, namespace).send("POST", "auth/tenant-vault/login", {
    body: { role_id: data["role-id"], secret_id: data["secret-id"] },
  });
  return server.client((login.body.auth as { client_token: string }).client_token, namespace);
}

async function restart(): Promise<void> {
  await server.stop("SIGKILL");
  await server.start();
  await bed.unseal(host);
}

beforeAll(async () => {
  bed = await TestBed.start();
  const started = await bed.startInstance("shared", 1);
  [server] = started.servers as [VaultServer];
  host = started.instance;
  await bed.unseal(host);
  for (const tenant of [...GUESTS, UNLUCKY]) {
    const namespaces = [{ instance: `${tenant}/main`, sharedInstance: SHARED }];
    const scope = { tenant, secrets: [], intermediates: [], namespaces };
    tokens.set(tenant, await centralToken(tenantPolicyName(tenant, "hook"), tenantPolicy("hook", scope)));
  }
}, PATIENCE);
afterAll(() => bed.stop());

describe("the hook", () => {
  test("waits for the login that the shared instance's own hook makes", async () => {
    const { code, failure } = await hook("customer20");
    expect([code, failure]).toEqual([1, expect.stringContaining("[namespace-login] customer10/shared has no login")]);
    const identities = { mounts: [], logins: [], tokenTtl: 3_600, secretIdTtl: 7_776_000 };
    host = {
      ...host,
      identities: { ...identities, namespaces: [...GUESTS, UNLUCKY].map((tenant) => `${tenant}/main`) },
    };
    await bed.unseal(host);
  });

  test.each(GUESTS)("creates the namespace of %s with keys of its own, and identities in it", async (tenant) => {
    const { code, failure, stdout } = await hook(tenant);
    expect([code, failure]).toEqual([0, ""]);
    expect(stdout).toContain(`${tenant}/main: 1 of 1 replicas unsealed`);
    const record = await bed.central.readRecord(tenant, "main");
    for (const index of [0, 1, 2]) expect(record[`unseal-key-${index}`]).toMatch(/^[0-9a-f]{66}$/);
    expect(Object.keys(record)).not.toContain("journal-key");
    expect(bed.journals("main")).toEqual([]);
    const root = await server.client(record["root-token"], `${tenant}.main`).send("GET", "auth/token/lookup-self");
    expect(root.body.data).toMatchObject({ policies: ["root"], namespace_path: `${tenant}.main/` });
    for (const name of IDENTITIES) expect(await identity(`${tenant}/main`, name, `${tenant}.main`)).toBeDefined();
  });

  test("changes nothing when it runs again", async () => {
    const versions = async (): Promise<unknown> => {
      const paths = [
        "customers/metadata/customer20/main",
        ...IDENTITIES.map((name) => `access/metadata/customer20/main/${name}`),
      ];
      const answers = await Promise.all(paths.map((path) => bed.central.client.send("GET", path)));
      return answers.map(({ body }) => (body.data as { current_version: number }).current_version);
    };
    const before = await versions();
    expect(await hook("customer20")).toMatchObject({ code: 0, stderr: "" });
    expect(await as("customer20", ["unseal", "customer20/main"])).toMatchObject({ code: 0 });
    expect(await versions()).toEqual(before);
  });
});

test(
  "a namespace whose keys were lost on their way is told, and made again once it was deleted",
  async () => {
    const proxy = await FaultyProxy.start(server.address);
    proxy.hold();
    const run = bed.begin(["unseal", `${UNLUCKY}/main`], {
      ...bed.environment(guest(UNLUCKY, proxy.address)),
      VAULT_TOKEN: tokens.get(UNLUCKY) ?? "",
    });
    await waitUntil("the namespace exists, and its keys are kept back", async () => {
      const before = proxy.held;
      if (await exists(UNLUCKY)) return true;
      proxy.release(before);
      return false;
    });
    // A server whose client is gone before it answers takes the creation back.
    await waitUntil("its answer has come", () => Promise.resolve(proxy.held > 0));
    proxy.cut();
    proxy.release();
    const { code, failure } = await run.ended;
    proxy.stop();
    expect([code, failure]).toEqual([1, expect.stringContaining("[answer-lost] customer22/main is initialised")]);
    expect(failure).toContain(`delete the namespace, with "bao delete sys/namespaces/customer22.main/delete-sealed"`);
    expect((await hook(UNLUCKY)).failure).toContain("[answer-lost]");

    await (await operator()).send("DELETE", "sys/namespaces/customer22.main/delete-sealed");
    await waitUntil("the namespace is gone", async () => !(await exists(UNLUCKY)));
    expect(await hook(UNLUCKY)).toMatchObject({ code: 0 });
    expect(await bed.central.readRecord(UNLUCKY, "main")).toHaveProperty("unseal-key-2");
  },
  PATIENCE,
);

test("the config layer works in the namespace, and its clients too", async () => {
  const { client } = bed.central;
  const url = `${bed.central.server.address}/v1/pki-root`;
  await client.send("POST", "sys/mounts/pki-root", { body: { type: "pki", config: { max_lease_ttl: "87600h" } } });
  await client.send("POST", "pki-root/config/urls", {
    body: { issuing_certificates: [`${url}/ca`], crl_distribution_points: [`${url}/crl`] },
  });
  const key = { key_type: "ec", key_bits: 384, max_path_length: 1, exclude_cn_from_sans: true };
  await client.send("POST", "pki-root/root/generate/internal", {
    body: { common_name: "Root", ttl: "87600h", ...key },
  });

  const tenant = defineTenant({
    name: "customer20",
    instances: [
      {
        name: "main",
        product: "openbao",
        address: server.address,
        caCertificateFile: bed.caFile,
        deployment: { mode: "namespace", of: SHARED },
        pki: {
          permittedDomains: ["c20.internal"],
          roles: [{ name: "web", allowedDomains: ["c20.internal"], maxTtl: "72h" }],
        },
        ssh: { roles: [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" }] },
        keyValue: [{ mount: "kv" }],
        people: {
          mfa: { issuer: "customer20", groups: ["auditors"] },
          users: [
            { name: "alice", groups: ["developers"] },
            { name: "carol", groups: ["user-admins"] },
            { name: "dave", groups: ["security-admins"] },
            { name: "judy", groups: ["auditors"] },
          ],
        },
        roles: [
          { name: "app", certificates: ["web"], ssh: ["ops"], write: ["kv/app"] },
          { name: "web", read: ["kv/app"], login: { groups: ["developers", "auditors"] } },
          { name: "user-admin", duty: "users", login: { groups: ["user-admins"] } },
          { name: "security-admin", duty: "security", login: { groups: ["security-admins"] } },
        ],
      },
    ],
  });
  const provider = await obtainVaultProvider(await obtainTerraform());
  const project = new TerraformProject({ ...provider, VAULT_TOKEN: bed.central.rootToken });
  try {
    const operator = {
      central: { address: bed.central.server.address, caCertificateFile: bed.caFile },
      backend: localBackend(project.stateFolder),
    };
    const stack = new ConfigStack(project.app, "customer20-config", operator, tenant);
    project.synthesize();
    await project.apply(stack);
    expect(await project.isUnchanged(stack)).toBe(true);
    const file = join(project.app.outdir, "stacks", stack.node.id, "cdk.tf.json");
    guided = guidedInstance(JSON.parse(readFileSync(file, "utf8")) as GuidedStack, "customer20/main");
  } finally {
    project.remove();
  }

  const apply = await identity("customer20/main", "apply", "customer20.main");
  const { body: role } = await apply.send("GET", "auth/approle/role/app/role-id");
  const { "root-token": root } = await bed.central.readRecord("customer20", "main");
  const { body: drawn } = await server.client(root, "customer20.main").send("POST", "auth/approle/role/app/secret-id");
  const { body: login } = await server.client(undefined, "customer20.main").send("POST", "auth/approle/login", {
    body: {
      role_id: (role.data as { role_id: string }).role_id,
      secret_id: (drawn.data as { secret_id: string }).secret_id,
    },
  });
  const app = server.client((login.auth as { client_token: string }).client_token, "customer20.main");
  await app.send("POST", "kv/data/app/x", { body: { data: { secret: "kept" } } });
  expect((await app.send("GET", "kv/data/app/x")).body.data).toMatchObject({ data: { secret: "kept" } });

  const issued = await app.send("POST", "pki/issue/web", { body: { common_name: "www.c20.internal" } });
  const certificate = await readCertificate(issued.body.data);
  expect(certificate.urls).toContainEqual(expect.stringContaining(`${server.address}/v1/customer20.main/pki/issuer/`));
  const surroundings = { serverFolder: bed.folder, authority: bed.authority, central: bed.central };
  expect(await verify(surroundings, certificate)).toBe("OK");

  const file = join(bed.folder, "ssh-key");
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const signed = await app.send("POST", "ssh/sign/ops", {
    body: { public_key: readFileSync(`${file}.pub`, "utf8"), valid_principals: "ubuntu" },
  });
  writeFileSync(`${file}-cert.pub`, (signed.body.data as { signed_key: string }).signed_key);
  expect((await run("ssh-keygen", ["-L", "-f", `${file}-cert.pub`])).stdout).toContain("ubuntu");
}, 120_000);

describe("people in the namespace", () =>
  testPeople(async () => {
    const { "root-token": root } = await bed.central.readRecord("customer20", "main");
    return { bed, server, namespace: "customer20.main", root: server.client(root, "customer20.main"), guided };
  }));

test("nobody of another tenant reaches a namespace, and no identity the shared instance", async () => {
  const other = await identity("customer21/main", "apply", "customer21.main");
  const elsewhere = (token: VaultClient): VaultClient => token.inNamespace("customer20.main");
  expect(await attempt(other, "GET sys/mounts")).toBe(200);
  const { "root-token": root } = await bed.central.readRecord("customer21", "main");
  for (const client of [server.client(root, "customer20.main"), elsewhere(other)])
    expect(await attempt(client, "GET kv/data/app/x")).toBe(403);
  expect(await attempt(server.client(root), "GET sys/mounts")).toBe(403);

  const login = await identity(SHARED, "namespace-customer21.main");
  expect(await attempt(login, "GET sys/namespaces/customer21.main/seal-status")).toBe(200);
  for (const request of [
    "GET sys/namespaces/customer20.main/seal-status",
    "PUT sys/namespaces/customer20.main/seal",
    "POST sys/namespaces/customer22.main",
    "DELETE sys/namespaces/customer21.main",
    "DELETE sys/namespaces/customer21.main/delete-sealed",
    "GET sys/mounts",
    "PUT sys/seal",
  ])
    expect([request, await attempt(login, request, {})]).toEqual([request, 403]);

  const central = bed.central.server.client(tokens.get("customer21"));
  expect(await attempt(central, `GET access/data/${SHARED}/namespace-customer21.main`)).toBe(200);
  for (const path of [`${SHARED}/namespace-customer20.main`, `${SHARED}/operate`, "customer20/main/apply"])
    expect([path, await attempt(central, `GET access/data/${path}`)]).toEqual([path, 403]);
});

test(
  "after a restart both are sealed, and the hook and the watcher open them",
  async () => {
    await restart();
    expect(await Promise.all(GUESTS.map(isSealed))).toEqual([true, true]);
    const status = await as("customer20", ["status", "customer20/main"]);
    expect([status.code, status.stdout]).toEqual([2, expect.stringMatching(/customer20\.main +sealed/)]);
    const opened = await as("customer20", ["unseal", "customer20/main"]);
    expect([opened.code, await isSealed("customer20"), await isSealed("customer21")]).toEqual([0, false, true]);

    const token = await centralToken("watch", watchPolicy());
    const watcher = bed.begin(["watch", "--poll", "0.25"], { ...bed.environment(), VAULT_TOKEN: token });
    try {
      await waitUntil("the watcher opens the other one", async () => !(await isSealed("customer21")));
      await restart();
      await waitUntil("the watcher opens both", async () =>
        (await Promise.all(GUESTS.map(isSealed))).every((sealed) => !sealed),
      );
    } finally {
      watcher.kill("SIGTERM");
    }
    expect(await watcher.ended).toMatchObject({ code: 0 });
    expect(await as("customer20", ["status", "customer20/main"])).toMatchObject({ code: 0 });
  },
  PATIENCE,
);

test("one is sealed on request while the other works, until a person opens it", async () => {
  const sealed = await as("customer20", ["seal", "customer20/main", "--reason", "incident 42"]);
  expect([sealed.code, sealed.failure]).toEqual([0, ""]);
  expect([await isSealed("customer20"), await isSealed("customer21")]).toEqual([true, false]);
  expect(await attempt(await identity("customer21/main", "plan", "customer21.main"), "GET sys/mounts")).toBe(200);
  expect((await hook("customer20")).failure).toContain("[held]");
  expect(await as("customer20", ["unseal", "customer20/main"])).toMatchObject({ code: 0 });
  expect(await isSealed("customer20")).toBe(false);
});

test("what concerns the servers is refused, and so is a rotation, which would destroy the shared instance", async () => {
  const target = ["--target", `file:${join(bed.folder, "snapshots")}`];
  const recipient = ["--recipient", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"];
  const [steppedDown, migrated, saved, rotated, verified] = await Promise.all(
    [
      ["step-down", "customer21/main"],
      ["migrate-seal", "customer21/main"],
      ["snapshot", "save", "customer21/main", ...target, ...recipient],
      ["rotate-keys", "customer21/main"],
      ["escrow", "verify", "customer21/main"],
    ].map((args) => as("customer21", args)),
  );
  expect(steppedDown?.failure).toContain(`run "tenant-vault step-down ${SHARED}"`);
  expect(migrated?.failure).toContain(`run "tenant-vault migrate-seal ${SHARED}"`);
  expect(saved?.failure).toContain(`[shared-servers] customer21/main is a namespace of ${SHARED}`);
  expect(rotated?.failure).toContain("[namespace-rotation]");
  expect([verified?.code, verified?.stdout]).toEqual([0, expect.stringContaining("only its next unsealing proves")]);
  const ceremony = await identity("customer21/main", "ceremony", "customer21.main");
  expect(await attempt(ceremony, "PUT sys/rotate/root/init", { secret_shares: 1, secret_threshold: 1 })).toBe(403);
});

test("a root token and the key of new data are those of the namespace", async () => {
  const revoked = await as("customer21", ["root-token", "revoke", "customer21/main"]);
  expect([revoked.code, revoked.failure]).toEqual([0, ""]);
  const printed = await as("customer21", ["root-token", "generate", "customer21/main", "--print"]);
  expect([printed.code, printed.failure]).toEqual([0, ""]);
  const token = server.client(printed.stdout.trim(), "customer21.main");
  expect((await token.send("GET", "auth/token/lookup-self")).body.data).toMatchObject({ policies: ["root"] });
  expect(await as("customer21", ["rotate-barrier", "customer21/main"])).toMatchObject({ code: 0 });
});

test(
  "the shared instance survives a rotation in a namespace if its own keys are rotated before it restarts",
  async () => {
    const { "root-token": root, ...record } = await bed.central.readRecord(UNLUCKY, "main");
    const rotating = server.client(root, `${UNLUCKY}.main`);
    const begun = await rotating.send("PUT", "sys/rotate/root/init", {
      body: { secret_shares: 1, secret_threshold: 1 },
    });
    const { nonce } = begun.body.data as { nonce: string };
    for (const index of [0, 1])
      await rotating.send("PUT", "sys/rotate/root/update", { body: { nonce, key: record[`unseal-key-${index}`] } });
    const rotated = await bed.run(["rotate-keys", SHARED], bed.environment());
    expect([rotated.code, rotated.failure]).toEqual([0, ""]);
    await restart();
    // Only the person who rotated them has the new keys.
    expect((await hook(UNLUCKY)).code).toBe(1);
  },
  PATIENCE,
);

test("a retired instance keeps its namespace and its keys, and nobody opens it", async () => {
  const retired = await as("customer21", ["unseal", "customer21/main"], { ...guest("customer21"), retired: true });
  expect([retired.code, retired.stdout]).toEqual([0, expect.stringContaining("retired")]);
  await (await operator()).send("PUT", "sys/namespaces/customer21.main/seal");
  expect(await as("customer21", ["unseal", "customer21/main"])).toMatchObject({ code: 0 });
  expect(await isSealed("customer21")).toBe(true);
  expect(await bed.central.readRecord("customer21", "main")).toHaveProperty("unseal-key-0");
});
