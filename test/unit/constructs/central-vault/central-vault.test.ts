import { expect, test } from "vitest";
import { CentralVault, Duration, type CentralVaultProps } from "../../../../src/index";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";

function central(props: Partial<CentralVaultProps> = {}): Synthesized {
  return synthesizeInVault(
    (stack, { centralProvider }) =>
      new CentralVault(stack, "Vault", { address: "https://central:8200", provider: centralProvider, ...props }),
  );
}

test("by default has the records, the kubeconfigs, the root CA and the hook's login, all protected", () => {
  const json = central();
  expect(json.resource).toMatchSnapshot();
  for (const mount of all(Object.values(json.resource.vault_mount ?? {})))
    expect(mount.lifecycle).toEqual({ prevent_destroy: true });
});

test("deletionProtection can be taken off, and instanceDomains get certificates", () => {
  const { resource } = central({ deletionProtection: false, instanceDomains: ["customers.example"] });
  for (const mount of all(Object.values(resource.vault_mount ?? {})))
    expect(mount.lifecycle).toEqual({ prevent_destroy: false });
  expect(only(resource, "vault_pki_secret_backend_role").allowed_domains).toContain("customers.example");
});

test("a secret id of the hook ends after 90 days unless told otherwise", () => {
  const secretIdTtl = (json: Synthesized): unknown =>
    only(json.resource, "vault_approle_auth_backend_role").secret_id_ttl;
  expect(secretIdTtl(central())).toBe(7_776_000);
  expect(secretIdTtl(central({ hookSecretIdTtl: Duration.days(1) }))).toBe(86_400);
});

test("T1: the login of the hook allows the TTL of its secret ids", () => {
  const tuned = (json: Synthesized): unknown => only(json.resource, "vault_auth_backend").tune;
  expect(tuned(central())).toMatchObject([{ max_lease_ttl: "2160h" }]);
  expect(tuned(central({ hookSecretIdTtl: Duration.days(1) }))).toBeUndefined();
});

test("P9: the URLs of the root CA contain the namespace, and no slash twice", () => {
  const { resource } = central({ address: "https://central:8200/", namespace: "team1" });
  expect(only(resource, "vault_pki_secret_backend_config_urls")).toMatchObject({
    issuing_certificates: ["https://central:8200/v1/team1/pki-root/issuer/{{issuer_id}}/der"],
    crl_distribution_points: ["https://central:8200/v1/team1/pki-root/issuer/{{issuer_id}}/crl/der"],
  });
});

test("P7: instanceDomains are names that certificates can contain", () => {
  const { resource } = central({ instanceDomains: ["Müller.example"] });
  expect(only(resource, "vault_pki_secret_backend_role").allowed_domains).toContain("xn--mller-kva.example");
  expect(() => central({ instanceDomains: ["https://x"] })).toThrow(/is not a valid domain/);
});

test("the hook can neither destroy a version nor delete a record for good", () => {
  const { policy } = only(central().resource, "vault_policy") as { policy: string };
  expect(policy).not.toMatch(/customers\/destroy|customers\/undelete|"sudo"/);
  expect(/path "customers\/metadata\/\*" \{\n {2}capabilities = (.*)/.exec(policy)?.[1]).toBe(
    '["create","read","update","patch","list"]',
  );
  expect(/path "customers\/data\/\*" \{\n {2}capabilities = (.*)/.exec(policy)?.[1]).toBe('["create","read","update"]');
});
