import { expect, test } from "vitest";
import {
  certifiedServers,
  defineTenant,
  exportedAuthorities,
  signedIntermediates,
  type TenantSpec,
} from "../../../src/tenant";
import { customer10 } from "../../support/customer10";
import { RIGHT } from "../../support/tenant-file";

function withPki(pki: object): ReturnType<typeof defineTenant> {
  const [instance] = RIGHT.instances;
  const spec = {
    ...RIGHT,
    instances: [{ ...instance, pki: { ...instance.pki, ...pki } }],
  } as unknown as TenantSpec;
  return defineTenant(spec);
}

test("the request of the construct and the policy name the same domains: ASCII, lower case, in the order of the file", () => {
  const [signed] = signedIntermediates(withPki({ permittedDomains: ["Müller.example", "Customer10.internal"] }));
  expect(signed?.permittedDomains).toEqual(["xn--mller-kva.example", "customer10.internal"]);
  expect(signed?.lifetime.toSeconds()).toBe(1825 * 86_400);
});

test("an intermediate that could sign for every tenant is left to people", () => {
  expect(signedIntermediates(withPki({}))).toEqual([]);
});

test("the instances whose pipeline keeps the key of a CA are those with an exported one", () => {
  const bundle = { mount: "operator", path: "ca", field: "bundle" };
  expect(exportedAuthorities(withPki({ authority: { type: "exported" } }))).toEqual(["main"]);
  for (const authority of [undefined, { type: "internal" }, { type: "imported", bundle }])
    expect(exportedAuthorities(withPki({ authority }))).toEqual([]);
});

test("the servers whose certificate the central Vault issues are those in a cluster", () => {
  expect(certifiedServers(customer10)).toEqual([{ name: "main", host: "customer10.customers.operator.example" }]);
});

test("T2: a file may name the tenant's own authority and the kubeconfig of a shared cluster", () => {
  const bundle = { mount: "authorities", path: "customer10/main/exported-1", field: "bundle" };
  expect(() => withPki({ authority: { type: "imported", bundle } })).not.toThrow();
  const cluster = { existing: true, kubeconfig: { mount: "clusters", path: "shared" } };
  expect(() =>
    defineTenant({ name: "customer10", cluster: { ...cluster, existing: true }, instances: [] }),
  ).not.toThrow();
});
