import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  AuditDevice,
  DevelopmentDeployment,
  HighAvailabilityDeployment,
  Seal,
  SelfInitialization,
  StandaloneDeployment,
  type Product,
} from "../../src";
import { Secret } from "../../src/core/secret";
import type { IDeployment } from "../../src/spi";
import type { Instance } from "../../src/contract/instance";
import { VaultClient } from "../../src/vault/client";
import { obtainVaultServer } from "../../lab/tools/vault-server";
import { SEALS, STORED, synthesizeInstance, valuesOf } from "../support/instance";
import { only, type Synthesized } from "../support/synth";
import { RenderedServer } from "./support/rendered-server";
import { TestBed } from "./support/test-bed";

const TLS = "customer10-main-tls";
const HA = new HighAvailabilityDeployment(STORED);

let bed: TestBed;
let server: RenderedServer | undefined;
let product: Product;
let runs = 0;
beforeAll(async () => {
  bed = await TestBed.start();
  product = (await obtainVaultServer()).product;
});
afterEach(() => server?.stop());
afterAll(() => bed.stop());

async function render(json: Synthesized, environment?: Readonly<Record<string, string>>): Promise<RenderedServer> {
  server = await RenderedServer.of(join(bed.folder, `rendered-${runs++}`), bed.authority, valuesOf(json), environment);
  return server;
}

/** As the hook sees the one server. */
function described(at: RenderedServer, props: Partial<Instance> = {}): Instance {
  return {
    tenant: "customer10",
    name: `rendered-${runs}`,
    product,
    seal: "shamir",
    secretShares: 5,
    secretThreshold: 3,
    replicas: [{ name: "customer10-main-0", address: at.address }],
    caCertificate: bed.authority.certificate,
    ...props,
  };
}

/** Where the product declares audit devices, every request is in the log before it is answered. */
function auditLog(): string {
  return readFileSync(join(bed.folder, `rendered-${runs - 1}`, "audit", "audit.log"), "utf8");
}

describe("a real server takes the rendered configuration", () => {
  test.each<[string, IDeployment]>([
    ["dev", new DevelopmentDeployment(STORED)],
    ["standalone", new StandaloneDeployment(STORED)],
    ["ha", HA],
    [
      "ha with pages and another log",
      new HighAvailabilityDeployment({
        ...STORED,
        ui: true,
        logLevel: "debug",
        logFormat: "standard",
      }),
    ],
  ])("of %s, and the hook initialises and unseals it", async (_mode, deployment) => {
    const at = await render(synthesizeInstance(deployment, { product }));
    await at.start(TLS);
    const instance = described(at);
    await bed.unseal(instance);
    const record = await bed.central.readRecord("customer10", instance.name);
    const { body } = await at.withToken(record["root-token"] ?? "").send("GET", "sys/audit");
    if (product === "openbao") {
      expect(Object.keys(body.data as object)).toEqual(["file/"]);
      expect(auditLog()).toContain('"path":"sys/audit"');
    }
  });

  test("with a listener for metrics and a second audit device", async () => {
    let heard = "";
    const listener = createServer((socket) => socket.on("data", (text) => (heard += text.toString())));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    const deployment = new HighAvailabilityDeployment({
      ...STORED,
      monitoring: { namespace: "monitoring" },
      auditDevices: [AuditDevice.socket(`127.0.0.1:${port}`)],
    });
    const at = await render(synthesizeInstance(deployment, { product }));
    await at.start(TLS);
    const instance = described(at);
    await bed.unseal(instance);
    const metrics = new VaultClient({ address: at.metricsAddress, caCertificate: bed.authority.certificate });
    expect((await metrics.send("GET", "sys/metrics?format=prometheus")).status).toBe(200);
    await metrics.close();
    if (product === "openbao") {
      const record = await bed.central.readRecord("customer10", instance.name);
      const { body } = await at.withToken(record["root-token"] ?? "").send("GET", "sys/audit");
      expect(Object.keys(body.data as object).sort()).toEqual(["file/", "socket/"]);
      expect(heard).toContain('"path":"sys/audit"');
    }
    listener.close();
  });

  test("with an external plugin, which OpenBao registers, and Vault accepts over its API", async () => {
    const text = "#!/bin/sh\nexit 1\n";
    const sha256sum = createHash("sha256").update(text).digest("hex");
    const plugin = { type: "secret", name: "directory", command: "directory", version: "v0.1.0", sha256sum } as const;
    const deployment = new HighAvailabilityDeployment({ ...STORED, plugins: [plugin] });
    const at = await render(synthesizeInstance(deployment, { product }));
    at.addProgram(plugin.command, text);
    await at.start(TLS);
    const instance = described(at);
    await bed.unseal(instance);
    const record = await bed.central.readRecord("customer10", instance.name);
    const root = at.withToken(record["root-token"] ?? "");
    const entry = "sys/plugins/catalog/secret/directory";
    const { command, version } = plugin;
    if (product === "vault") await root.send("PUT", entry, { body: { command, version, sha256: sha256sum } });
    const { body } = await root.send("GET", `${entry}?version=${version}`);
    expect(body.data).toMatchObject({ command, version, sha256: sha256sum, builtin: false });
  });

  test("of a transit seal, with a token that can use its key and nothing else", async () => {
    const json = synthesizeInstance(HA, {
      product,
      seal: Seal.transit(),
      central: { address: bed.central.server.address, caCertificatePath: "ca.pem" },
    });
    const token = await makeSealToken(json);
    const at = await render(json, { [product === "vault" ? "VAULT_TOKEN" : "BAO_TOKEN"]: token });
    at.mount("customer10-main-seal-token", { "ca.crt": bed.authority.certificate });
    await at.start(TLS);
    const instance = described(at, { seal: "transit" });
    const { stdout } = await bed.unseal(instance);
    expect(stdout).toMatch(/1 of 1 replicas unsealed/);
    expect(Object.keys(await bed.central.readRecord("customer10", instance.name)).sort()).toEqual([
      "description-digest",
      ...[0, 1, 2, 3, 4].map((index) => `recovery-key-${index}`),
      "root-token",
    ]);

    const { client } = bed.central;
    const asServer = client.withToken(new Secret(token));
    await expect(asServer.send("GET", "tenant-seals/keys/customer10.main")).rejects.toThrow(/403/);
    await expect(asServer.send("GET", `customers/data/customer10/${instance.name}`)).rejects.toThrow(/403/);
    await asServer.send("POST", "auth/token/renew-self");
    await asServer.send("POST", "auth/token/revoke-self");
  });

  test("of a static seal that initialises itself", async () => {
    if (product !== "openbao") return;
    const selfInitialization = new SelfInitialization([
      { name: "userpass", operation: "update", path: "sys/auth/userpass", data: { type: "userpass" } },
      {
        name: "operator",
        operation: "update",
        path: "auth/userpass/users/operator",
        data: {
          password: { eval_type: "string", eval_source: "env", env_var: "OPERATOR_PASSWORD" },
          token_policies: ["default"],
        },
      },
    ]);
    const deployment = new StandaloneDeployment({ ...STORED, selfInitialization });
    const password = randomBytes(16).toString("hex");
    const at = await render(synthesizeInstance(deployment, { seal: SEALS.static }), { OPERATOR_PASSWORD: password });
    const key = (): string => randomBytes(32).toString("base64");
    at.mount("customer10-main-seal", { "2026-11": key(), "2026-05": key() });
    const first = { "role-id": randomBytes(32).toString("hex"), "secret-id": randomBytes(32).toString("hex") };
    at.mount("customer10-main-bootstrap", first);
    await at.start(TLS);
    const { stdout } = await bed.unseal(described(at, { seal: "static", selfInitializes: true }));
    expect(stdout).toMatch(/1 of 1 replicas unsealed/);
    await at.withToken("").send("POST", "auth/userpass/login/operator", { body: { password } });
    const { body } = await at.withToken("").send("POST", "auth/tenant-vault/login", {
      body: { role_id: first["role-id"], secret_id: first["secret-id"] },
    });
    expect(body.auth).toMatchObject({ token_policies: ["tenant-vault-apply"] });
  });

  // This server, as OpenBao's releases from 2.7 on, brings no key services: it takes all of the configuration but that.
  test.each(["awskms", "gcpckms", "azurekeyvault", "alicloudkms", "ocikms", "pkcs11"] as const)(
    "of %s, as far as a server without that key service goes",
    async (type) => {
      const at = await render(synthesizeInstance(HA, { product, seal: SEALS[type] }));
      await expect(at.start(TLS)).rejects.toThrow(
        new RegExp(product === "openbao" ? `Error configuring seal "${type}": unknown wrapper: ${type}` : type),
      );
    },
  );

  test("whole: it warns of a word that it does not know, and of none of ours", async () => {
    const json = synthesizeInstance(HA, { product });
    const at = await render(json);
    await at.start(TLS);
    expect(readFileSync(at.logFile, "utf8")).not.toMatch(UNKNOWN);
    await at.stop();

    const values = valuesOf(json).replace("tls_min_version", "tls_minimal_version");
    server = await RenderedServer.of(join(bed.folder, "misspelt"), bed.authority, values);
    await server.start(TLS);
    expect(readFileSync(server.logFile, "utf8")).toMatch(UNKNOWN);
  });
});

const UNKNOWN = /unknown or unsupported field/;

/** What the stacks "central" and "<tenant>-vault" make for the seal, with their own texts; then as the hook does. */
async function makeSealToken(json: Synthesized): Promise<string> {
  const { client } = bed.central;
  const policy = only(json.resource, "vault_policy") as { name: string; policy: string };
  const role = only(json.resource, "vault_token_auth_backend_role");
  const names = { allowed_policies: [policy.name], orphan: role.orphan, token_period: role.token_period };
  await client.send("POST", "sys/mounts/tenant-seals", { body: { type: "transit" } });
  await client.send("POST", "tenant-seals/keys/customer10.main");
  await client.send("PUT", `sys/policies/acl/${policy.name}`, {
    body: { policy: policy.policy.replaceAll(/\$\{[^}]*\}/g, "customer10.main") },
  });
  await client.send("POST", `auth/token/roles/${String(role.role_name)}`, {
    body: { ...names, token_no_default_policy: true },
  });
  const hook = client.withToken(new Secret(bed.hookToken));
  const { body } = await hook.send("POST", `auth/token/create/${String(role.role_name)}`);
  return (body.auth as { client_token: string }).client_token;
}
