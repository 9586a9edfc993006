import { expect, test } from "vitest";
import { describedObjects, importBlocks, unclearResources } from "../../../../src/operations/adoption/described";

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

test("a resource whose object cannot be told is unclear", () => {
  const resource = {
    ...STACK.json.resource,
    vault_jwt_auth_backend: { ci: { path: "ci", provider }, other: { path: "ci", provider: "vault.instance-other" } },
    vault_policy: { computed: { name: '${join("-", ["a", "b"])}', provider } },
    vault_plugin: { ldap: { type: "secret", name: "ldap", provider } },
    vault_pki_secret_backend_config_urls: { pki: { backend: "pki", provider } },
  };
  const stack = { ...STACK, json: { resource } };
  expect(unclearResources(STACK, "main")).toEqual([]);
  expect([...unclearResources(stack, "main")].sort()).toEqual(["vault_jwt_auth_backend.ci", "vault_policy.computed"]);
  expect(describedObjects(stack, "main").map(({ path }) => path)).not.toContain("sys/policies/acl/undefined");
});

test("Terraform adopts resources by their IDs, and no part of another resource", () => {
  const blocks = importBlocks(describedObjects(STACK, "main"));
  expect(blocks).toContain('import {\n  to = vault_mount.pki\n  id = "pki"\n}\n');
  expect(blocks).toContain('id = "auth/approle/role/web"');
  expect(blocks).not.toContain("orders");
  expect(importBlocks([])).toBe("");
});
