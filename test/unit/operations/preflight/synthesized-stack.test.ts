import { expect, test } from "vitest";
import {
  centralNamespace,
  descriptionsFor,
  flavorsOf,
  instanceProviders,
  secretReads,
  textsOf,
} from "../../../../src/operations/preflight/synthesized-stack";
import { CONFIG, VAULT } from "../../../support/synthesized-stacks";

test("the secrets that a stack reads from the central Vault, and the fields that it takes", () => {
  expect(secretReads(CONFIG)).toEqual([
    { mount: "operator", path: "customer10/postgresql", fields: ["password"] },
    { mount: "customers", path: "customer10/main", fields: ["root-token"] },
  ]);
});

test("the bundle of a CA that a hook imports is read, and the key of an exported one is not", () => {
  const hook = (source: object) => ({
    provisioner: [{ "local-exec": { command: "node main.js authority customer10/main" } }],
    triggers_replace: { description: { source } },
  });
  const bundle = { mount: "operator", path: "customer10/ca", field: "bundle" };
  const terraform_data = { one: hook({ type: "imported", bundle }), other: hook({ type: "exported" }) };
  expect(secretReads({ name: "customer10-config", json: { resource: { terraform_data } } })).toEqual([
    { mount: "operator", path: "customer10/ca", fields: ["bundle"] },
  ]);
});

test("a secret of another provider is none of the central Vault's", () => {
  const ephemeral = { vault_kv_secret_v2: { other: { mount: "kv", name: "a", provider: "vault.instance-main" } } };
  expect(secretReads({ name: "customer10-config", json: { ephemeral } })).toEqual([]);
});

test("the path of a secret has the default of a variable, as a deployment does", () => {
  const read = (name: string) => ({
    [name]: { mount: "access", name: `a/${name}/\${var.${name}}`, provider: "vault.central" },
  });
  const ephemeral = { vault_kv_secret_v2: { ...read("identity"), ...read("other") } };
  const json = { ephemeral, variable: { identity: { default: "apply" }, other: {} } };
  expect(secretReads({ name: "customer10-config", json }).map(({ path }) => path)).toEqual([
    "a/identity/apply",
    "a/other/${var.other}",
  ]);
});

test("what a stack passes to the hook", () => {
  expect(descriptionsFor(VAULT, "unseal")).toMatchObject([{ tenant: "customer10", name: "main" }]);
  expect(descriptionsFor(VAULT, "kubespray")).toEqual([]);
});

test("where Terraform reaches an instance, and the file that it trusts", () => {
  expect(instanceProviders(CONFIG)).toEqual([
    { alias: "instance-main", address: "https://customer10.example:8200", caFile: "../../../central-root-ca.pem" },
  ]);
});

test("flavors by name or ID, with the number of machines that have them", () => {
  const json = {
    data: { openstack_compute_flavor_v2: { big: { name: "m1.large" }, bigger: { flavor_id: "7" } } },
    resource: {
      openstack_compute_instance_v2: {
        one: { flavor_id: "${data.openstack_compute_flavor_v2.big.id}" },
        two: { flavor_id: "${data.openstack_compute_flavor_v2.big.id}" },
        three: { flavor_id: "${data.openstack_compute_flavor_v2.bigger.id}" },
      },
    },
  };
  expect(flavorsOf({ name: "customer10-cluster", json })).toEqual([
    { name: "m1.large", machines: 2 },
    { id: "7", machines: 1 },
  ]);
});

test("values that are known at synthesis, each once", () => {
  expect(textsOf([{ name: "a" }, { name: "a" }, { name: "${b.name}" }, { name: 1 }, {}], "name")).toEqual(["a"]);
});

test("C2: the namespace of the central Vault in which the stacks work", () => {
  const stack = (...vault: Record<string, string>[]) => ({ name: "a", json: { provider: { vault } } });
  const instance = { alias: "instance-main", namespace: "root" };
  expect(centralNamespace([stack(), stack({ alias: "central", namespace: "team1" }, instance)])).toBe("team1");
  expect(centralNamespace([stack(instance, { alias: "central" })])).toBeUndefined();
});
