import { expect, test } from "vitest";
import { importBlocks, importId } from "../../../../src/operations/adoption/import-blocks";

test.each([
  ["sys/mounts/database/orders", "vault_mount.orders", "database/orders"],
  ["sys/auth/oidc", "vault_jwt_auth_backend.oidc", "oidc"],
  ["sys/policies/acl/web", "vault_policy.web", "web"],
  ["auth/approle/role/web", "vault_approle_auth_backend_role.web", "auth/approle/role/web"],
  ["ssh-3/config/ca", 'vault_ssh_secret_backend_ca.ssh["3"]', "ssh-3"],
  ["sys/audit/file", "vault_audit.file", "file"],
  ["sys/quotas/rate-limit/all", "vault_quota_rate_limit.all", "all"],
  ["sys/quotas/lease-count/all", "vault_quota_lease_count.all", "all"],
  ["auth/userpass/users/alice", "vault_generic_endpoint.alice", undefined],
  ["auth/cert/certs/web", "vault_cert_auth_backend_role.web", undefined],
  ["db/config/orders", undefined, undefined],
])("%s is adopted as %s by %s", (path, to, id) => {
  expect(importId({ path, to })).toBe(id);
});

test("Terraform adopts resources that have an ID", () => {
  expect(
    importBlocks([
      { path: "sys/mounts/pki", to: "vault_mount.pki", id: "pki" },
      { path: "db/config/orders", to: undefined, id: undefined },
      { path: "identity/group/name/web", to: "vault_identity_group.web", id: "1f0e" },
    ]),
  ).toBe(
    'import {\n  to = vault_mount.pki\n  id = "pki"\n}\n\nimport {\n  to = vault_identity_group.web\n  id = "1f0e"\n}\n',
  );
  expect(importBlocks([])).toBe("");
});
