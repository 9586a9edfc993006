import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import { waitUntil } from "../../lab/wait";
import { IDENTITIES, type Identity } from "../../src/contract/identities";
import type { Instance } from "../../src/contract/instance";
import type { VaultClient } from "../../src/vault/client";
import { ADMINISTERED } from "../support/administered";
import { attempt, rows, type Attempt } from "./support/attempts";
import { testPolicyEvaluator } from "./support/policy-evaluator";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
let instance: Instance;
let servers: VaultServer[];

/** What the central Vault holds of an identity. */
async function credentialOf(identity: Identity): Promise<Record<string, string>> {
  const { body } = await bed.central.client.send("GET", `access/data/customer10/main/${identity}`);
  return (body.data as { data: Record<string, string> }).data;
}

/** A client that logged in with an identity's credentials. */
async function clientOf(identity: Identity): Promise<VaultClient> {
  const { "role-id": role_id, "secret-id": secret_id } = await credentialOf(identity);
  const server = servers[0] as VaultServer;
  const { body } = await server.client().send("POST", "auth/tenant-vault/login", { body: { role_id, secret_id } });
  return server.client((body.auth as { client_token: string }).client_token);
}

beforeAll(async () => {
  bed = await TestBed.start();
  ({ instance, servers } = await bed.startInstance("main", 1));
  instance = {
    ...instance,
    identities: {
      ...ADMINISTERED,
      tokenTtl: 3_600,
      secretIdTtl: 7_776_000,
      boundCidrs: ["127.0.0.1/32"],
    },
  };
  await bed.unseal(instance);
});
afterAll(() => bed.stop());

testPolicyEvaluator(
  () => bed.central.client,
  () => bed.central.server.product,
);

describe("after escrow", () => {
  test.each(IDENTITIES)(
    "%s logs in with what the central Vault holds, for as long as is described",
    async (identity) => {
      const { body } = await (await clientOf(identity)).send("GET", "auth/token/lookup-self");
      expect(body.data).toMatchObject({
        policies: [`tenant-vault-${identity}`],
        creation_ttl: 3_600,
        bound_cidrs: ["127.0.0.1"],
      });
      const { "secret-id-expires": expires = "" } = await credentialOf(identity);
      expect((Date.parse(expires) - Date.now()) / 86_400_000).toBeCloseTo(90, 1);
    },
  );

  test("another run changes nothing and sends few requests", async () => {
    const before = await Promise.all(IDENTITIES.map(credentialOf));
    const log = (): string[] =>
      readFileSync(join(bed.folder, "main-0", "audit.log"), "utf8")
        .trim()
        .split("\n");
    const requests = log().length;
    await bed.unseal(instance);
    expect(await Promise.all(IDENTITIES.map(credentialOf))).toEqual(before);
    expect((log().length - requests) / 2).toBeLessThan(30);
  });
});

const statement = 'path "kv/data/web" { capabilities = ["read"] }';
const connection = {
  plugin_name: "postgresql-database-plugin",
  connection_url: "postgresql://{{username}}:{{password}}@127.0.0.1:1/orders",
  allowed_roles: ["readonly"],
  username: "vault",
  password: "secret",
  verify_connection: false,
};
const databaseRole = { db_name: "orders", creation_statements: ["SELECT 1"] };

describe("in the instance", () => {
  const clients = new Map<string, VaultClient>();

  beforeAll(async () => {
    const root = (servers[0] as VaultServer).client((await bed.central.readRecord("customer10", "main"))["root-token"]);
    for (const [path, body] of [
      ["sys/mounts/pki", { type: "pki" }],
      ["sys/mounts/ssh", { type: "ssh" }],
      ["sys/mounts/database/orders", { type: "database" }],
      ["sys/mounts/kv", { type: "kv", options: { version: "2" } }],
      ["sys/auth/approle", { type: "approle" }],
      ["pki/root/generate/internal", { common_name: "Root", key_type: "ec", key_bits: 256 }],
    ] as const)
      await root.send("POST", path, { body });
    await waitUntil("kv answers", async () => (await attempt(root, "GET kv/config")) === 200);
    await root.send("POST", "kv/data/web", { body: { data: { password: "secret" } } });
    for (const identity of IDENTITIES) clients.set(identity, await clientOf(identity));
  });

  const SECRETS: readonly string[] = [
    "GET kv/data/web",
    "LIST kv/metadata/",
    "GET kv/metadata/web",
    "GET database/orders/creds/readonly",
    "POST pki/issue/web",
    "POST pki/sign/web",
    "POST pki/sign-verbatim/web",
    "POST pki/root/sign-intermediate",
    "POST pki/intermediate/generate/exported",
    "POST pki/config/ca",
    "POST pki/roles/web/acme/new-eab",
    "POST ssh/sign/ops",
    "POST ssh/creds/ops",
    "POST auth/approle/role/web/secret-id",
    "POST auth/token/create",
    "GET sys/storage/raft/snapshot-force",
    "GET sys/raw/core/keyring",
    "POST identity/entity",
  ];
  const WRITES: readonly string[] = [
    "POST kv/data/web",
    "POST sys/mounts/extra",
    "POST sys/auth/extra",
    "PUT sys/policies/acl/extra",
    "POST pki/roles/web",
    "DELETE pki/roles/web",
    "POST pki/config/urls",
    "POST ssh/config/ca",
    "POST database/orders/config/orders",
    "POST database/orders/rotate-root/orders",
    "POST kv/config",
    "POST auth/approle/role/web",
    "POST auth/tenant-vault/role/apply/secret-id",
    "GET auth/tenant-vault/role/operate/role-id",
  ];
  const OPERATIONS: readonly string[] = ["PUT sys/seal", "PUT sys/step-down", "GET sys/storage/raft/configuration"];
  const CEREMONIES: readonly string[] = [
    "PUT sys/rotate/root/init",
    "PUT sys/rotate/recovery/init",
    "PUT sys/generate-root-token/attempt",
  ];
  const READS: readonly string[] = ["GET sys/mounts", "GET sys/auth", "GET sys/policies/acl/tenant-vault-plan"];

  const ALLOWED: readonly Attempt[] = [
    ["apply", "POST sys/mounts/extra", { type: "kv", options: { version: "2" } }],
    ["apply", "POST sys/mounts/extra/tune", { max_lease_ttl: "24h" }],
    ["apply", "DELETE sys/mounts/extra"],
    ["apply", "POST sys/auth/extra", { type: "approle" }],
    ["apply", "POST sys/auth/extra/tune", { max_lease_ttl: "24h" }],
    ["apply", "DELETE sys/auth/extra"],
    ["apply", "PUT sys/policies/acl/web", { policy: statement }],
    ["apply", "POST pki/config/urls", { enable_templating: true }],
    ["apply", "POST pki/config/crl", { auto_rebuild: true, expiry: "72h" }],
    ["apply", "GET pki/config/issuers"],
    ["apply", "POST pki/issuers/generate/intermediate/internal", { common_name: "CA", key_type: "ec", key_bits: 256 }],
    ["apply", "POST pki/roles/web", { allowed_domains: ["web.internal"] }],
    ["apply", "POST ssh/config/ca", { generate_signing_key: true, key_type: "ed25519" }],
    ["apply", "POST ssh/roles/ops", { key_type: "ca", allow_user_certificates: true }],
    ["apply", "POST database/orders/config/orders", connection],
    ["apply", "POST database/orders/roles/readonly", databaseRole],
    ["apply", "POST kv/config", { max_versions: 10 }],
    ["apply", "POST auth/approle/role/web", { token_policies: ["web"] }],
    ["apply", "GET auth/approle/role/web/role-id"],
    ["plan", "GET sys/mounts"],
    ["plan", "GET sys/mounts/kv/tune"],
    ["plan", "GET sys/auth"],
    ["plan", "GET sys/policies/acl/web"],
    ["plan", "GET pki/config/urls"],
    ["plan", "GET pki/config/crl"],
    ["plan", "GET pki/roles/web"],
    ["plan", "LIST pki/issuers"],
    ["plan", "GET ssh/config/ca"],
    ["plan", "GET ssh/roles/ops"],
    ["plan", "LIST database/orders/config"],
    ["plan", "GET database/orders/config/orders"],
    ["plan", "GET database/orders/roles/readonly"],
    ["plan", "GET kv/config"],
    ["plan", "GET auth/approle/role/web"],
    ["plan", "GET auth/approle/role/web/role-id"],
    ["operate", "GET sys/storage/raft/configuration"],
    ["operate", "GET sys/storage/raft/autopilot/state"],
    ["operate", "GET sys/audit"],
    ["ceremony", "GET sys/rotate/root/init"],
    ["ceremony", "PUT sys/generate-root-token/attempt", {}],
    ["ceremony", "DELETE sys/generate-root-token/attempt"],
  ];
  test.each(rows(ALLOWED))("$identity may $request", async ({ identity, request, body }) => {
    expect(await attempt(clients.get(identity), request, body)).toBeLessThan(300);
  });

  const forbidden = (identity: Identity, ...lists: readonly (readonly string[])[]): Attempt[] =>
    lists.flat().map((request) => [identity, request, request.startsWith("P") ? {} : undefined]);
  const FORBIDDEN = rows([
    ...forbidden("apply", SECRETS, OPERATIONS, CEREMONIES),
    ...forbidden("plan", SECRETS, WRITES, OPERATIONS, CEREMONIES),
    ...forbidden("operate", SECRETS, WRITES, READS, CEREMONIES),
    ...forbidden("ceremony", SECRETS, WRITES, READS, OPERATIONS),
  ]);
  test.each(FORBIDDEN)("$identity may not $request", async ({ identity, request, body }) => {
    expect(await attempt(clients.get(identity), request, body)).toBe(403);
  });
});

describe("rootToken: revoke", () => {
  const record = (): Promise<Record<string, string>> => bed.central.readRecord("customer10", "main");
  const revoking = (): Instance => ({
    ...instance,
    identities: { ...(instance.identities as NonNullable<Instance["identities"]>), rootToken: "revoke" },
  });
  /** Paths of ceremonies on the server, which depend on the product. */
  const ATTEMPT = "sys/generate-root-token/attempt";
  let before: Record<string, string>;

  test("is refused while somebody has begun a ceremony", async () => {
    before = await record();
    const ceremony = await clientOf("ceremony");
    await ceremony.send("PUT", ATTEMPT, { body: {} });
    const { code, failure } = await bed.run(["unseal", "customer10/main"], bed.environment(revoking()));
    expect(code).toBe(1);
    expect(failure).toContain("[identity-rehearsal] The root token of customer10/main is kept");
    expect((await record())["root-token"]).toBe(before["root-token"]);
    await ceremony.send("DELETE", ATTEMPT);
  });

  test("revokes the token and removes it from the record; the hook and status work without it", async () => {
    await bed.unseal(revoking());
    const { "root-token": token, ...others } = before;
    const { "description-digest": _before, ...kept } = others;
    expect(await record()).toMatchObject(kept);
    expect(await record()).not.toHaveProperty("root-token");
    const { status } = await (servers[0] as VaultServer)
      .client(token)
      .send("GET", "auth/token/lookup-self", { accept: [403] });
    expect(status).toBe(403);

    await bed.unseal(revoking());
    const { code, stdout } = await bed.run(["status", "customer10/main", "--json"], bed.environment());
    expect(code, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { healthy: true, record: { rootToken: false }, replicas: [{ auditDevices: 1 }] },
    ]);
  });

  test("ceremony generates a new root token with the keys of the record", async () => {
    const ceremony = await clientOf("ceremony");
    const { body } = await ceremony.send("PUT", ATTEMPT, { body: {} });
    const { nonce, otp } = (body.data ?? body) as { nonce: string; otp: string };
    const fields = await record();
    let encoded = "";
    for (const key of [0, 1, 2].map((index) => fields[`unseal-key-${index}`])) {
      const answer = await ceremony.send("PUT", "sys/generate-root-token/update", { body: { nonce, key } });
      encoded = ((answer.body.data ?? answer.body) as { encoded_token?: string }).encoded_token ?? "";
    }
    const bytes = Buffer.from(encoded, "base64");
    const token = bytes.map((byte, index) => byte ^ otp.charCodeAt(index)).toString();
    const { body: own } = await (servers[0] as VaultServer).client(token).send("GET", "auth/token/lookup-self");
    expect(own.data).toMatchObject({ policies: ["root"] });
  });
});
