import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LabCentral } from "../../lab/central";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { LayerStack, localBackend, RootCa, VaultProvider, type ExternalPlugin } from "../../src";
import { identityPolicy } from "../../src/policy/identity-policies";
import { administeredMounts, defineTenant, InstanceConfig } from "../../src/tenant";
import type { TenantInstance } from "../../src/tenant/tenant-schema";
import { identitySettings } from "../../src/constructs/vault-instance/identity-settings";
import { TerraformProject } from "./support/terraform-project";
import { TestBed } from "./support/test-bed";

/** Programs that register: the server runs them for their version alone, and goes without if they tell none. */
const PROGRAMS = ["first", "second"].map((command) => {
  const text = `#!/bin/sh\nexit 1 # ${command}\n`;
  return { command, text, sha256sum: createHash("sha256").update(text).digest("hex") };
});
const [FIRST, SECOND] = PROGRAMS.map(({ command, sha256sum }): ExternalPlugin => ({
  ...{ type: "secret", name: "directory", version: "v0.1.0" },
  command,
  sha256sum,
})) as [ExternalPlugin, ExternalPlugin];
const PATH = "sys/plugins/catalog/secret/directory";
const ENTRY = "vault_plugin.main_plugins_secret_directory_v0_1_0";

let bed: TestBed;
let instance: LabCentral;
let project: TerraformProject;
const tokens = { apply: randomUUID(), plan: randomUUID() };

/** The instance, as the tenant file describes it. */
function described(plugins: readonly ExternalPlugin[]): TenantInstance {
  const { address } = instance.server;
  const [described] = defineTenant({
    name: "customer10",
    instances: [
      {
        // The catalogue of OpenBao has the same API; in its own file the app leaves it to the servers.
        ...{ name: "main", product: "vault", address, plugins },
        deployment: { mode: "external", addresses: [address] },
        keyValue: [{}],
        roles: [{ name: "web", read: ["kv/web"] }],
      },
    ],
  }).instances;
  return described as TenantInstance;
}

/** The config layer of a file with the plugins, after the hook has written the policies of its identities. */
async function config(plugins: readonly ExternalPlugin[]): Promise<LayerStack> {
  const of = described(plugins);
  const { mounts, logins, plugins: known } = identitySettings({}, administeredMounts(of));
  for (const identity of ["apply", "plan"] as const) {
    const policy = identityPolicy(identity, { product: "vault", mounts, logins, plugins: known });
    await instance.client.send("PUT", `sys/policies/acl/tenant-vault-${identity}`, { body: { policy } });
  }
  const stack = new LayerStack(project.newApp(), "config", localBackend(project.stateFolder));
  const { address } = instance.server;
  const provider = new VaultProvider(stack, "Vault", { address, caCertFile: bed.caFile, skipChildToken: true });
  const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider });
  new InstanceConfig(stack, "main", {
    ...{ tenant: "customer10", instance: of, rootCa, provider, centralProvider: provider },
    deletionProtection: false,
  });
  project.synthesize();
  return stack;
}

async function entry(version: string): Promise<object | undefined> {
  const { status, body } = await instance.client.send("GET", `${PATH}?version=${version}`, { accept: [404] });
  return status === 404 ? undefined : (body.data as object);
}

beforeAll(async () => {
  bed = await TestBed.start({ prepared: false });
  const folder = join(bed.folder, "programs");
  mkdirSync(folder);
  for (const { command, text } of PROGRAMS) writeFileSync(join(folder, command), text, { mode: 0o755 });
  instance = await LabCentral.open(await bed.startServer("instance", `plugin_directory = "${folder}"`));
  const provider = await obtainVaultProvider(await obtainTerraform());
  project = new TerraformProject({ ...provider, VAULT_TOKEN: tokens.apply });
  for (const [identity, id] of Object.entries(tokens))
    await instance.client.send("POST", "auth/token/create-orphan", {
      body: { id, policies: [`tenant-vault-${identity}`], no_default_policy: true },
    });
});
afterAll(async () => {
  project.remove();
  await bed.stop();
});

test("the identity apply registers a plugin, and a second plan is empty", async () => {
  const stack = await config([FIRST]);
  await project.apply(stack);
  expect(await entry("v0.1.0")).toMatchObject({ command: "first", sha256: FIRST.sha256sum, builtin: false });
  expect(await project.isUnchanged(stack)).toBe(true);
});

test("the identity plan reads it, and registers none", async () => {
  const asPlan = instance.server.client(tokens.plan);
  expect((await asPlan.send("GET", `${PATH}?version=v0.1.0`)).status).toBe(200);
  const write = asPlan.send("PUT", PATH, { body: { command: "second", sha256: SECOND.sha256sum, version: "v0.1.0" } });
  await expect(write).rejects.toThrow(/403/);
  await asPlan.close();
});

test("an entry that somebody changed or removed shows as drift, and is put back", async () => {
  const stack = await config([FIRST]);
  const { command, sha256sum: sha256, version } = SECOND;
  await instance.client.send("PUT", PATH, { body: { command, sha256, version } });
  expect(await project.changes(stack)).toEqual([
    { action: "update", address: ENTRY, attributes: ["command", "sha256"] },
  ]);
  await project.applyPlan(stack);
  expect(await entry("v0.1.0")).toMatchObject({ command: "first", sha256: FIRST.sha256sum });

  await instance.client.send("DELETE", `${PATH}?version=${version}`);
  expect(await project.changes(stack)).toMatchObject([{ action: "create", address: ENTRY }]);
  await project.applyPlan(stack);
  expect(await entry("v0.1.0")).toMatchObject({ command: "first" });
});

test("another program changes the entry, and another version is one beside it", async () => {
  const changed = await config([SECOND]);
  expect(await project.changes(changed)).toEqual([
    { action: "update", address: ENTRY, attributes: ["command", "sha256"] },
  ]);
  await project.applyPlan(changed);

  const beside = await config([SECOND, { ...FIRST, version: "v0.2.0" }]);
  expect(await project.changes(beside)).toMatchObject([
    { action: "create", address: ENTRY.replace("v0_1_0", "v0_2_0") },
  ]);
  await project.applyPlan(beside);
  expect(await entry("v0.1.0")).toMatchObject({ command: "second" });
  expect(await entry("v0.2.0")).toMatchObject({ command: "first" });
});

test("a plugin that leaves the tenant file is removed, with the policies that the hook wrote before", async () => {
  const stack = await config([]);
  const address = [ENTRY, ENTRY.replace("v0_1_0", "v0_2_0")];
  expect((await project.plan(stack)).delete).toEqual(address);
  await project.applyPlan(stack);
  expect(await entry("v0.1.0")).toBeUndefined();
  expect(await entry("v0.2.0")).toBeUndefined();
});

test("Terraform destroys the mounts, and then the plugins", async () => {
  const stack = await config([FIRST]);
  await project.apply(stack);
  const text = await project.terraform(stack, "destroy", "-input=false", "-auto-approve", "-no-color");
  const at = (line: string): number => text.indexOf(line);
  for (const mount of ["vault_mount.main_key_value_kv", "vault_auth_backend.main_login"]) {
    expect(at(`${mount}: Destruction complete`)).toBeGreaterThan(0);
    expect(at(`${mount}: Destruction complete`)).toBeLessThan(at(`${ENTRY}: Destroying`));
  }
  expect(await entry("v0.1.0")).toBeUndefined();
});
