import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../lab/run";
import { TENANT_IDENTITIES } from "../../src/contract/central-vault";
import { IDENTITIES } from "../../src/contract/identities";
import { maintenancePolicy, tenantPolicy, watchPolicy } from "../../src/policy/central-policies";
import type { VaultClient } from "../../src/vault/client";
import { attempt, rows, type Attempt } from "./support/attempts";
import { TestBed } from "./support/test-bed";

let bed: TestBed;
const clients = new Map<string, VaultClient>();
let csr = "";
const scope = {
  tenant: "customer10",
  secrets: [{ mount: "operator", path: "customer10/postgresql" }],
  intermediates: [
    {
      commonName: "customer10 main CA",
      permittedDomains: ["customer10.internal", "customer10.example"],
      parameters: { country: "DZ", alt_names: "ca.customer10.example" },
      ttl: 36_000,
    },
  ],
};
/** As the provider of Terraform requests it. */
const request = (changes: object = {}): object => ({
  csr,
  common_name: "customer10 main CA",
  exclude_cn_from_sans: true,
  format: "pem",
  permitted_dns_domains: "customer10.example,customer10.internal",
  ttl: "36000",
  use_csr_values: false,
  use_pss: false,
  ...changes,
});

beforeAll(async () => {
  bed = await TestBed.start();
  const { client, server } = bed.central;
  await bed.central.mountKeyValue("operator");
  const issuing = { allowed_domains: ["*.svc"], allow_glob_domains: true, allow_ip_sans: true, max_ttl: "1h" };
  const root = { common_name: "Root", key_type: "ec", key_bits: 256, max_path_length: 1, ttl: "100h" };
  await client.send("POST", "sys/mounts/pki-root", { body: { type: "pki" } });
  await client.send("POST", "pki-root/root/generate/internal", { body: root });
  for (const tenant of ["customer10", "customer11"]) {
    await client.send("POST", `pki-root/roles/instances-${tenant}`, { body: issuing });
    for (const path of ["operator/data/T/postgresql", "clusters/data/T", "customers/data/T/kept"])
      await client.send("POST", path.replace("T", tenant), { body: { data: { kubeconfig: "secret" } } });
    for (const identity of IDENTITIES)
      await client.send("POST", `access/data/${tenant}/kept/${identity}`, { body: { data: { "role-id": "x" } } });
  }
  await client.send("POST", "sys/mounts/pki-tenant", { body: { type: "pki" } });
  const { body } = await client.send("POST", "pki-tenant/intermediate/generate/internal", {
    body: { common_name: "www.customer11.example", key_type: "ec", key_bits: 256 },
  });
  ({ csr } = body.data as { csr: string });
  const policies = TENANT_IDENTITIES.map((identity): [string, string] => [identity, tenantPolicy(identity, scope)]);
  const ofWatchers = [["watch", watchPolicy()] as const, ["maintenance", maintenancePolicy()] as const];
  for (const [name, policy] of [...policies, ...ofWatchers]) {
    await client.send("PUT", `sys/policies/acl/table-${name}`, { body: { policy } });
    const { body: made } = await client.send("POST", "auth/token/create", { body: { policies: [`table-${name}`] } });
    clients.set(name, server.client((made.auth as { client_token: string }).client_token));
  }
});

afterAll(() => bed.stop());

const issue = { common_name: "customer10-main.customer10-main.svc", ip_sans: "127.0.0.1", ttl: "1h" };
const OF_TENANT: readonly Attempt[] = ["hook", "deploy"].flatMap((identity): Attempt[] => [
  [identity, "GET customers/data/customer10/kept"],
  [identity, "POST customers/data/customer10/kept", { data: { note: "kept" } }],
  [identity, "LIST customers/metadata/customer10/"],
  [identity, "GET clusters/data/customer10"],
  [identity, "GET access/data/customer10/kept/apply"],
  [identity, "POST pki-root/issue/instances-customer10", issue],
]);
const ALLOWED = rows([
  ...OF_TENANT,
  ["deploy", "GET operator/data/customer10/postgresql"],
  ["deploy", "POST auth/token/create", { ttl: "1m" }],
  ["plan", "GET access/data/customer10/kept/plan"],
  ["deploy", "GET pki-root/issuer/default"],
  ["plan", "GET pki-root/issuer/default"],
  ["watch", "LIST customers/metadata/"],
  ["watch", "GET customers/data/customer10/kept"],
  ["watch", "GET customers/data/customer11/kept"],
  ["watch", "GET access/data/customer11/kept/operate"],
  ["maintenance", "PATCH customers/metadata/customer10/kept", { custom_metadata: { note: "maintained" } }],
  ["maintenance", "GET access/data/customer10/kept/apply"],
  ["maintenance", "POST access/data/customer11/kept/plan", { data: { "role-id": "x" } }],
  ["maintenance", "POST pki-root/issue/instances-customer10", issue],
]);
test.each(ALLOWED)("$identity may $request", async ({ identity, request: attempted, body }) => {
  expect(await attempt(clients.get(identity), attempted, body)).toBeLessThan(300);
});

const data = { data: { note: "foreign" } };
const FOREIGN: readonly Attempt[] = ["hook", "deploy", "plan"].flatMap((identity): Attempt[] => [
  [identity, "GET customers/data/customer11/kept"],
  [identity, "POST customers/data/customer11/kept", data],
  [identity, "GET customers/metadata/customer11/kept"],
  [identity, "LIST customers/metadata/"],
  [identity, "POST customers/destroy/customer10/kept", { versions: [1] }],
  [identity, "DELETE customers/metadata/customer10/kept"],
  [identity, "GET clusters/data/customer11"],
  [identity, "POST clusters/data/customer11", data],
  [identity, "GET access/data/customer11/kept/apply"],
  [identity, "GET access/data/customer11/kept/plan"],
  [identity, "GET operator/data/customer11/postgresql"],
  [identity, "POST pki-root/issue/instances-customer11", issue],
  [identity, "POST pki-root/issue/instances-customer10", { ...issue, ip_sans: "10.0.0.1" }],
  [identity, "POST pki-root/roles/instances-customer10", {}],
  [identity, "POST pki-root/root/sign-self-issued", {}],
  [identity, "POST auth/token/create/tenant-vault-seal-customer11.main", {}],
  [identity, "POST auth/token/create-orphan", {}],
  [identity, "POST auth/token/roles/tenant-vault-seal-customer10.main", { allowed_policies: ["root"] }],
  [identity, "PUT sys/policies/acl/tenant-vault-customer10-deploy", { policy: 'path "*" { capabilities = ["read"] }' }],
  [
    identity,
    "PUT sys/policies/acl/tenant-vault-seal-customer10.main",
    { policy: 'path "*" { capabilities = ["read"] }' },
  ],
]);
const FORBIDDEN = rows([
  ...FOREIGN,
  ["maintenance", "GET customers/data/customer10/kept"],
  ["maintenance", "POST customers/data/customer10/kept", data],
  ["maintenance", "DELETE customers/metadata/customer10/kept"],
  ["maintenance", "POST pki-root/issue/instances-customer10", { ...issue, ip_sans: "10.0.0.1" }],
  ["maintenance", "POST pki-root/root/sign-intermediate", {}],
  ["maintenance", "POST auth/token/create", {}],
  ["maintenance", "PUT sys/policies/acl/tenant-vault-maintenance", { policy: "" }],
  ["hook", "POST pki-root/root/sign-intermediate", {}],
  ["hook", "GET operator/data/customer10/postgresql"],
  ["plan", "GET customers/data/customer10/kept"],
  ["plan", "GET clusters/data/customer10"],
  ["plan", "GET operator/data/customer10/postgresql"],
  ["plan", "GET access/data/customer10/kept/apply"],
  ["plan", "GET access/data/customer10/kept/operate"],
  ["plan", "GET access/data/customer10/kept/ceremony"],
  ["plan", "POST access/data/customer10/kept/plan", data],
  ["plan", "POST pki-root/root/sign-intermediate", {}],
  ["plan", "POST pki-root/issuer/default", { leaf_not_after_behavior: "err" }],
  ["deploy", "POST pki-root/issuer/default", { leaf_not_after_behavior: "err" }],
  ["watch", "GET pki-root/issuer/default"],
  ["watch", "POST customers/data/customer10/kept", data],
  ["watch", "PATCH customers/metadata/customer10/kept", {}],
  ["watch", "POST customers/delete/customer10/kept", { versions: [1] }],
  ["watch", "GET access/data/customer10/kept/apply"],
  ["watch", "GET access/data/customer10/kept/ceremony"],
  ["watch", "POST access/data/customer10/kept/operate", data],
  ["watch", "POST pki-root/issue/instances-customer10", issue],
]);
test.each(FORBIDDEN)("$identity may not $request", async ({ identity, request: attempted, body }) => {
  expect(await attempt(clients.get(identity), attempted, body)).toBe(403);
});

const SIGN = "pki-root/root/sign-intermediate";
const { permitted_dns_domains: _domains, ...unlimited } = request() as Record<string, unknown>;
test.each<[string, () => object]>([
  ["the domains of another tenant", () => request({ permitted_dns_domains: "customer11.internal" })],
  ["more domains", () => request({ permitted_dns_domains: "customer10.example,customer10.internal,example" })],
  ["no domains", () => ({ ...unlimited, csr })],
  ["another path length", () => request({ max_path_length: 1 })],
  ["a path length as a text", () => request({ max_path_length: "1" })],
  ["the name of another", () => request({ common_name: "www.customer11.example" })],
  ["an alternative name", () => request({ alt_names: "www.customer11.example" })],
  ["a part of the subject", () => request({ country: "FR" })],
  ["an address", () => request({ ip_sans: "10.0.0.1" })],
  ["its name as an alternative name", () => request({ exclude_cn_from_sans: false })],
  ["what the request contains", () => request({ use_csr_values: true })],
  ["a longer life", () => request({ ttl: "360000" })],
])("deploy may not have an intermediate signed with %s", async (_case, body) => {
  expect(await attempt(clients.get("deploy"), `POST ${SIGN}`, body())).toBe(403);
});

test("deploy has the tenant's intermediate signed: path length 0, for its domains alone", async () => {
  const { body } = await (clients.get("deploy") as VaultClient).send("POST", SIGN, { body: request() });
  const file = join(bed.folder, "intermediate.pem");
  writeFileSync(file, (body.data as { certificate: string }).certificate);
  const { stdout } = await run("openssl", ["x509", "-noout", "-text", "-in", file], { env: process.env });
  expect(stdout).toContain("CA:TRUE, pathlen:0");
  expect(stdout).toMatch(/Permitted:\s+DNS:customer10\.example\s+DNS:customer10\.internal\s/);
  expect(stdout).not.toContain("customer11");
  expect(stdout).not.toContain("Subject Alternative Name");
});

test("TenantIntermediate.content: deploy has the names and the subject of the tenant's file signed", async () => {
  const named = request({ country: "DZ", alt_names: "ca.customer10.example" });
  expect(await attempt(clients.get("deploy"), `POST ${SIGN}`, named)).toBe(200);
});
