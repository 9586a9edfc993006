import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../../lab/run";
import { obtainTerraform } from "../../../lab/tools/terraform";
import { obtainVaultProvider } from "../../../lab/tools/vault-provider";
import { localBackend } from "../../../src";
import type { GuidedInstance } from "../../../src/contract/guide";
import { guidedInstance, type GuidedStack } from "../../../src/guide/guided-instance";
import { compare } from "../../../src/operations/adoption/comparison";
import { describedObjects } from "../../../src/operations/adoption/described";
import { readConfiguration, readMounts } from "../../../src/operations/portability/read-configuration";
import type { StackJson } from "../../../src/operations/preflight/synthesized-stack";
import { defineTenant, type TenantSpec } from "../../../src/tenant";
import type { VaultClient } from "../../../src/vault/client";
import { ContentApi } from "../../../src/vault/content";
import { ConfigStack } from "../../../stacks/config-stack";
import { all } from "../../support/all";
import { readCertificate, verify } from "../support/certificates";
import { TerraformProject } from "../support/terraform-project";
import { SHARED, type SharedBed } from "./shared-bed";

/** The layer config of the first guest, and what its clients get. */
export function testConfigLayer(shared: SharedBed): void {
  test("the config layer works in the namespace, and its clients too", async () => {
    const { bed, server } = shared;
    await createRootCa(shared);
    shared.guided = await deploy(shared);

    const app = await logInAsApp(shared);
    await app.send("POST", "kv/data/app/x", { body: { data: { secret: "kept" } } });
    expect((await app.send("GET", "kv/data/app/x")).body.data).toMatchObject({ data: { secret: "kept" } });

    const issued = await app.send("POST", "pki/issue/web", { body: { common_name: "www.c20.internal" } });
    const certificate = await readCertificate(issued.body.data);
    const issuers = `${server.address}/v1/customer20.main/pki/issuer/`;
    expect(certificate.urls).toContainEqual(expect.stringContaining(issuers));
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
}

/** Creates the operator's root CA, as the stack "central" does. */
async function createRootCa({ bed }: SharedBed): Promise<void> {
  const { client, server } = bed.central;
  const url = `${server.address}/v1/pki-root`;
  await client.send("POST", "sys/mounts/pki-root", { body: { type: "pki", config: { max_lease_ttl: "87600h" } } });
  await client.send("POST", "pki-root/config/urls", {
    body: { issuing_certificates: [`${url}/ca`], crl_distribution_points: [`${url}/crl`] },
  });
  const key = { key_type: "ec", key_bits: 384, max_path_length: 1, exclude_cn_from_sans: true };
  await client.send("POST", "pki-root/root/generate/internal", {
    body: { common_name: "Root", ttl: "87600h", ...key },
  });
}

/** Deploys the layer; a second plan changes nothing. @returns What the stack says about the namespace. */
async function deploy(shared: SharedBed): Promise<GuidedInstance | undefined> {
  const { bed, server } = shared;
  const provider = await obtainVaultProvider(await obtainTerraform());
  const project = new TerraformProject({ ...provider, VAULT_TOKEN: bed.central.rootToken });
  try {
    const operator = {
      central: { address: bed.central.server.address, caCertificateFile: bed.caFile },
      backend: localBackend(project.stateFolder),
    };
    const tenant = defineTenant(tenantSpec(server.address, bed.caFile));
    const stack = new ConfigStack(project.app, "customer20-config", operator, tenant);
    project.synthesize();
    await project.apply(stack);
    expect(await project.isUnchanged(stack)).toBe(true);
    const file = join(project.app.outdir, "stacks", stack.node.id, "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as GuidedStack & StackJson;
    await proveComparison(await shared.rootOf("customer20"), json);
    return guidedInstance(json, "customer20/main");
  } finally {
    project.remove();
  }
}

/** In the namespace, `unmanaged` finds what the stack describes, and nothing else; `export` reads the same. */
async function proveComparison(root: VaultClient, json: StackJson): Promise<void> {
  const api = new ContentApi(root);
  const described = describedObjects({ name: "customer20-config", json }, "main");
  const { managed, unmanaged } = await compare(api, described);
  expect(unmanaged).toEqual([]);
  const ids = managed.map(({ to, id }) => [to?.replace(/\..*$/, ""), id]);
  for (const [kind, name] of all([
    ["entity", "user-alice"],
    ["group", "developers"],
  ] as const)) {
    const { id } = (await root.send("GET", `identity/${kind}/name/${name}`)).body.data as { id: string };
    expect(ids).toContainEqual([`vault_identity_${kind}`, id]);
  }
  const names: string[] = [];
  for await (const record of readConfiguration(api, await readMounts(api)))
    names.push("path" in record ? record.path : record.name);
  expect(names).toEqual(expect.arrayContaining(["pki/roles/web", "user-alice", "developers"]));
}

/** A client with the role of a program, whose role ID the identity `apply` reads. */
async function logInAsApp(shared: SharedBed): Promise<VaultClient> {
  const apply = await shared.identity("customer20/main", "apply", "customer20.main");
  const { body: role } = await apply.send("GET", "auth/approle/role/app/role-id");
  const root = await shared.rootOf("customer20");
  const { body: drawn } = await root.send("POST", "auth/approle/role/app/secret-id");
  const { body: login } = await shared.server.client(undefined, "customer20.main").send("POST", "auth/approle/login", {
    body: {
      role_id: (role.data as { role_id: string }).role_id,
      secret_id: (drawn.data as { secret_id: string }).secret_id,
    },
  });
  return shared.server.client((login.auth as { client_token: string }).client_token, "customer20.main");
}

function tenantSpec(address: string, caCertificateFile: string): TenantSpec {
  return {
    name: "customer20",
    instances: [
      {
        name: "main",
        product: "openbao",
        address,
        caCertificateFile,
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
  };
}
