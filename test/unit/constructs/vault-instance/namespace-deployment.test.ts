import { describe, expect, test } from "vitest";
import { ExternalDeployment, NamespaceDeployment, Seal, type VaultInstanceProps } from "../../../../src/index";
import { synthesizeInstance } from "../../../support/instance";
import type { Synthesized } from "../../../support/synth";

const OF = { of: "shared/main", address: "https://shared.example:8200" };

function instance(props: Partial<VaultInstanceProps> = {}, deployment = new NamespaceDeployment(OF)): Synthesized {
  return synthesizeInstance(deployment, props);
}

function described(json: Synthesized, id: string): unknown {
  const { triggers_replace } = json.resource.terraform_data?.[id] as { triggers_replace: { description: unknown } };
  return triggers_replace.description;
}

describe("a namespace of a shared instance", () => {
  test("has a description for the hook, and nothing to deploy", () => {
    const json = instance();
    expect(Object.keys(json.resource)).toEqual(["terraform_data"]);
    expect(described(json, "main_unseal")).toMatchObject({
      tenant: "customer10",
      name: "main",
      product: "openbao",
      seal: "shamir",
      secretShares: 5,
      secretThreshold: 3,
      sharedInstance: "shared/main",
      replicas: [{ name: "customer10.main", address: "https://shared.example:8200" }],
    });
  });

  test("has the numbers of keys that its seal says", () => {
    const json = instance({ seal: Seal.shamir({ secretShares: 3, secretThreshold: 2 }) });
    expect(described(json, "main_unseal")).toMatchObject({ secretShares: 3, secretThreshold: 2 });
  });

  test("refuses to become another instance's, once it is up", () => {
    const lasting = instance().resource.terraform_data?.main_lasting_storage;
    expect(JSON.stringify(lasting ?? "")).toContain("cannot move to a namespace of shared/main");
  });

  test("keeps its description and its keys if it is retired", () => {
    expect(described(instance({ retired: true }), "main_retirement")).toMatchObject({
      retired: true,
      sharedInstance: "shared/main",
    });
  });

  test("fails if it is one of Vault, which has no sealed namespaces", () => {
    expect(() => instance({ product: "vault" })).toThrow("A namespace of Vault has no keys of its own");
  });

  test("fails if its seal is none that a namespace can have", () => {
    expect(() => instance({ seal: Seal.transit() })).toThrow('A namespace of OpenBao cannot have the seal "transit"');
  });

  test("fails if the shared instance has no possible name", () => {
    expect(() => new NamespaceDeployment({ ...OF, of: "shared" })).toThrow('"shared" does not name an instance');
  });
});

describe("a shared instance", () => {
  const external = (): ExternalDeployment => new ExternalDeployment({ addresses: ["https://10.0.0.1:8200"] });

  test("tells the hook which namespaces get a login", () => {
    const json = synthesizeInstance(external(), { namespaces: ["customer20/main"] });
    expect(described(json, "main_unseal")).toMatchObject({ identities: { namespaces: ["customer20/main"] } });
    expect(JSON.stringify(described(synthesizeInstance(external()), "main_unseal"))).not.toContain("namespaces");
  });

  test("is one of OpenBao", () => {
    const props = { product: "vault", namespaces: ["customer20/main"] } as const;
    expect(() => synthesizeInstance(external(), props)).toThrow("A namespace of Vault has no keys of its own");
    expect(() => synthesizeInstance(external(), { namespaces: ["customer20"] })).toThrow("does not name an instance");
  });
});
