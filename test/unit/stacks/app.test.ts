import { describe, expect, test } from "vitest";
import { localBackend, Seal, SecretRef, ServerCertificate, type LayerStack } from "../../../src";
import { describedObjects, unclearResources } from "../../../src/operations/adoption/described";
import { defineTenant, type Tenant } from "../../../src/tenant";
import { buildApp } from "../../../stacks/app";
import type { Operator } from "../../../stacks/operator";
import { customer10 } from "../../support/customer10";
import { toJson } from "../../support/synth";
import { all } from "../../support/all";

const OPERATOR: Operator = {
  central: { address: "https://vault.operator.example:8200", instanceDomains: ["customers.operator.example"] },
  backend: localBackend(".terraform-state"),
};

const customer11 = defineTenant({
  name: "customer11",
  instances: [
    {
      name: "main",
      product: "vault",
      address: "https://vault.customer11.example:8200",
      deployment: {
        mode: "external",
        addresses: ["https://10.1.0.1:8200", "https://10.1.0.2:8200", "https://10.1.0.3:8200"],
      },
      keyValue: [{}],
    },
    {
      name: "second",
      product: "openbao",
      address: "https://second.customer11.example:8200",
      deployment: { mode: "external", addresses: ["https://10.1.1.1:8200"] },
      seal: { secretShares: 1, secretThreshold: 1 },
    },
  ],
});

function stacks(tenants: readonly Tenant[], operator = OPERATOR): Map<string, LayerStack> {
  const app = buildApp(operator, tenants);
  return new Map(app.node.children.map((stack) => [stack.node.id, stack as LayerStack]));
}

test("two tenants: the plan that a reviewer reads", () => {
  for (const [name, stack] of all(stacks([customer10, customer11]))) expect(toJson(stack)).toMatchSnapshot(name);
});

test("which objects of an instance a stack describes can be told", () => {
  const described: string[] = [];
  for (const [name, stack] of all([...stacks([customer10, customer11])].filter(([each]) => each.endsWith("-config")))) {
    const json = toJson(stack);
    for (const { alias } of all(json.provider.vault ?? []).filter(({ alias }) => alias !== "central")) {
      const instance = String(alias).replace("instance-", "");
      expect(unclearResources({ name, json }, instance)).toEqual([]);
      described.push(...describedObjects({ name, json }, instance).map(({ path }) => path));
    }
  }
  expect(described).toContain("sys/mounts/pki");
});

describe("layers", () => {
  test("C1: come one after the other, and none waits for the central stack or the logins, which other people deploy", () => {
    const dependencies = [...stacks([customer10, customer11])].map(([name, stack]) => [
      name,
      stack.dependencies.map(({ node }) => node.id),
    ]);
    expect(dependencies).toEqual([
      ["central", []],
      ["customer10-cluster", []],
      ["customer10-vault", ["customer10-cluster"]],
      ["customer10-config", ["customer10-vault"]],
      ["customer10-access", []],
      ["customer11-vault", []],
      ["customer11-config", ["customer11-vault"]],
      ["customer11-access", []],
    ]);
  });

  test("of a tenant do not depend on other tenants, nor on their order", () => {
    const json = (tenants: readonly Tenant[], name: string): string =>
      JSON.stringify(toJson(stacks(tenants).get(name) as LayerStack));
    for (const layer of [
      "customer10-cluster",
      "customer10-vault",
      "customer10-config",
      "customer10-access",
      "central",
    ]) {
      expect(json([customer11, customer10], layer)).toBe(json([customer10], layer));
    }
  });

  test("share no state: what is known at synthesis is passed as a constant", () => {
    for (const [, stack] of all(stacks([customer10, customer11])))
      expect(toJson(stack).data?.terraform_remote_state).toBeUndefined();
  });
});

test("no ephemeral resource has a condition, with which Terraform 1.11 cannot write a plan as JSON", () => {
  const read = [...stacks([customer10, customer11]).values()].map((stack) => JSON.stringify(toJson(stack).ephemeral));
  expect(read.join()).toContain("vault_kv_secret_v2");
  expect(read.join()).not.toContain("condition");
});

test("an instance that is retired goes, and what holds its data is forgotten", () => {
  const resources = ({ resource = {} }: Partial<ReturnType<typeof toJson>>): string[] =>
    Object.entries(resource).flatMap(([type, byName]) => Object.keys(byName).map((name) => `${type}.${name}`));
  const [main] = customer10.instances;
  const seal = Seal.transit();
  const layers = (retired: boolean) => {
    const byName = stacks([{ ...customer10, instances: [{ ...main, seal, retired } as Tenant["instances"][number]] }]);
    return ["vault", "config"].map((layer) => toJson(byName.get(`customer10-${layer}`) as LayerStack));
  };
  const [deployed, retired] = [layers(false), layers(true)];

  // The hook marks the record. What must not change stays recorded, for servers that are deployed again.
  const recorded = ["storage", "product"].map((name) => `terraform_data.main_lasting_${name}`);
  const names = ["not_retired", "retired"].map((name) => `terraform_data.instances_${name}`);
  const protection = "terraform_data.deletionProtection";
  expect(retired.map(resources)).toEqual([
    [protection, ...names, "terraform_data.main_retirement", ...recorded],
    [protection],
  ]);
  const removals = ({ removed = [] }: ReturnType<typeof toJson>): string[] => removed.map(({ from }) => from);
  const before = deployed.flatMap(removals);
  const forgotten = retired.map((layer) =>
    removals(layer)
      .filter((address) => !before.includes(address))
      .sort(),
  );
  const holdsData =
    /^(openstack_blockstorage_volume_v3|kubernetes_persistent_volume_v1|vault_transit_secret_backend_key)\./;
  const [vault = [], config = []] = deployed.map((layer) => resources(layer).sort());
  expect(forgotten).toEqual([
    vault.filter((address) => holdsData.test(address)),
    config.filter((address) => address !== protection),
  ]);
  expect(forgotten[0]).toHaveLength(6 + 6 + 1);
});

test("a provider of an instance has an identifier for its alias, whatever the instance's name begins with", () => {
  const [instance] = customer11.instances;
  if (instance === undefined) throw new Error("no instance");
  const json = toJson(
    stacks([{ ...customer11, instances: [{ ...instance, name: "10-main" }] }]).get("customer11-config") as LayerStack,
  );
  expect(json.provider.vault?.map(({ alias }) => alias)).toEqual(["central", "instance-10-main"]);
  expect(json.resource.vault_mount?._10_main_key_value_kv?.provider).toBe("vault.instance-10-main");
});

test("an instance outside the domains that its certificate's issuer issues for fails", () => {
  const [instance] = customer10.instances;
  if (instance === undefined) throw new Error("no instance");
  const moved = { ...customer10, instances: [{ ...instance, address: "https://elsewhere.example:8200" }] };
  expect(() => stacks([moved])).toThrow(
    /certificate of the servers cannot name elsewhere.example, .* for customers.operator.example/,
  );
});

test("a tenant's roles may do what its file says, and nothing else", () => {
  const { resource } = toJson(stacks([customer10]).get("customer10-config") as LayerStack);
  const policies = Object.fromEntries(
    Object.values(resource.vault_policy ?? {}).map(({ name, policy }) => [
      name,
      [...String(policy).matchAll(/path "(.*)"/g)].map(([, path]) => path),
    ]),
  );
  expect(policies).toEqual({
    web: [
      "database/orders/creds/readonly",
      "kv/data/shared",
      "kv/data/shared/*",
      "kv/data/web",
      "kv/data/web/*",
      "kv/metadata/shared",
      "kv/metadata/shared/*",
      "kv/metadata/web",
      "kv/metadata/web/*",
      "pki/issue/web",
      "pki/sign/web",
    ],
    ops: [
      "kv/data/shared",
      "kv/data/shared/*",
      "kv/delete/shared",
      "kv/delete/shared/*",
      "kv/metadata/shared",
      "kv/metadata/shared/*",
      "kv/undelete/shared",
      "kv/undelete/shared/*",
      "ssh/creds/break-glass",
      "ssh/sign/ops",
    ],
  });
});

test("K5: providers trust the file with the root CA that the central stack writes, if the central Vault signed the servers' certificate", () => {
  const operator = { ...OPERATOR, central: { ...OPERATOR.central, rootCaFile: "root-ca.pem" } };
  const [instance] = customer10.instances;
  if (instance === undefined) throw new Error("no instance");
  const ofTenant = (own: object): unknown => {
    const tenant = { ...customer10, instances: [{ ...instance, ...own }] } as Tenant;
    return toJson(stacks([tenant], operator).get("customer10-config") as LayerStack).provider.vault?.[1]?.ca_cert_file;
  };
  const { terraform_data: data } = toJson(stacks([], operator).get("central") as LayerStack).resource;
  expect(data?.vault_root_ca_file?.triggers_replace).toEqual({
    certificate: "${vault_pki_secret_backend_root_cert.vault_root_ca.certificate}",
    file: "../../../root-ca.pem",
  });
  expect(ofTenant({})).toBe('${fileexists("../../../root-ca.pem") ? "../../../root-ca.pem" : null}');
  expect(ofTenant({ caCertificateFile: "test/support/certificate.pem" })).toMatch(/^assets\//);
  expect(
    ofTenant({ deployment: { ...instance.deployment, certificate: ServerCertificate.secret("own") } }),
  ).toBeUndefined();
  expect(ofTenant({ deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] } })).toBeUndefined();
});

test("the CA of another tenant as a secret of the seal, which its deploy could read, is refused", () => {
  const withPin = (path: string): Tenant => ({
    ...customer10,
    instances: customer10.instances.map((instance) => ({
      ...instance,
      seal: Seal.pkcs11({
        ...{ library: "/usr/lib/softhsm/libsofthsm2.so", tokenLabel: "vault", keyLabel: "unseal" },
        pin: SecretRef.centralVault({ mount: "authorities", path, field: "pin" }),
      }),
    })),
  });
  expect(() => stacks([withPin("customer11/main/root/key")])).toThrow(
    /authorities\/customer11\/main\/root\/key is not one of customer10, but where tenant-vault keeps keys/,
  );
  expect(stacks([withPin("customer10/main/root/key")]).size).toBe(5);
});
