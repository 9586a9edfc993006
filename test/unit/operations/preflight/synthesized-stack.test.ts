import { expect, test } from "vitest";
import {
  descriptionsFor,
  instanceProviders,
  secretReads,
} from "../../../../src/operations/preflight/synthesized-stack";
import { CONFIG, VAULT } from "../../../support/synthesized-stacks";

test("the secrets that a stack reads from the central Vault, and the fields that it takes", () => {
  expect(secretReads(CONFIG)).toEqual([
    { mount: "operator", path: "customer10/postgresql", fields: ["password"] },
    { mount: "customers", path: "customer10/main", fields: ["root-token"] },
  ]);
});

test("a secret of another provider is none of the central Vault's", () => {
  const ephemeral = { vault_kv_secret_v2: { other: { mount: "kv", name: "a", provider: "vault.instance-main" } } };
  expect(secretReads({ name: "customer10-config", json: { ephemeral } })).toEqual([]);
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
