import { expect, test } from "vitest";
import { identityPolicy } from "../../../src/policy/identity-policies";
import { tenantPolicy, watchPolicy } from "../../../src/policy/central-policies";
import { capabilitiesOn } from "../../support/policies";

const SCOPE = { product: "openbao", mounts: [], logins: [] } as const;
const policy = identityPolicy("namespace-customer20.main", SCOPE);

test("the login of a namespace creates, unseals and seals this one, and deletes nothing", () => {
  const own = "sys/namespaces/customer20.main";
  expect(capabilitiesOn(policy, own)).toEqual(expect.arrayContaining(["create", "update", "read"]));
  expect(capabilitiesOn(policy, own)).not.toContain("delete");
  for (const part of ["unseal", "seal"]) expect(capabilitiesOn(policy, `${own}/${part}`)).toContain("update");
  expect(capabilitiesOn(policy, `${own}/seal-status`)).toEqual(["read"]);
  expect(capabilitiesOn(policy, `${own}/delete-sealed`)).toEqual([]);
});

test("it has no right in another namespace, and none on the data in its own", () => {
  const paths = [
    ...["", "/seal", "/unseal", "/seal-status"].map((part) => `sys/namespaces/customer21.main${part}`),
    "customer21.main/sys/generate-root-token/attempt",
    ...["sys/mounts", "sys/seal", "sys/namespaces", "sys/generate-root-token/attempt"],
    ...["kv/data/x", "sys/policies/acl/x", "sys/mounts", "auth/token/create"].map((path) => `customer20.main/${path}`),
  ];
  for (const path of paths) expect([path, capabilitiesOn(policy, path)]).toEqual([path, []]);
});

test("the hook of a tenant reads the logins of its own namespaces, and the watcher those of all", () => {
  const scope = {
    tenant: "customer20",
    secrets: [],
    intermediates: [],
    namespaces: [{ instance: "customer20/main", sharedInstance: "shared/main" }],
  };
  const login = "access/data/shared/main/namespace-customer20.main";
  for (const identity of ["hook", "deploy"] as const) {
    expect(capabilitiesOn(tenantPolicy(identity, scope), login)).toEqual(["read"]);
    for (const other of ["namespace-customer21.main", "operate", "apply"])
      expect(capabilitiesOn(tenantPolicy(identity, scope), `access/data/shared/main/${other}`)).toEqual([]);
  }
  expect(capabilitiesOn(tenantPolicy("plan", scope), login)).toEqual([]);
  expect(capabilitiesOn(watchPolicy(), login)).toEqual(["read"]);
  expect(capabilitiesOn(watchPolicy(), "access/data/shared/main/apply")).toEqual([]);
});
