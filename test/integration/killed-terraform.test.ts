import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { waitUntil } from "../../lab/wait";
import { Duration, KeyValue, LayerStack, localBackend, RootCa, TenantPKI, VaultProvider } from "../../src";
import { FaultyGateway } from "./support/gateway";
import { TerraformProject } from "./support/terraform-project";
import { TestBed } from "./support/test-bed";

/** The request by which the provider makes the mount. */
const MOUNT = "POST sys/mounts/kv";

let bed: TestBed;
let gateway: FaultyGateway;
let project: TerraformProject;
beforeAll(async () => {
  bed = await TestBed.start({ prepared: false });
  gateway = await FaultyGateway.start(bed.central.server.address, bed.authority.certificate);
  const environment = await obtainVaultProvider(await obtainTerraform());
  project = new TerraformProject({ ...environment, VAULT_TOKEN: bed.central.rootToken });
});
afterAll(async () => {
  project.remove();
  await gateway.stop();
  await bed.stop();
});

test("C6: Terraform killed in mid apply leaves a mount that the documented import adopts", async () => {
  const stack = new LayerStack(project.newApp(), "killed-config", localBackend(project.stateFolder));
  new VaultProvider(stack, "Vault", { address: gateway.address });
  new KeyValue(stack, "Secrets", { mount: "kv" });
  project.synthesize();
  await project.initialize(stack);

  // The server makes the mount, and Terraform waits for an answer when it is killed.
  gateway.hold(MOUNT);
  const apply = await project.begin(stack, "apply", "-input=false", "-auto-approve");
  const { client } = bed.central;
  await waitUntil("the server has the mount", async () => "kv/" in (await client.send("GET", "sys/mounts")).body);
  apply.kill("SIGKILL");
  expect((await apply.ended).code).not.toBe(0);
  // A new mount of KV version 2 upgrades itself for a moment, and refuses requests meanwhile.
  const body = { data: { written: "meanwhile" } };
  await waitUntil(
    "the mount takes data",
    async () => (await client.send("POST", "kv/data/web", { body, accept: [400] })).status === 200,
  );

  gateway.release(MOUNT);
  await expect(project.apply(stack)).rejects.toThrow(/path is already in use at kv\//);
  await project.terraform(stack, "import", "-input=false", "vault_mount.secrets", "kv");
  await project.apply(stack);

  expect(await project.isUnchanged(stack)).toBe(true);
  const { body: read } = await client.send("GET", "kv/data/web");
  expect(read.data).toMatchObject({ data: { written: "meanwhile" } });
});

test("C6: a mount of a PKI, on which everything else of the PKI depends, is adopted by the documented block", async () => {
  const { client } = bed.central;
  // What a killed Terraform left: the mount is there, and the state knows nothing of the PKI.
  await client.send("POST", "sys/mounts/pki", { body: { type: "pki" } });
  const stack = new LayerStack(project.newApp(), "pki-config", localBackend(project.stateFolder));
  new VaultProvider(stack, "Vault", { address: gateway.address });
  const { address } = gateway;
  const rootCa = new RootCa(stack, "Root", { commonName: "Root", address });
  const roles = [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: Duration.hours(1) }];
  new TenantPKI(stack, "Pki", { commonName: "CA", address, rootCa, roles });
  project.synthesize();
  await expect(project.apply(stack)).rejects.toThrow(/path is already in use at pki\//);

  const page = readFileSync(join(PROJECT, "docs", "operating", "interrupted-deployment.md"), "utf8");
  const block = /import \{[^}]*\}/.exec(page)?.[0] ?? "";
  expect(block).toContain("vault_mount.main_key_value_kv");
  project.writeFile(
    stack,
    "import.tf",
    block.replace("vault_mount.main_key_value_kv", "vault_mount.pki_mount").replace('"kv"', '"pki"'),
  );
  await project.apply(stack);

  expect(await project.isUnchanged(stack)).toBe(true);
  const { status } = await client.send("POST", "pki/issue/web", { body: { common_name: "a.acme.internal" } });
  expect(status).toBe(200);
});
