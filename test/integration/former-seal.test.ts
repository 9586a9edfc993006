import { afterAll, beforeAll, expect, test } from "vitest";
import { LayerStack, localBackend, Seal } from "../../src";
import { obtainTerraform } from "../../lab/tools/terraform";
import { obtainVaultProvider } from "../../lab/tools/vault-provider";
import { CentralProvider } from "../../stacks/central-provider";
import { TerraformProject } from "./support/terraform-project";
import { TestBed } from "./support/test-bed";

const KEY = "tenant-seals/keys/customer10.main";

let bed: TestBed;
let project: TerraformProject;

beforeAll(async () => {
  bed = await TestBed.start({ prepared: false });
  await bed.central.client.send("POST", "sys/mounts/tenant-seals", { body: { type: "transit" } });
  const provider = await obtainVaultProvider(await obtainTerraform());
  project = new TerraformProject({ ...provider, VAULT_TOKEN: bed.central.rootToken });
});
afterAll(async () => {
  project.remove();
  await bed.stop();
});

/** What an instance's stack makes of its seal. */
function sealedBy(seal: Seal): LayerStack {
  const backend = localBackend(project.stateFolder);
  const stack = new LayerStack(project.newApp(), "sealed", backend);
  const operator = { central: { address: bed.central.server.address, caCertificateFile: bed.caFile }, backend };
  const { access: central, provider: centralProvider } = new CentralProvider(stack, "Central", operator);
  seal.bind(stack, {
    ...{ tenant: "customer10", name: "main", product: "openbao", release: "customer10-main", namespace: "n" },
    ...{ central, centralProvider, deletionProtection: true, secretFolder: (secret) => `/${secret}` },
  });
  project.synthesize();
  return stack;
}

test("the key of a transit seal that was is not planned for destruction, and stays in the central Vault", async () => {
  await project.apply(sealedBy(Seal.transit()));
  await project.apply(sealedBy(Seal.shamir({ former: Seal.transit() })));

  const after = sealedBy(Seal.shamir());
  const { delete: gone } = await project.plan(after);
  expect(gone).toEqual(["vault_policy.seal_policy", "vault_token_auth_backend_role.seal_token_role"]);

  await project.apply(after);
  expect(await bed.central.client.send("GET", KEY)).toMatchObject({ status: 200 });
  expect(await project.isUnchanged(after)).toBe(true);
});
