import { afterAll, beforeAll, expect, test } from "vitest";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { waitUntil } from "../../lab/wait";
import { KeyValue, LayerStack, localBackend, VaultProvider } from "../../src";
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
