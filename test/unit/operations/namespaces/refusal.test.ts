import { expect, test } from "vitest";
import { refuseForNamespace, refuseRotation } from "../../../../src/operations/namespaces/refusal";

const OWN = { tenant: "customer20", name: "main" };
const NAMESPACE = { ...OWN, sharedInstance: "shared/main" };

test("an operation on servers names the shared instance", () => {
  expect(() => refuseForNamespace(OWN, "step-down")).not.toThrow();
  expect(() => refuseForNamespace(NAMESPACE, "step-down")).toThrow(
    'customer20/main is a namespace of shared/main and has no servers of its own; run "tenant-vault step-down shared/main", which concerns every tenant there.',
  );
});

test("a rotation of keys is refused, because it would destroy the shared instance", () => {
  expect(() => refuseRotation(OWN)).not.toThrow();
  expect(() => refuseRotation(NAMESPACE)).toThrow("OpenBao would overwrite a key of shared/main");
});
