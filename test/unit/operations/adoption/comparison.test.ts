import { beforeEach, expect, test } from "vitest";
import { compare } from "../../../../src/operations/adoption/comparison";
import type { DescribedObject, IdentityLookup } from "../../../../src/operations/adoption/described";
import { MemoryContent, mountsOf } from "../../../support/memory-content";

let api: MemoryContent;
beforeEach(() => {
  api = new MemoryContent({
    ...mountsOf({ pki: { type: "pki" } }, { userpass: { type: "userpass" }, oidc: { type: "oidc" } }),
    "identity/entity/name/entity_1": {
      id: "entity",
      name: "entity_1",
      aliases: [
        { id: "elsewhere", name: "bob", mount_accessor: "accessor-oidc" },
        { id: "alias", name: "bob", mount_accessor: "accessor-userpass" },
      ],
    },
    "identity/group/name/readers": {
      id: "group",
      name: "readers",
      alias: { id: "group-alias", name: "/acme/readers", mount_accessor: "accessor-oidc" },
    },
    "identity/group/name/alone": { id: "alone", name: "alone", alias: {} },
    "identity/mfa/login-enforcement/people": { mfa_method_ids: ["totp"] },
    "identity/mfa/login-enforcement/several": { mfa_method_ids: ["totp", "duo"] },
    "sys/quotas/rate-limit/all": {},
    "sys/quotas/rate-limit/by-hand": {},
    "sys/audit": { "file/": { type: "file" } },
  });
});

function identity(to: string, kind: IdentityLookup["kind"], name: string, login?: string): DescribedObject {
  return { path: `identity/${to}`, to, lookup: { kind, name, login } };
}

test("identities are adopted by the IDs that the instance gave to them", async () => {
  const described = [
    identity("vault_identity_entity.bob", "entity", "user-bob"),
    identity("vault_identity_entity.entity_1", "entity", "entity_1"),
    // A login made the entity that has it.
    identity("vault_identity_entity_alias.bob", "entity", "Bob", "auth/userpass"),
    identity("vault_identity_entity_alias.carol", "entity", "carol", "auth/userpass"),
    identity("vault_identity_entity_alias.later", "entity", "bob", "auth/ldap"),
    identity("vault_identity_group.readers", "group", "readers"),
    identity("vault_identity_group.later", "group", "later"),
    identity("vault_identity_group_alias.readers", "group", "/acme/readers", "auth/oidc"),
  ];
  const { managed, unmanaged } = await compare(api, described);
  expect(managed.map(({ to, id }) => [to, id])).toEqual([
    ["vault_identity_entity.entity_1", "entity"],
    ["vault_identity_entity_alias.bob", "alias"],
    ["vault_identity_group.readers", "group"],
    ["vault_identity_group_alias.readers", "group-alias"],
  ]);
  // Entities come into being at every login.
  expect(unmanaged.filter((path) => path.startsWith("identity/"))).toEqual([]);
  expect(Object.keys(managed[0] ?? {})).toEqual(["path", "to", "id"]);
});

test("a second factor is the one method of its enforcement", async () => {
  const described = ["people", "several", "later"].flatMap((name) => [
    identity(`vault_identity_mfa_login_enforcement.${name}`, "enforcement", name),
    identity(`vault_identity_mfa_totp.${name}`, "method", name),
  ]);
  const { managed } = await compare(api, described);
  expect(managed.map(({ to, id }) => [to, id])).toEqual([
    ["vault_identity_mfa_login_enforcement.people", "people"],
    ["vault_identity_mfa_totp.people", "totp"],
    ["vault_identity_mfa_login_enforcement.several", "several"],
  ]);
});

test("quotas and audit devices are adopted by their names, and quotas that nobody describes are listed", async () => {
  const described = [
    { path: "sys/quotas/rate-limit/all", to: "vault_quota_rate_limit.all" },
    { path: "sys/quotas/rate-limit/later", to: "vault_quota_rate_limit.later" },
    { path: "sys/audit/file", to: "vault_audit.file" },
    { path: "sys/audit/socket", to: "vault_audit.socket" },
  ];
  expect(await compare(api, described)).toEqual({
    managed: [
      { path: "sys/quotas/rate-limit/all", to: "vault_quota_rate_limit.all", id: "all" },
      { path: "sys/audit/file", to: "vault_audit.file", id: "file" },
    ],
    unmanaged: ["sys/auth/oidc", "sys/auth/userpass", "sys/mounts/pki", "sys/quotas/rate-limit/by-hand"],
  });
});

test("audit devices are read only if one is described, and nothing is written", async () => {
  const paths: string[] = [];
  api.onRequest = (path) => void paths.push(path);
  await compare(api, [identity("vault_identity_entity.bob", "entity", "user-bob")]);
  expect(paths).not.toContain("sys/audit");
  expect(api.written.map(([path]) => path)).toEqual(["identity/lookup/entity"]);
});
