import { describe, expect, test } from "vitest";
import { CentralVault, Duration, type CentralVaultProps } from "../../../../src/index";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";
import { rulesOf } from "../../../support/policies";

function central(props: Partial<CentralVaultProps> = {}): Synthesized {
  return synthesizeInVault(
    (stack, { centralProvider }) =>
      new CentralVault(stack, "Vault", { address: "https://central:8200", provider: centralProvider, ...props }),
  );
}

test("by default has the records, the kubeconfigs, the root CA and the login that watches, all protected", () => {
  const json = central();
  expect(json.resource).toMatchSnapshot();
  for (const mount of all(Object.values(json.resource.vault_mount ?? {})))
    expect(mount.lifecycle).toEqual({ prevent_destroy: true });
});

test("deletionProtection can be taken off", () => {
  const { resource } = central({ deletionProtection: false });
  for (const mount of all(Object.values(resource.vault_mount ?? {})))
    expect(mount.lifecycle).toEqual({ prevent_destroy: false });
});

test("a secret id of the login that watches ends after 90 days unless told otherwise", () => {
  const secretIdTtl = (json: Synthesized): unknown =>
    only(json.resource, "vault_approle_auth_backend_role").secret_id_ttl;
  expect(secretIdTtl(central())).toBe(7_776_000);
  expect(secretIdTtl(central({ watchSecretIdTtl: Duration.days(1) }))).toBe(86_400);
});

test("T1: the login allows the TTL of its secret ids, and of those of tenants", () => {
  const tuned = (json: Synthesized): unknown => only(json.resource, "vault_auth_backend").tune;
  expect(tuned(central())).toMatchObject([{ max_lease_ttl: "2160h" }]);
  expect(tuned(central({ watchSecretIdTtl: Duration.days(1) }))).toMatchObject([{ max_lease_ttl: "2160h" }]);
  expect(tuned(central({ watchSecretIdTtl: Duration.days(100) }))).toMatchObject([{ max_lease_ttl: "2400h" }]);
});

test("P9: the URLs of the root CA contain the namespace, and no slash twice", () => {
  const { resource } = central({ address: "https://central:8200/", namespace: "team1" });
  expect(only(resource, "vault_pki_secret_backend_config_urls")).toMatchObject({
    issuing_certificates: ["https://central:8200/v1/team1/pki-root/issuer/{{issuer_id}}/der"],
    crl_distribution_points: ["https://central:8200/v1/team1/pki-root/issuer/{{issuer_id}}/crl/der"],
  });
});

test("pipelines log in with tokens of the issuer that is named, and without one there is no such login", () => {
  expect(central().resource.vault_jwt_auth_backend).toBeUndefined();
  const pipeline = { issuer: "https://gitlab.example", jwksUrl: "https://gitlab.example/oauth/discovery/keys" };
  expect(only(central({ pipeline }).resource, "vault_jwt_auth_backend")).toMatchObject({
    path: "pipeline",
    bound_issuer: "https://gitlab.example",
    jwks_url: "https://gitlab.example/oauth/discovery/keys",
  });
});

test.each(["http://gitlab.example/keys", "http://127.0.0.1@gitlab.example/keys", "gitlab.example"])(
  "H12: public keys of an issuer that are read in clear from %s are refused",
  (jwksUrl) => {
    expect(() => central({ pipeline: { issuer: "https://gitlab.example", jwksUrl } })).toThrow(
      `The jwksUrl "${jwksUrl}" is not reached by TLS`,
    );
  },
);

test("the login that watches writes nothing", () => {
  const { policy } = only(central().resource, "vault_policy") as { policy: string };
  const capabilities = rulesOf(policy).flatMap((rule) => rule.capabilities);
  expect([...new Set(capabilities)].sort()).toEqual(["list", "read"]);
});

describe("share groups", () => {
  const { resource } = central({ shareGroups: ["site-a", "site-b"] });

  test("have a mount that keeps no former version, and their names are where the hook finds them", () => {
    expect(Object.values(resource.vault_mount ?? {})).toContainEqual(expect.objectContaining({ path: "shares" }));
    expect(resource.vault_kv_secret_backend_v2?.vault_shares_config).toMatchObject({ max_versions: 1 });
    expect(only(resource, "vault_kv_secret_v2")).toMatchObject({
      name: "groups",
      custom_metadata: { data: { groups: "site-a site-b" } },
    });
  });

  test("have a role with the policy of the group alone", () => {
    const roles = Object.values(resource.vault_approle_auth_backend_role ?? {});
    expect(roles.map(({ role_name }) => role_name)).toEqual(["watch", "watch-site-a", "watch-site-b"]);
    const policies = all(Object.entries(resource.vault_policy ?? {}));
    expect(policies.map(([, { name }]) => name)).toEqual([
      "tenant-vault-watch",
      "tenant-vault-watch-site-a",
      "tenant-vault-watch-site-b",
    ]);
    const id = policies.find(([, { name }]) => name === "tenant-vault-watch-site-a")?.[0];
    expect(roles[1]?.token_policies).toEqual([`\${vault_policy.${id}.name}`]);
  });

  test.each<[string, string[], RegExp]>([
    ["there is one group", ["a"], /The shareGroups \(a\) are too few, .*; write at least two\./],
    ["there is none", [], /are too few/],
    ["two have the same name", ["a", "b", "a"], /contain duplicates; remove them\./],
    ["a name cannot be in a path", ["a", "b/c"], /contain a name that is not made of/],
  ])("fails if %s", (_, shareGroups, message) => {
    expect(() => central({ shareGroups })).toThrow(message);
  });
});
