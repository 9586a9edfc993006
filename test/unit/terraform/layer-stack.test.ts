import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { EphemeralResource, KeyValue, LayerStack, localBackend } from "../../../src";
import { NamespaceV1, KubernetesProvider, Release, HelmProvider } from "../../../src/terraform/providers/kubernetes";
import { VaultProvider } from "../../../src/terraform/providers/vault";
import { logicalId } from "../../../src/terraform/logical-id";
import { findLiteralSecrets } from "../../../src/terraform/secret-guard";
import { addresses, synthesize, testApp, toJson } from "../support/synth";

describe("addresses", () => {
  test.each([
    [["Cluster", "Worker0", "Resource"], "cluster_worker0"],
    [["Cluster", "ControlPlane0", "Port"], "cluster_control_plane0_port"],
    [["main", "KeyValue-kv", "Config"], "main_key_value_kv_config"],
    [["10.8.0.0/24"], "_10_8_0_0_24"],
    [["Default", "a", "Resource"], "a"],
  ])("%j is %s", (path, id) => {
    expect(logicalId(path)).toBe(id);
  });

  test("are the construct paths", () => {
    const json = synthesize((stack) => {
      new VaultProvider(stack, "Vault");
      new KeyValue(new Construct(stack, "Outer"), "Tree");
    });
    expect(addresses(json.resource)).toEqual([
      "vault_kv_secret_backend_v2.outer_tree_config",
      "vault_mount.outer_tree",
    ]);
  });

  test("fail when two constructs would have the same", () => {
    expect(() =>
      synthesize((stack) => {
        new VaultProvider(stack, "Vault");
        new KeyValue(stack, "a-b");
        new KeyValue(stack, "a_b");
      }),
    ).toThrow(/address a_b of test\/a_b\/Resource is that of test\/a-b\/Resource already/);
  });
});

test("providers have ranges, which other libraries can share, and Terraform the version that knows ephemeral values", () => {
  const { terraform } = synthesize((stack) => {
    new VaultProvider(stack, "Vault");
    new KubernetesProvider(stack, "Kubernetes");
    new HelmProvider(stack, "Helm");
  });
  expect(terraform).toMatchObject({
    required_version: ">= 1.11",
    required_providers: {
      vault: { version: "~> 5.9" },
      kubernetes: { version: "~> 2.38" },
      helm: { version: "~> 3.1" },
    },
  });
});

test("the local backend is a relative path", () => {
  const json = toJson(new LayerStack(testApp(), "customer10-vault", localBackend(".terraform-state")));
  expect(json.terraform.backend).toEqual({ local: { path: "../../../.terraform-state/customer10-vault.tfstate" } });
});

test("an ephemeral resource is read by reference", () => {
  const json = synthesize((stack) => {
    const provider = new VaultProvider(stack, "Vault");
    const secret = new EphemeralResource(stack, "Secret", {
      type: "vault_kv_secret_v2",
      provider,
      attributes: { mount: "m", name: "n" },
    });
    new TerraformOutput(stack, "expression", { value: secret.reference('data["x"]') });
  });
  expect(json.ephemeral).toEqual({ vault_kv_secret_v2: { secret: { provider: "vault", mount: "m", name: "n" } } });
  expect(json.output.expression?.value).toBe('${ephemeral.vault_kv_secret_v2.secret.data["x"]}');
});

describe("a secret written out", () => {
  test("fails the synthesis, and is named but not shown", () => {
    const leak = (): unknown => synthesize((stack) => new VaultProvider(stack, "Vault", { token: "hvs.very-secret" }));
    expect(leak).toThrow("provider.vault.0.token is a secret written out; pass a SecretRef");
    expect(leak).not.toThrow("very-secret");
  });

  test("is found wherever an argument is named like one", () => {
    expect(
      findLiteralSecrets({
        resource: {
          a: {
            b: {
              password_wo: "x",
              nested: [{ client_secret: "y" }],
              token_ttl: 3,
              token: "${ephemeral.a.b.c}",
              username: "u",
            },
          },
        },
        provider: { p: [{ private_key: "z", password: "${a} and more" }] },
      }),
    ).toEqual([
      "resource.a.b.password_wo",
      "resource.a.b.nested.0.client_secret",
      "provider.p.0.private_key",
      "provider.p.0.password",
    ]);
  });

  test("is not what Kubernetes calls by that name", () => {
    const json = synthesize((stack) => {
      new KubernetesProvider(stack, "Kubernetes");
      new HelmProvider(stack, "Helm");
      new NamespaceV1(stack, "Namespace", { metadata: { name: "a" } });
      new Release(stack, "Release", { name: "a", chart: "b" });
    });
    expect(findLiteralSecrets(json)).toEqual([]);
  });
});
