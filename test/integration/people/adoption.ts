import { expect } from "vitest";
import type { LayerStack } from "../../../src";
import { compare } from "../../../src/operations/adoption/comparison";
import { describedObjects } from "../../../src/operations/adoption/described";
import { importBlocks, type ManagedObject } from "../../../src/operations/adoption/import-blocks";
import type { StackJson } from "../../../src/operations/preflight/synthesized-stack";
import { ContentApi } from "../../../src/vault/content";
import type { PeopleBed } from "./people-bed";
import { PASSWORD } from "./users";

interface ResourceChange {
  readonly address: string;
  readonly change: { readonly actions: readonly string[]; readonly importing?: { readonly id: string } };
}

/** Plans a deployed stack with an empty state, and the import blocks of its objects. */
export async function testAdoption(people: PeopleBed, deployed: LayerStack): Promise<void> {
  const { project, root } = people;
  const stack = JSON.parse(project.synthesized(deployed)) as StackJson;
  await root.send("POST", "auth/userpass/users/mona", { body: { password: PASSWORD } });
  const logIn = async (): Promise<string> =>
    (await people.logIn("userpass/login/mona", { password: PASSWORD })).entity_id;
  const byLogin = await logIn();
  const more = handmadePerson(stack);
  const blocks = importBlocks(await managedBy(new ContentApi(root), stack, more));
  const wanted = [...blocks.matchAll(/ to = (\S+)/g)].map(([, address = ""]) => address).sort();

  await project.terraform(deployed, "workspace", "new", "adoption");
  project.writeFile(deployed, "import.tf", blocks);
  project.writeFile(deployed, "handmade.tf.json", JSON.stringify(more));
  await project.terraform(deployed, "plan", "-input=false", "-out=adoption.tfplan");
  const shown = await project.terraform(deployed, "show", "-json", "adoption.tfplan");
  const { resource_changes: changes } = JSON.parse(shown) as { readonly resource_changes: readonly ResourceChange[] };
  const imported = changes.filter(({ change }) => change.importing !== undefined);
  expect(imported.map(({ address }) => address).sort()).toEqual(wanted);
  expect(changes.filter(({ change }) => change.actions.includes("delete"))).toEqual([]);
  // Terraform writes over no identity and no quota that is there. The directory has another server.
  expect(
    changes.flatMap(({ address, change }) =>
      /^vault_(identity_\w+|quota_\w+)\.(?!directory_)/.test(address) && change.actions.includes("create")
        ? [address]
        : [],
    ),
  ).toEqual(["vault_identity_entity.mona"]);
  expect([...new Set(wanted.map((address) => address.replace(/\..*$/, "")))]).toEqual([
    "vault_approle_auth_backend_role",
    "vault_auth_backend",
    "vault_database_secret_backend_role",
    "vault_database_secrets_mount",
    "vault_identity_entity",
    "vault_identity_entity_alias",
    "vault_identity_group",
    "vault_identity_group_alias",
    "vault_identity_mfa_login_enforcement",
    "vault_identity_mfa_totp",
    "vault_jwt_auth_backend",
    "vault_jwt_auth_backend_role",
    "vault_kubernetes_auth_backend_role",
    "vault_mount",
    "vault_pki_secret_backend_role",
    "vault_policy",
    "vault_quota_rate_limit",
    "vault_ssh_secret_backend_ca",
    "vault_ssh_secret_backend_role",
    "vault_token_auth_backend_role",
  ]);

  // The person keeps the account, and is the entity of the tenant file from then on.
  await project.terraform(deployed, "apply", "-auto-approve", "-target=vault_identity_entity_alias.mona");
  const described = await logIn();
  expect(described).not.toBe(byLogin);
  const { body } = await root.send("GET", `identity/entity/id/${described}`);
  expect(body.data).toMatchObject({ name: "user-mona" });

  await project.terraform(deployed, "workspace", "select", "default");
  for (const file of ["import.tf", "handmade.tf.json"]) project.removeFile(deployed, file);
  for (const path of [...[byLogin, described].map((id) => `identity/entity/id/${id}`), "auth/userpass/users/mona"])
    await root.send("DELETE", path);
}

/** Describes a person who has logged in before, so that a login has made the entity that has the name. */
function handmadePerson({ resource }: StackJson): StackJson {
  const logins = Object.entries(resource?.vault_auth_backend ?? {});
  const [login] = logins.find(([, { type }]) => type === "userpass") ?? [];
  const provider = "vault";
  const alias = {
    name: "mona",
    mount_accessor: `\${vault_auth_backend.${login}.accessor}`,
    canonical_id: "${vault_identity_entity.mona.id}",
    provider,
  };
  return {
    resource: {
      vault_identity_entity: { mona: { name: "user-mona", provider } },
      vault_identity_entity_alias: { mona: alias },
    },
  };
}

/** What two parts of one stack describe and the server has. */
async function managedBy(api: ContentApi, one: StackJson, more: StackJson): Promise<readonly ManagedObject[]> {
  const types = Object.entries(more.resource ?? {}).map(([type, blocks]) => [
    type,
    { ...one.resource?.[type], ...blocks },
  ]);
  const resource = JSON.stringify({ ...one.resource, ...Object.fromEntries(types) });
  // The stack of the bed is not one of a tenant, so that the instance's provider has no alias.
  const named = resource.replaceAll('"provider":"vault"', '"provider":"vault.instance-main"');
  const json = { resource: JSON.parse(named) as NonNullable<StackJson["resource"]> };
  return (await compare(api, describedObjects({ name: "people", json }, "main"))).managed;
}
