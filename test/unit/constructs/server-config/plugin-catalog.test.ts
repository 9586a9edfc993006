import { describe, expect, test } from "vitest";
import {
  Database,
  DynamicDb,
  KubernetesLogin,
  PluginCatalog,
  SecretRef,
  TerraformCloudCredentials,
  type ExternalPlugin,
} from "../../../../src/index";
import { configOf } from "../../../support/config";
import { testChanges, type FieldChange } from "../../../support/changes/test-changes";
import { addresses, only, resourcesThrough, synthesizeInVault, type Synthesized } from "../../../support/synth";

const LDAP: ExternalPlugin = {
  type: "secret",
  name: "openldap",
  command: "vault-plugin-secrets-openldap",
  version: "v0.17.0",
  sha256sum: "a".repeat(64),
};
const ENTRY = "vault_plugin.plugins_secret_openldap_v0_17_0";

function catalog(plugins: readonly ExternalPlugin[]): Synthesized {
  return synthesizeInVault((stack, { provider }) => void new PluginCatalog(stack, "Plugins", { plugins, provider }));
}

const INSTANCE = {
  name: "main",
  product: "vault",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  keyValue: [{}],
  roles: [{ name: "web", read: ["kv/web"] }],
};

test("a plugin is an entry of the catalogue with its checksum", () => {
  const { resource } = catalog([LDAP]);
  expect(addresses(resource)).toEqual([ENTRY]);
  const { sha256sum: sha256, ...entry } = LDAP;
  expect(only(resource, "vault_plugin")).toEqual({ ...entry, sha256, provider: "vault.instance" });
});

test("another version is an entry beside the former one", () => {
  const former = catalog([LDAP]).resource.vault_plugin;
  const both = catalog([{ ...LDAP, version: "v0.18.0" }, LDAP]).resource.vault_plugin;
  expect(both).toMatchObject({ ...former, plugins_secret_openldap_v0_18_0: { version: "v0.18.0" } });
});

test("two versions that have one address in Terraform are refused", () => {
  const versions = ["v0.17.0+ent", "v0.17.0-ent"].map((version) => ({ ...LDAP, version }));
  expect(() => catalog(versions)).toThrow(
    "Two plugins, secret openldap v0.17.0+ent and secret openldap v0.17.0-ent, differ in punctuation or case alone",
  );
});

test("engines and logins below the scope are mounted later, and removed earlier", () => {
  const secret = SecretRef.centralVault({ mount: "operator", path: "db", field: "password" });
  const { resource } = synthesizeInVault((stack, { provider, centralProvider }) => {
    const both = { provider, centralProvider };
    const plugins = new PluginCatalog(stack, "Plugins", { plugins: [LDAP], provider });
    const server = { host: "db.example", username: "vault", password: secret, database: "orders" };
    new DynamicDb(stack, "Db", { name: "orders", database: Database.postgresql(server), roles: [], ...both });
    new TerraformCloudCredentials(stack, "Cloud", { product: "vault", token: secret, roles: [], ...both });
    new KubernetesLogin(stack, "Pods", { provider });
    plugins.precede(stack);
  });
  const later = Object.entries(resource).flatMap(([type, blocks]) =>
    Object.values(blocks).some(({ depends_on = [] }) => (depends_on as string[]).includes(ENTRY)) ? [type] : [],
  );
  expect(later.sort()).toEqual([
    "vault_auth_backend",
    "vault_database_secrets_mount",
    "vault_terraform_cloud_secret_backend",
  ]);
});

describe("the tenant file", () => {
  test("registers the plugins of a Vault before its mounts", () => {
    const { resource } = configOf({ ...INSTANCE, plugins: [LDAP] });
    const address = "vault_plugin.main_plugins_secret_openldap_v0_17_0";
    expect(addresses({ vault_plugin: resource.vault_plugin ?? {} })).toEqual([address]);
    expect(only(resource, "vault_mount").depends_on).toEqual([address]);
    expect(only(resource, "vault_auth_backend").depends_on).toEqual([address]);
  });

  test("registers none over the API of OpenBao, and none that it does not list", () => {
    expect(configOf({ ...INSTANCE, product: "openbao", plugins: [LDAP] }).resource.vault_plugin).toBeUndefined();
    const { resource } = configOf(INSTANCE);
    expect(resource.vault_plugin).toBeUndefined();
    expect(only(resource, "vault_mount")).not.toHaveProperty("depends_on");
  });
});

describe("a later change", () => {
  // Plans write each number of an address as "#".
  const planned = (action: string, name = "secret_openldap"): string => `${action} vault_plugin.plugins_${name}_v0_#_#`;
  const CHANGES: readonly FieldChange<readonly ExternalPlugin[]>[] = [
    ["PluginCatalogProps.plugins", [LDAP], [], [planned("delete")]],
  ];
  describe("of the props", () => testChanges(catalog, CHANGES));

  const other = (change: Partial<ExternalPlugin>): readonly ExternalPlugin[] => [{ ...LDAP, ...change }];
  const OF_VAULT: readonly FieldChange<readonly ExternalPlugin[]>[] = [
    ["ExternalPlugin.command", [LDAP], other({ command: "other" }), [`${planned("update")}: command`]],
    ["ExternalPlugin.sha256sum", [LDAP], other({ sha256sum: "b".repeat(64) }), [`${planned("update")}: sha256`]],
    ["ExternalPlugin.version", [LDAP], other({ version: "v0.18.0" }), [planned("create"), planned("delete")]],
    ["ExternalPlugin.name", [LDAP], other({ name: "ldap" }), [planned("create", "secret_ldap"), planned("delete")]],
    ["ExternalPlugin.type", [LDAP], other({ type: "auth" }), [planned("create", "auth_openldap"), planned("delete")]],
  ];
  // They declare the restart of OpenBao first.
  describe("of a plugin of Vault", () => testChanges(catalog, OF_VAULT, false));

  test("PluginCatalogProps.provider: another provider of the same server changes nothing else", () => {
    const entries = (alias: string): object =>
      resourcesThrough(alias, "central", (stack, { provider }) => {
        new PluginCatalog(stack, "Plugins", { plugins: [LDAP], provider });
      });
    expect(entries("one")).toEqual(entries("two"));
  });
});

test("fails if two plugins cannot be told apart", () => {
  expect(() => catalog([LDAP, { ...LDAP, command: "other" }])).toThrow(
    "[test/Plugins] Two plugins are secret openldap v0.17.0; remove one, or give it another version.",
  );
});
