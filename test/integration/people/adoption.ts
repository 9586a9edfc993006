import { expect } from "vitest";
import type { LayerStack } from "../../../src";
import { describedObjects, importBlocks } from "../../../src/operations/adoption/described";
import type { SynthesizedStack } from "../../../src/operations/preflight/synthesized-stack";
import type { PeopleBed } from "./people-bed";

interface ResourceChange {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly importing?: { readonly id: string } };
}

/** Plans a deployed stack with an empty state, and the import blocks of its objects. */
export async function testAdoption({ project }: PeopleBed, deployed: LayerStack): Promise<void> {
  // The stack of the bed is not one of a tenant, so that the instance's provider has no alias.
  const text = project.synthesized(deployed).replaceAll(/"provider": ?"vault"/g, `"provider": "vault.instance-main"`);
  const json = JSON.parse(text) as SynthesizedStack["json"];
  const blocks = importBlocks(describedObjects({ name: "people", json }, "main"));
  const wanted = [...blocks.matchAll(/ to = (\S+)/g)].map(([, address = ""]) => address).sort();

  await project.terraform(deployed, "workspace", "new", "adoption");
  project.writeFile(deployed, "import.tf", blocks);
  await project.terraform(deployed, "plan", "-input=false", "-out=adoption.tfplan");
  const shown = await project.terraform(deployed, "show", "-json", "adoption.tfplan");
  await project.terraform(deployed, "workspace", "select", "default");
  project.removeFile(deployed, "import.tf");

  const { resource_changes: changes } = JSON.parse(shown) as { readonly resource_changes: readonly ResourceChange[] };
  const imported = changes.filter(({ change }) => change.importing !== undefined);
  expect(imported.map(({ address }) => address).sort()).toEqual(wanted);
  expect(changes.filter(({ change }) => change.actions.includes("delete"))).toEqual([]);
  expect([...new Set(wanted.map((address) => address.replace(/\..*$/, "")))]).toEqual([
    "vault_approle_auth_backend_role",
    "vault_auth_backend",
    "vault_database_secret_backend_role",
    "vault_database_secrets_mount",
    "vault_jwt_auth_backend",
    "vault_jwt_auth_backend_role",
    "vault_kubernetes_auth_backend_role",
    "vault_mount",
    "vault_pki_secret_backend_role",
    "vault_policy",
    "vault_ssh_secret_backend_ca",
    "vault_ssh_secret_backend_role",
    "vault_token_auth_backend_role",
  ]);
}
