import { describe, expect, test } from "vitest";
import { describedObjects, unclearResources } from "../../../../src/operations/adoption/described";
import type { SynthesizedStack } from "../../../../src/operations/preflight/synthesized-stack";
import { configOf } from "../../../support/config";
import { fullInstance } from "../../../support/full-instance";

const provider = "vault.instance-main";
const STACK = {
  name: "customer10-config",
  json: {
    resource: {
      vault_mount: { pki: { path: "pki", provider }, other: { path: "kv", provider: "vault.instance-other" } },
      vault_auth_backend: { login: { type: "approle", provider } },
      vault_approle_auth_backend_role: {
        web: { backend: "${vault_auth_backend.login.type}", role_name: "web", provider },
      },
      vault_pki_secret_backend_role: { web: { backend: "${vault_mount.pki.path}", name: "web", provider } },
      vault_database_secrets_mount: {
        db: { path: "db", provider, postgresql: [{ name: "orders", connection_url: "postgresql://x" }] },
      },
      vault_policy: { web: { name: "web", provider } },
    },
  },
};

test("objects have their paths in the instance, also where another resource names a part", () => {
  const objects = describedObjects(STACK, "main");
  expect(objects.map(({ path }) => path).sort()).toEqual([
    "auth/approle/role/web",
    "db/config/orders",
    "pki/roles/web",
    "sys/auth/approle",
    "sys/mounts/db",
    "sys/mounts/pki",
    "sys/policies/acl/web",
  ]);
  expect(describedObjects(STACK, "other")).toEqual([{ path: "sys/mounts/kv", to: "vault_mount.other" }]);
});

test("a resource with a list has an object for each key, and one that is counted has none for certain", () => {
  const each = "${vault_mount.ssh[each.key].path}";
  const list = { for_each: '${toset(["2","3"])}', provider };
  const resource = {
    vault_mount: { ssh: { path: "ssh-${each.key}", ...list } },
    vault_ssh_secret_backend_role: { ops: { backend: each, name: "ops", ...list } },
    vault_ssh_secret_backend_ca: {
      ssh: { backend: each, ...list },
      imported: { backend: "ssh", count: 0, provider },
    },
    vault_policy: { some: { name: "${each.key}", for_each: "${local.names}", provider } },
  };
  const stack = { name: "customer10-config", json: { resource } };
  expect(describedObjects(stack, "main")).toEqual([
    { path: "sys/mounts/ssh-2", to: 'vault_mount.ssh["2"]' },
    { path: "sys/mounts/ssh-3", to: 'vault_mount.ssh["3"]' },
    { path: "ssh-2/roles/ops", to: 'vault_ssh_secret_backend_role.ops["2"]' },
    { path: "ssh-3/roles/ops", to: 'vault_ssh_secret_backend_role.ops["3"]' },
    { path: "ssh-2/config/ca", to: 'vault_ssh_secret_backend_ca.ssh["2"]' },
    { path: "ssh-3/config/ca", to: 'vault_ssh_secret_backend_ca.ssh["3"]' },
  ]);
  expect(unclearResources(stack, "main")).toEqual(["vault_policy.some"]);
});

test("a second factor is described with the enforcement that names it", () => {
  const enforcement = { name: "people", mfa_method_ids: ["${vault_identity_mfa_totp.people.method_id}"], provider };
  const resource = {
    vault_identity_mfa_totp: { people: { issuer: "customer10", provider } },
    vault_identity_mfa_login_enforcement: { people: enforcement },
  };
  const path = "identity/mfa/login-enforcement/people";
  expect(describedObjects({ ...STACK, json: { resource } }, "main")).toEqual([
    {
      path,
      to: "vault_identity_mfa_login_enforcement.people",
      lookup: { kind: "enforcement", name: "people", login: undefined },
    },
    {
      path: `${path}/method`,
      to: "vault_identity_mfa_totp.people",
      lookup: { kind: "method", name: "people", login: undefined },
    },
  ]);
});

test("a resource whose object cannot be told is unclear", () => {
  const resource = {
    ...STACK.json.resource,
    vault_rabbitmq_secret_backend: {
      mq: { path: "mq", provider },
      other: { path: "mq", provider: "vault.instance-other" },
    },
    vault_policy: { computed: { name: '${join("-", ["a", "b"])}', provider } },
    vault_plugin: { ldap: { type: "secret", name: "ldap", provider } },
    vault_pki_secret_backend_config_urls: { pki: { backend: "pki", provider } },
  };
  const stack = { ...STACK, json: { resource } };
  expect(unclearResources(STACK, "main")).toEqual([]);
  expect([...unclearResources(stack, "main")].sort()).toEqual([
    "vault_policy.computed",
    "vault_rabbitmq_secret_backend.mq",
  ]);
  expect(describedObjects(stack, "main").map(({ path }) => path)).not.toContain("sys/policies/acl/undefined");
});

describe.each(["openbao", "vault"] as const)("a tenant file with every engine and login of %s", (product) => {
  // The stack of the test has one instance, whose provider has another name.
  const json = JSON.parse(
    JSON.stringify(configOf(fullInstance(product))).replaceAll('"vault.instance"', `"${provider}"`),
  ) as SynthesizedStack["json"];
  const stack: SynthesizedStack = { name: "customer10-config", json };
  const paths = describedObjects(stack, "main").map(({ path }) => path);

  test("leaves nothing unclear", () => {
    expect(unclearResources(stack, "main")).toEqual([]);
  });

  test("describes its logins, their roles, people and token roles", () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        ...["approle", "gitlab", "github", "kubernetes", "cert", "oidc", "userpass"].map((path) => `sys/auth/${path}`),
        ...["approle", "gitlab", "github", "kubernetes", "oidc"].map((path) => `auth/${path}/role/web`),
        "auth/cert/certs/web",
        "auth/userpass/users/alice",
        "auth/token/roles/jobs",
        "sys/quotas/rate-limit/all",
        "identity/entity/name/user-alice",
        "identity/entity-alias/auth/userpass/alice",
        "identity/group/name/developers",
        "identity/group/name/oidc.readers",
        "identity/group-alias/auth/oidc/readers",
        ...(product === "openbao" ? [] : VAULT_ALONE),
      ]),
    );
  });
});

const VAULT_ALONE = [
  ...["aws", "azure", "gcp", "ldap"].map((path) => `sys/auth/${path}`),
  ...["aws", "azure", "gcp"].map((path) => `auth/${path}/role/web`),
  ...["aws", "azure", "gcp", "terraform"].map((path) => `sys/mounts/${path}`),
  "aws/roles/deploy",
  "azure/roles/deploy",
  "gcp/impersonated-account/deploy",
  "terraform/role/ci",
];

test("identities are looked up, an alias by its name at a login", () => {
  const accessor = "${vault_jwt_auth_backend.oidc.accessor}";
  const resource = {
    vault_jwt_auth_backend: { oidc: { path: "people/oidc", provider } },
    vault_identity_entity: { alice: { name: "user-alice", provider } },
    vault_identity_entity_alias: {
      alice: { name: "alice", mount_accessor: accessor, canonical_id: "${vault_identity_entity.alice.id}", provider },
      computed: { name: "bob", mount_accessor: "${data.vault_auth_backend.other.accessor}", provider },
    },
    vault_identity_group: { readers: { name: "oidc.readers", type: "external", provider } },
    vault_identity_group_alias: { readers: { name: "/acme/readers", mount_accessor: accessor, provider } },
  };
  const login = "auth/people/oidc";
  expect(describedObjects({ name: "customer10-config", json: { resource } }, "main").slice(1)).toEqual([
    {
      path: "identity/entity/name/user-alice",
      to: "vault_identity_entity.alice",
      lookup: { kind: "entity", name: "user-alice" },
    },
    {
      path: "identity/group/name/oidc.readers",
      to: "vault_identity_group.readers",
      lookup: { kind: "group", name: "oidc.readers" },
    },
    {
      path: "identity/entity-alias/auth/people/oidc/alice",
      to: "vault_identity_entity_alias.alice",
      lookup: { kind: "entity", name: "alice", login },
    },
    {
      path: "identity/group-alias/auth/people/oidc//acme/readers",
      to: "vault_identity_group_alias.readers",
      lookup: { kind: "group", name: "/acme/readers", login },
    },
  ]);
});
