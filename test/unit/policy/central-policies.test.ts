import { describe, expect, test } from "vitest";
import { TENANT_IDENTITIES } from "../../../src/contract/central-vault";
import {
  maintenancePolicy,
  shareGroupPolicy,
  tenantPolicy,
  watchPolicy,
  type SignedIntermediate,
  type TenantScope,
} from "../../../src/policy/central-policies";
import { all } from "../../support/all";
import { capabilitiesOn, rulesOf } from "../../support/policies";

const SCOPE: TenantScope = {
  tenant: "customer1",
  secrets: [{ mount: "operator", path: "customer1/postgresql" }],
  intermediates: [
    {
      commonName: "customer1 main CA",
      organization: "Customer 1",
      permittedDomains: ["a.example", "b.example"],
      ttl: 60,
    },
    { commonName: "customer1 other CA", permittedDomains: ["c.example"], ttl: 60 },
  ],
};

describe.each(TENANT_IDENTITIES)("%s", (identity) => {
  const policy = tenantPolicy(identity, SCOPE);

  test("names its tenant in every path of records, kubeconfigs, credentials, certificates and seals", () => {
    const mounts = /^(customers|clusters|access|tenant-seals|sys|pki-root\/issue\/|auth\/token\/(create|roles)\/)/;
    const paths = all(rulesOf(policy).map(({ path }) => path)).filter((path) => mounts.test(path));
    expect(paths).not.toEqual([]);
    for (const path of paths) expect(path).toMatch(/customer1(\/|\.|$)/);
  });

  test.each(["customer10", "customer", "xcustomer1"])("may do nothing with %s, whose name is similar", (other) => {
    for (const path of [
      `customers/data/${other}/main`,
      `customers/metadata/${other}/main`,
      `clusters/data/${other}`,
      `access/data/${other}/main/plan`,
      `pki-root/issue/instances-${other}`,
      `auth/token/create/tenant-vault-seal-${other}.main`,
    ])
      expect(capabilitiesOn(policy, path), path).toEqual([]);
  });

  test("writes no policy and no role", () => {
    for (const { path, capabilities } of all(rulesOf(policy)).filter((rule) => /^sys|roles/.test(rule.path)))
      expect(capabilities, path).toEqual(["read"]);
  });
});

describe("keys of exported CAs", () => {
  const scope = { ...SCOPE, authorities: ["main"] };
  const key = "authorities/data/customer1/main/exported-1/key";

  test("deploy creates and reads them, of its instance alone, and overwrites or deletes none", () => {
    const policy = tenantPolicy("deploy", scope);
    expect(capabilitiesOn(policy, key)).toEqual(["create", "read"]);
    for (const path of [
      key.replace("main", "other"),
      key.replace("customer1", "customer10"),
      key.replace("data", "metadata"),
      key.replace("data", "delete"),
      key.replace("data", "destroy"),
    ])
      expect(capabilitiesOn(policy, path), path).toEqual([]);
  });

  test("nobody else sees one, and nobody without such a CA", () => {
    const others = [
      tenantPolicy("hook", scope),
      tenantPolicy("plan", scope),
      tenantPolicy("deploy", SCOPE),
      watchPolicy(),
      maintenancePolicy(),
    ];
    for (const policy of others) expect(capabilitiesOn(policy, key)).toEqual([]);
  });
});

test("P1: the order of permittedDomains makes no other policy, as it makes no other request", () => {
  const policyFor = (...permittedDomains: string[]): string =>
    tenantPolicy("deploy", { ...SCOPE, intermediates: [{ commonName: "CA", permittedDomains, ttl: 60 }] });
  expect(policyFor("b.example", "a.example", "b.example")).toBe(policyFor("a.example", "b.example"));
});

test("deploy has an intermediate signed with the values of the file alone", () => {
  expect(tenantPolicy("deploy", SCOPE)).toContain(`path "pki-root/root/sign-intermediate" {
  capabilities = ["create","update"]
  required_parameters = ["common_name","exclude_cn_from_sans","permitted_dns_domains"]
  allowed_parameters = {
    "csr" = []
    "common_name" = ["customer1 main CA","customer1 other CA"]
    "exclude_cn_from_sans" = [true]
    "format" = ["pem"]
    "max_path_length" = ["0"]
    "organization" = ["Customer 1"]
    "permitted_dns_domains" = ["a.example,b.example","c.example"]
    "ttl" = ["60"]
    "use_csr_values" = [false]
    "use_pss" = [false]
  }
}`);
});

test("parts of the subject and alternative names are those of the file", () => {
  const intermediates: SignedIntermediate[] = [
    {
      commonName: "a",
      permittedDomains: ["a.example"],
      ttl: 60,
      parameters: { country: "DZ", alt_names: "a.example" },
    },
    { commonName: "b", permittedDomains: ["a.example"], ttl: 60, parameters: { country: "FR" } },
  ];
  const policy = tenantPolicy("deploy", { ...SCOPE, intermediates });
  expect(policy).toContain('    "country" = ["DZ","FR"]\n    "alt_names" = ["a.example"]\n');
});

test("without an intermediate whose domains are fixed, deploy signs nothing", () => {
  expect(tenantPolicy("deploy", { ...SCOPE, intermediates: [] })).not.toContain("sign-intermediate");
});

test("plan reads the credentials of plan, and nothing else of the tenant; P5: and the root's certificate", () => {
  const paths = rulesOf(tenantPolicy("plan", SCOPE)).map(({ path }) => path);
  expect(paths).toEqual(["access/data/customer1/+/plan", "auth/token/create", "pki-root/issuer/default"]);
});

test("watch reads and lists, and reads the credentials of operate and of namespaces alone, beside the locks", () => {
  const rules = all(rulesOf(watchPolicy()));
  for (const { path, capabilities } of rules)
    expect(
      capabilities.filter((each) => each !== "read" && each !== "list"),
      path,
    ).toEqual([]);
  expect(rules.map(({ path }) => path).filter((path) => path.startsWith("access"))).toEqual([
    "access/data/+/+/lock",
    "access/data/+/+/namespace-*",
    "access/data/+/+/operate",
  ]);
});

test("maintenance writes no record, and makes no certificate or token but those of servers", () => {
  const rules = all(rulesOf(maintenancePolicy()));
  expect(rules.filter(({ path }) => path.startsWith("customers/data"))).toEqual([]);
  expect(rules.map(({ path }) => path)).toEqual([
    "access/data/*",
    "auth/token/create/tenant-vault-seal-*",
    "customers/metadata/*",
    "pki-root/issue/instances-*",
  ]);
});

describe("a share group", () => {
  const policy = shareGroupPolicy("a");

  test("reads its shares and the metadata of records, and writes nothing", () => {
    expect(capabilitiesOn(policy, "shares/data/a/customer10/main")).toEqual(["read"]);
    expect(capabilitiesOn(policy, "customers/metadata/customer10/main")).toEqual(["read", "list"]);
    for (const { path, capabilities } of all(rulesOf(policy)))
      expect(
        capabilities.filter((each) => each !== "read" && each !== "list"),
        path,
      ).toEqual([]);
  });

  test.each([
    "customers/data/customer10/main",
    "shares/data/b/customer10/main",
    "shares/data/ab/customer10/main",
    "shares/metadata/a/customer10/main",
    "access/data/customer10/main/ceremony",
    "access/data/customer10/main/apply",
  ])("may do nothing with %s", (path) => {
    expect(capabilitiesOn(policy, path)).toEqual([]);
  });

  test("the hook of a tenant distributes keys of this tenant alone, and sees which groups there are", () => {
    const hook = tenantPolicy("hook", SCOPE);
    expect(capabilitiesOn(hook, "shares/data/a/customer1/main")).toEqual(["create", "read", "update"]);
    expect(capabilitiesOn(hook, "shares/data/a/customer10/main")).toEqual([]);
    expect(capabilitiesOn(hook, "shares/metadata/groups")).toEqual(["read"]);
    expect(capabilitiesOn(hook, "shares/data/groups")).toEqual([]);
  });
});
