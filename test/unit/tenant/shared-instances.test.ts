import { TerraformStack } from "cdktf";
import { describe, expect, test } from "vitest";
import { buildApp } from "../../../stacks/app";
import {
  defineTenant,
  hostedInstances,
  instanceNamespace,
  sharedNamespaces,
  type InstanceSpec,
  type Tenant,
} from "../../../src/tenant";
import { checkTogether } from "../../../src/tenant/load-tenants";
import { testBackend, toJson, type Synthesized } from "../../support/synth";

const SHARED: InstanceSpec = {
  name: "main",
  product: "openbao",
  address: "https://shared.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
};
const NAMESPACE: InstanceSpec = {
  name: "main",
  product: "openbao",
  address: "https://shared.example:8200",
  deployment: { mode: "namespace", of: "shared/main" },
};

function tenant(name: string, ...instances: readonly InstanceSpec[]): Tenant {
  return defineTenant({ name, instances });
}

function together(...tenants: readonly Tenant[]): void {
  checkTogether(tenants.map((each) => ({ file: `${each.name}.ts`, tenant: each })));
}

const shared = tenant("shared", SHARED);
const guest = tenant("customer20", NAMESPACE);

describe("the instance of which one is a namespace", () => {
  test("may be another tenant's, with the same address", () => {
    expect(() => together(shared, guest, tenant("customer21", NAMESPACE))).not.toThrow();
  });

  test("may be one of the same tenant", () => {
    const spaces = ["one", "two"].map((name) => ({ ...NAMESPACE, name }));
    expect(() => together(tenant("shared", SHARED, ...spaces))).not.toThrow();
  });

  test.each([
    [
      "exists, with a suggestion",
      tenant("shared", { ...SHARED, name: "mian" }),
      '"shared/main" does not exist; did you mean "shared/mian"?',
    ],
    ["exists", tenant("other", SHARED), '"shared/main" does not exist; write one of other/main'],
    [
      "is no namespace itself",
      tenant("shared", { ...NAMESPACE, deployment: { mode: "namespace", of: "customer9/main" } }),
      "is a namespace itself; name the instance that hosts it, customer9/main",
    ],
    [
      "runs OpenBao",
      tenant("shared", { ...SHARED, product: "vault" }),
      "shared/main runs Vault, whose namespaces have no keys of their own",
    ],
    ["is not retired", tenant("shared", { ...SHARED, retired: true }), "shared/main is retired"],
  ])("%s", (_title, host, message) => {
    // The guest's file is checked first.
    expect(() => together(guest, host)).toThrow(
      `customer20.ts: instances[0].deployment.of: ${message.startsWith('"') ? message : ""}`,
    );
    expect(() => together(guest, host)).toThrow(message);
  });

  test("runs OpenBao 2.6 or later", () => {
    const host = (tag: string): Tenant =>
      defineTenant({
        name: "shared",
        cluster: { existing: true },
        instances: [
          {
            ...SHARED,
            deployment: {
              mode: "dev",
              image: { repository: "quay.io/openbao/openbao", tag },
              kubernetesApiCidrs: ["10.0.0.1/32"],
            },
          },
        ],
      });
    expect(() => together(guest, host("2.5.1"))).toThrow(
      "shared/main runs OpenBao 2.5.1, whose namespaces have no keys of their own; upgrade it to 2.6 or later",
    );
    expect(() => together(guest, host("2.7.2"))).not.toThrow();
  });

  test("may be retired with its namespaces", () => {
    const leaving = tenant("customer20", { ...NAMESPACE, retired: true });
    expect(() => together(tenant("shared", { ...SHARED, retired: true }), leaving)).not.toThrow();
  });
});

describe("a tenant file with a namespace", () => {
  test("fails with Vault, and with a seal of another kind", () => {
    expect(() => tenant("a", { ...NAMESPACE, product: "vault" })).toThrow(
      "instances[0].deployment.mode: A namespace of Vault has no keys of its own",
    );
    const seal = { type: "static", key: { mount: "m", path: "p", field: "f" }, keyId: "k" } as never;
    expect(() => tenant("a", { ...NAMESPACE, seal })).toThrow();
    expect(() => tenant("a", { ...NAMESPACE, seal: { type: "transit" } })).toThrow(
      'instances[0].deployment.mode: A namespace of OpenBao cannot have the seal "transit"',
    );
  });

  test("has no duty that is about servers", () => {
    const roles = [{ name: "server-admin", duty: "servers" } as const];
    expect(() => tenant("a", { ...NAMESPACE, roles })).toThrow(
      "instances[0].roles[0].duty: a namespace has no servers of its own; give somebody a role with this duty at shared/main",
    );
    expect(() => tenant("shared", { ...SHARED, roles })).not.toThrow();
  });

  test("names the instance by tenant and name", () => {
    expect(() => tenant("a", { ...NAMESPACE, deployment: { mode: "namespace", of: "shared" } })).toThrow(
      'instances[0].deployment.of: "shared" does not name an instance; write <tenant>/<instance>',
    );
  });
});

test("the shared instance makes logins for the namespaces that are not retired", () => {
  const tenants = [shared, guest, tenant("customer21", { ...NAMESPACE, retired: true }), tenant("customer22", SHARED)];
  expect(hostedInstances(tenants, "shared/main")).toEqual(["customer20/main"]);
  expect(hostedInstances(tenants, "customer22/main")).toEqual([]);
  expect(sharedNamespaces(guest)).toEqual([{ instance: "customer20/main", sharedInstance: "shared/main" }]);
  expect(guest.instances.map((each) => instanceNamespace("customer20", each))).toEqual(["customer20.main"]);
  expect(shared.instances.map((each) => instanceNamespace("shared", each))).toEqual([undefined]);
});

describe("the stacks", () => {
  const engines: InstanceSpec = {
    ...NAMESPACE,
    pki: {
      permittedDomains: ["c20.internal"],
      roles: [{ name: "web", allowedDomains: ["c20.internal"], maxTtl: "72h" }],
    },
    keyValue: [{ mount: "kv" }],
  };
  const app = buildApp({ central: { address: "https://central:8200" }, backend: testBackend }, [
    shared,
    tenant("customer20", engines),
  ]);
  const stack = (name: string): Synthesized => {
    const found = app.node.tryFindChild(name);
    if (!TerraformStack.isStack(found)) throw new Error(`There is no stack ${name}.`);
    return toJson(found);
  };

  test("of the shared instance name its namespaces", () => {
    expect(JSON.stringify(stack("shared-vault").resource.terraform_data)).toContain('"namespaces":["customer20/main"]');
  });

  test("configure the namespace as its own identity, with its path in the URLs of certificates", () => {
    const json = stack("customer20-config");
    expect(json.provider.vault).toContainEqual(
      expect.objectContaining({ alias: "instance-main", namespace: "customer20.main" }),
    );
    expect(JSON.stringify(json.ephemeral)).toContain("customer20/main/");
    const [urls] = Object.values(json.resource.vault_pki_secret_backend_config_urls ?? {});
    expect(urls?.crl_distribution_points).toEqual([
      "https://shared.example:8200/v1/customer20.main/pki/issuer/{{issuer_id}}/crl/der",
    ]);
  });

  test("let the tenant's hook read the login of its namespace", () => {
    const policies = Object.values(stack("customer20-access").resource.vault_policy ?? {});
    const rights = policies.filter(({ policy }) =>
      String(policy).includes("access/data/shared/main/namespace-customer20.main"),
    );
    expect(rights.map(({ name }) => name)).toEqual(["tenant-vault-customer20-hook", "tenant-vault-customer20-deploy"]);
  });
});
