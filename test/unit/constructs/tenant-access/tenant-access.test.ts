import { describe, expect, test } from "vitest";
import { Duration, TenantAccess, type TenantAccessProps } from "../../../../src/index";
import { namespaceLogin } from "../../../../src/contract/namespaces";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";
import { all } from "../../../support/all";

function access(props: Partial<TenantAccessProps> = {}): Synthesized {
  return synthesizeInVault(
    (stack, { centralProvider }) =>
      new TenantAccess(stack, "Access", { tenant: "customer10", provider: centralProvider, ...props }),
  );
}

const roles = (json: Synthesized, type: string) => Object.values(json.resource[type] ?? {});

test("by default has an AppRole and a policy per identity, and issues no certificate", () => {
  expect(access().resource).toMatchSnapshot();
});

test("secret ids end after 90 days unless told otherwise", () => {
  const ttls = (json: Synthesized): unknown[] =>
    roles(json, "vault_approle_auth_backend_role").map((role) => role.secret_id_ttl);
  expect(ttls(access())).toEqual([7_776_000, 7_776_000, 7_776_000]);
  expect(ttls(access({ secretIdTtl: Duration.days(7) }))).toEqual([604_800, 604_800, 604_800]);
});

test("boundCidrs limit logins and tokens", () => {
  for (const role of all(roles(access({ boundCidrs: ["10.0.0.0/8"] }), "vault_approle_auth_backend_role")))
    expect(role).toMatchObject({ secret_id_bound_cidrs: ["10.0.0.0/8"], token_bound_cidrs: ["10.0.0.0/8"] });
});

test("certificates name the servers of the tenant, and allow no pattern of another", () => {
  const json = access({ servers: [{ name: "main", host: "customer10.example" }] });
  const role = only(json.resource, "vault_pki_secret_backend_role");
  expect(role).toMatchObject({ name: "instances-customer10", allow_subdomains: false, backend: "pki-root" });
  expect(role.allowed_domains).toContain("customer10-main-0.customer10-main-internal");
  expect(role.allowed_domains).toContain("customer10.example");
  for (const domain of all(role.allowed_domains as string[])) expect(domain).toMatch(/^customer10[-.]/);
});

describe("T2: secrets are nothing that is kept for another tenant", () => {
  test.each([
    ["customers", "customer11/main"],
    ["customers", "customer1/main"],
    ["access", "customer11/main/apply"],
    ["shares", "group/customer10/main"],
    ["tenant-seals", "keys/customer11.main"],
    ["pki-root", "ca"],
    ["authorities", "customer11/main/exported"],
  ])("%s/%s", (mount, path) => {
    expect(() => access({ secrets: [{ mount, path }] })).toThrow(
      `The secret ${mount}/${path} is not one of customer10, but where tenant-vault keeps keys and credentials of tenants; name a secret in another mount.`,
    );
  });

  test.each([
    ["operator", "customer10/database"],
    ["access", "customer10/main/apply"],
    ["authorities", "customer10/main/exported"],
    ["clusters", "shared"],
    ["access", `shared/host/${namespaceLogin("customer10/small")}`],
  ])("but its own, and what tenants share: %s/%s", (mount, path) => {
    const namespaces = [{ instance: "customer10/small", sharedInstance: "shared/host" }];
    expect(() => access({ secrets: [{ mount, path }], namespaces })).not.toThrow();
  });
});

test("a pipeline logs in as the identities that have claims", () => {
  const claims = { deploy: { project_path: "operator/tenants", ref_protected: "true" } };
  const json = access({ pipeline: { login: "pipeline", audiences: ["https://central:8200"], claims } });
  expect(only(json.resource, "vault_jwt_auth_backend_role")).toMatchObject({
    backend: "pipeline",
    role_name: "customer10-deploy",
    role_type: "jwt",
    user_claim: "sub",
    bound_audiences: ["https://central:8200"],
    bound_claims: claims.deploy,
    token_ttl: 14_400,
  });
});

describe("fails if", () => {
  test("a login of a pipeline has no claims", () => {
    const pipeline = { login: "pipeline", audiences: ["x"], claims: { deploy: {} } };
    expect(() => access({ pipeline })).toThrow("The login of the pipeline as deploy has no claims");
  });

  test("secret ids would end sooner than they say", () => {
    expect(() => access({ secretIdTtl: Duration.days(91) })).toThrow(
      "longer than the login of the central Vault allows",
    );
  });
});
