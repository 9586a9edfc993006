import { describe, expect, test } from "vitest";
import { IDENTITIES } from "../../../src/contract/identities";
import { identityPolicy, type IdentityScope } from "../../../src/policy/identity-policies";
import { ADMINISTERED } from "../../support/administered";
import { capabilitiesOn, rulesOf } from "../../support/policies";
import { all } from "../../support/all";

const SCOPE: IdentityScope = {
  product: "openbao",
  ...ADMINISTERED,
};

const policyOf = (identity: (typeof IDENTITIES)[number], scope = SCOPE): string => identityPolicy(identity, scope);

/** Paths that return a secret value, draw a credential, sign, or make a root token. */
const SECRETS = [
  "kv/data/web",
  "kv/data/config",
  "kv/subkeys/web",
  "kv/metadata/web",
  "kv/destroy/web",
  "pki/issue/web",
  "pki/sign/web",
  "pki/sign-verbatim/web",
  "pki/root/sign-intermediate",
  "pki/issuer/default/issue/web",
  "pki/issuer/default/sign-intermediate",
  "pki/intermediate/generate/exported",
  "pki/config/ca",
  "pki/roles/web/acme/new-eab",
  "ssh/sign/ops",
  "ssh/creds/break-glass",
  "database/orders/creds/readonly",
  "database/orders/static-creds/app",
  "sys/policies/password/database.orders/generate",
  "auth/approle/role/web/secret-id",
  "auth/approle/role/web/custom-secret-id",
  "auth/token/create",
  "auth/token/create-orphan",
  "identity/entity",
  "cubbyhole/mine",
  "sys/raw/core/keyring",
  "sys/seal",
  "sys/unseal",
  "sys/rotate",
  "sys/rotate/root/init",
  "sys/rotate/keyring",
  "sys/generate-root-token/attempt",
  "sys/generate-root/attempt",
  "sys/rekey/init",
  "sys/storage/raft/snapshot",
  "sys/step-down",
  "sys/leases/lookup/database/orders/creds/readonly",
];

test.each(["apply", "plan"] as const)("%s reaches no secret, no credential, no signature, no ceremony", (identity) => {
  const reached = all(SECRETS).filter((path) => capabilitiesOn(policyOf(identity), path).length > 0);
  expect(reached).toEqual([]);
});

test.each([
  ["sys/mounts/pki", "create"],
  ["sys/mounts/database/orders/tune", "update"],
  ["sys/auth/approle", "sudo"],
  ["sys/policies/acl/web", "update"],
  ["pki/roles/web", "delete"],
  ["pki/config/urls", "update"],
  ["pki/intermediate/generate/internal", "update"],
  ["pki/intermediate/set-signed", "update"],
  ["ssh/config/ca", "create"],
  ["ssh/roles/ops", "create"],
  ["database/orders/config/orders", "update"],
  ["database/orders/roles/readonly", "create"],
  ["sys/policies/password/database.orders", "update"],
  ["kv/config", "update"],
  ["auth/approle/role/web", "create"],
  ["auth/tenant-vault/role/operate/secret-id", "update"],
])("apply configures %s (%s), and plan only reads what it may read", (path, capability) => {
  expect(capabilitiesOn(policyOf("apply"), path)).toContain(capability);
  expect(capabilitiesOn(policyOf("plan"), path).filter((each) => !["read", "list", "sudo"].includes(each))).toEqual([]);
});

test.each([
  "sys/mounts",
  "sys/mounts/pki",
  "sys/auth/approle",
  "sys/policies/acl/web",
  "pki/roles/web",
  "pki/config/urls",
  "ssh/config/ca",
  "database/orders/config/orders",
  "kv/config",
  "auth/approle/role/web",
  "auth/approle/role/web/role-id",
])("plan reads %s", (path) => {
  expect(capabilitiesOn(policyOf("plan"), path)).toContain("read");
});

test("plan has no capability that writes", () => {
  const capabilities = rulesOf(policyOf("plan"))
    .filter(({ path }) => path !== "auth/token/revoke-self")
    .flatMap((rule) => rule.capabilities);
  expect([...new Set(all(capabilities))].sort()).toEqual(["list", "read", "sudo"]);
});

test("apply and plan know only the engines and logins that they are given", () => {
  const empty = { ...SCOPE, mounts: [], logins: [] };
  for (const identity of ["apply", "plan"] as const) {
    expect(capabilitiesOn(policyOf(identity, empty), "pki/roles/web")).toEqual([]);
    expect(capabilitiesOn(policyOf(identity, empty), "sys/policies/password/orders")).toEqual([]);
    expect(capabilitiesOn(policyOf(identity, empty), "auth/approle/role/web")).toEqual([]);
  }
});

describe("of Vault, which has audit devices over its API", () => {
  const scope = { ...SCOPE, product: "vault" } as const;

  test("apply manages them, and plan reads them", () => {
    expect(capabilitiesOn(policyOf("apply", scope), "sys/audit/file")).toContain("create");
    expect(capabilitiesOn(policyOf("plan", scope), "sys/audit/file")).toEqual(["read", "sudo"]);
    expect(capabilitiesOn(policyOf("apply"), "sys/audit/file")).toEqual([]);
  });

  test("apply registers the plugins of the tenant file, and removes those that left it; plan reads them", () => {
    const plugins = [{ type: "secret", name: "aws" }] as const;
    const entry = (identity: "apply" | "plan", name: string): readonly string[] =>
      capabilitiesOn(policyOf(identity, { ...scope, plugins }), `sys/plugins/catalog/secret/${name}`);
    expect(entry("apply", "aws")).toEqual(["create", "read", "update", "delete", "sudo"]);
    expect(entry("apply", "gone")).toEqual(["read", "delete", "sudo"]);
    for (const name of ["aws", "gone"]) expect(entry("plan", name)).toEqual(["read", "sudo"]);
    for (const identity of ["operate", "ceremony"] as const)
      expect(capabilitiesOn(policyOf(identity, { ...scope, plugins }), "sys/plugins/catalog/secret/aws")).toEqual([]);
    expect(capabilitiesOn(policyOf("apply"), "sys/plugins/catalog/secret/aws")).toEqual([]);
  });

  test("ceremony begins ceremonies at the endpoints of each generation of Vault", () => {
    const policy = policyOf("ceremony", scope);
    expect(capabilitiesOn(policy, "sys/rekey/init")).toContain("update");
    expect(capabilitiesOn(policy, "sys/generate-root/attempt")).toContain("delete");
    expect(capabilitiesOn(policy, "sys/rotate")).toEqual(["update", "sudo"]);
    expect(capabilitiesOn(policy, "sys/rotate/root/init")).toContain("update");
    expect(capabilitiesOn(policy, "sys/generate-root-token/attempt")).toContain("delete");
  });
});

test("operate lists and revokes certificates, and issues none", () => {
  const policy = policyOf("operate");
  expect(capabilitiesOn(policy, "pki/certs")).toEqual(["list"]);
  expect(capabilitiesOn(policy, "pki/cert/24:6c")).toEqual(["read"]);
  expect(capabilitiesOn(policy, "pki/revoke")).toEqual(["create", "update"]);
  expect(capabilitiesOn(policy, "pki/crl/rotate")).toEqual(["read"]);
  const others = all(["pki/issue/web", "pki/roles/web", "pki/root/sign-intermediate", "pki/key/x", "ssh/certs"]);
  expect(others.filter((path) => capabilitiesOn(policy, path).length > 0)).toEqual([]);
  for (const identity of ["apply", "plan"] as const)
    expect(capabilitiesOn(policyOf(identity), "pki/revoke")).toEqual([]);
});

describe("CAs whose keys the central Vault holds", () => {
  const authorities = [
    { mount: "pki", type: "exported" },
    { mount: "pki-old", type: "imported" },
  ] as const;
  const policy = policyOf("apply", { ...SCOPE, authorities });

  test.each([
    ["pki/issuers/import/bundle", ["create", "update"]],
    ["pki/keys/import", ["create", "update"]],
    ["pki/issuers/generate/root/existing", ["create", "update"]],
    ["pki-old/issuers/import/bundle", ["create", "update"]],
    ["pki-old/keys/import", []],
    ["pki-old/issuers/generate/root/existing", []],
    ["other/issuers/import/bundle", []],
    ["pki/issuers/generate/root/exported", []],
  ])("apply has at %s the capabilities %j", (path, capabilities) => {
    expect(capabilitiesOn(policy, path)).toEqual(capabilities);
  });

  test("nobody else imports one, and without the declaration nobody does", () => {
    for (const identity of ["plan", "operate", "ceremony"] as const)
      expect(capabilitiesOn(policyOf(identity, { ...SCOPE, authorities }), "pki/issuers/import/bundle")).not.toContain(
        "update",
      );
    expect(capabilitiesOn(policyOf("apply"), "pki/issuers/import/bundle")).toEqual([]);
  });
});

describe("placeholders", () => {
  const scope = { ...SCOPE, placeholders: [{ mount: "kv", paths: ["web/smtp"] }] };

  test("apply creates exactly these secrets, and neither reads nor overwrites one", () => {
    const policy = policyOf("apply", scope);
    expect(capabilitiesOn(policy, "kv/data/web/smtp")).toEqual(["create"]);
    expect(capabilitiesOn(policy, "kv/metadata/web/smtp")).toEqual(["read", "patch"]);
    expect(policy).toMatch(
      /path "kv\/metadata\/web\/smtp" \{\n.*\n {2}allowed_parameters = \{\n {4}"custom_metadata" = \[\]/,
    );
    const others = all(["kv/data/web", "kv/data/web/smtp/a", "kv/data/web/smtp2", "kv/subkeys/web/smtp"]);
    expect(others.filter((path) => capabilitiesOn(policy, path).length > 0)).toEqual([]);
  });

  test("operate reads their metadata, also in a namespace, and plan nothing", () => {
    for (const each of [scope, { ...scope, isNamespace: true }]) {
      expect(capabilitiesOn(policyOf("operate", each), "kv/metadata/web/smtp")).toEqual(["read"]);
      expect(capabilitiesOn(policyOf("operate", each), "kv/data/web/smtp")).toEqual([]);
      expect(capabilitiesOn(policyOf("plan", each), "kv/metadata/web/smtp")).toEqual([]);
    }
  });
});

test("operate asks raft, removes peers, takes snapshots and counts audit devices, and restores nothing", () => {
  const policy = policyOf("operate");
  expect(capabilitiesOn(policy, "sys/storage/raft/configuration")).toEqual(["read"]);
  expect(capabilitiesOn(policy, "sys/storage/raft/remove-peer")).toEqual(["update"]);
  expect(capabilitiesOn(policy, "sys/storage/raft/snapshot")).toEqual(["read"]);
  expect(capabilitiesOn(policy, "sys/step-down")).toEqual(["update", "sudo"]);
  expect(capabilitiesOn(policy, "sys/audit")).toContain("sudo");
  const others = all(["sys/policies/acl/web", "sys/mounts", "kv/data/web", "sys/storage/raft/snapshot-force"]);
  expect(others.filter((path) => capabilitiesOn(policy, path).length > 0)).toEqual([]);
});

test("ceremony carries out the ceremonies of OpenBao, and does nothing else", () => {
  const paths = rulesOf(policyOf("ceremony")).map(({ path }) => path);
  expect(paths.filter((path) => !path.startsWith("auth/token/"))).toEqual([
    "sys/generate-root-token/attempt",
    "sys/generate-root-token/update",
    "sys/key-status",
    "sys/rotate/keyring",
    "sys/rotate/recovery/init",
    "sys/rotate/recovery/update",
    "sys/rotate/recovery/verify",
    "sys/rotate/root/init",
    "sys/rotate/root/update",
    "sys/rotate/root/verify",
  ]);
});

test.each(IDENTITIES)("%s does not depend on the order of engines", (identity) => {
  expect(policyOf(identity, { ...SCOPE, mounts: [...SCOPE.mounts].reverse() })).toBe(policyOf(identity));
});

test("apply requires second factors of people who log in by password, and reaches none of them", () => {
  const scope: IdentityScope = { ...SCOPE, logins: [{ path: "userpass", type: "userpass" }] };
  const method = "identity/mfa/method/totp";
  for (const path of [method, `${method}/1`, "identity/mfa/login-enforcement/people"]) {
    expect(capabilitiesOn(policyOf("apply", scope), path)).toContain("update");
    expect(capabilitiesOn(policyOf("plan", scope), path)).not.toContain("update");
    expect(capabilitiesOn(policyOf("apply"), path)).toEqual([]);
  }
  for (const path of ["generate", "admin-generate", "admin-destroy"])
    expect(capabilitiesOn(policyOf("apply", scope), `${method}/${path}`)).toEqual([]);
});
