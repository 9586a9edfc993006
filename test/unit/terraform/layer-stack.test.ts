import { S3Backend, TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { KeyValue, LayerStack, localBackend } from "../../../src";
import { EphemeralResource } from "../../../src/spi";
import { NamespaceV1, KubernetesProvider, Release, HelmProvider } from "../../../src/terraform/providers/kubernetes";
import { VaultProvider } from "../../../src/terraform/providers/vault";
import { logicalId } from "../../../src/terraform/logical-id";
import { findLiteralSecrets } from "../../../src/terraform/secret-guard";
import { addresses, synthesize, testApp, toJson } from "../../support/synth";

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
      "vault_generic_endpoint.outer_tree_deletion_protection",
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
    ).toThrow(/test\/a_b\/Resource and test\/a-b\/Resource have the same Terraform address a_b/);
  });
});

test("providers have ranges, which other libraries can share, and Terraform the version that supports ephemeral values", () => {
  const { terraform } = synthesize((stack) => {
    new VaultProvider(stack, "Vault");
    new KubernetesProvider(stack, "Kubernetes");
    new HelmProvider(stack, "Helm");
  });
  expect(terraform).toMatchObject({
    required_version: ">= 1.11",
    required_providers: {
      vault: { version: ">= 5.9, != 5.10.0, < 6" },
      kubernetes: { version: "~> 2.38" },
      helm: { version: "~> 3.1" },
    },
  });
});

test("ranges leave alone what an override says", () => {
  const { terraform } = synthesize((stack) => {
    new VaultProvider(stack, "Vault");
    new KubernetesProvider(stack, "Kubernetes");
    stack.addOverride("terraform.required_version", "~> 1.12.0");
    stack.addOverride("terraform.required_providers.vault.version", "5.9.0");
  });
  expect(terraform).toMatchObject({
    required_version: "~> 1.12.0",
    required_providers: {
      vault: { version: "5.9.0", source: "hashicorp/vault" },
      kubernetes: { version: "~> 2.38" },
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

describe("a secret in plain text", () => {
  test("fails the synthesis, and is named but not shown", () => {
    const leak = (): unknown => synthesize((stack) => new VaultProvider(stack, "Vault", { token: "hvs.very-secret" }));
    expect(leak).toThrow("provider.vault.0.token contains a secret in plain text; pass a SecretRef");
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

  test("is found in a provisioner's environment, whatever the case", () => {
    const environment = { VAULT_TOKEN: "x", OS_PASSWORD: "y", VAULT_ADDR: "https://a", KUBECONFIG: "/etc/k" };
    expect(
      findLiteralSecrets({ resource: { a: { b: { provisioner: [{ "local-exec": { environment } }] } } } }),
    ).toEqual([
      "resource.a.b.provisioner.0.local-exec.environment.VAULT_TOKEN",
      "resource.a.b.provisioner.0.local-exec.environment.OS_PASSWORD",
    ]);
  });

  test("is found in a backend", () => {
    const stack = new LayerStack(
      testApp(),
      "test",
      (scope) => new S3Backend(scope, { bucket: "b", key: "k", secretKey: "x" }),
    );
    expect(() => toJson(stack)).toThrow("terraform.backend.s3.secret_key contains a secret in plain text");
  });

  test("is found in the data of a secret", () => {
    const data = { user: "x", "tls.key": "${a.b.c}" };
    expect(
      findLiteralSecrets({
        resource: {
          kubernetes_secret_v1: { a: { data, data_wo: data } },
          kubernetes_config_map_v1: { a: { data } },
          vault_kv_secret_v2: {
            a: { data_json: '{"a":"b"}' },
            b: { data_json_wo: '{"a":"b"}' },
            c: { data_json_wo: "${a}" },
            empty: { data_json: "{}" },
          },
        },
      }),
    ).toEqual([
      "resource.kubernetes_secret_v1.a.data.user",
      "resource.kubernetes_secret_v1.a.data_wo.user",
      "resource.vault_kv_secret_v2.a.data_json",
      "resource.vault_kv_secret_v2.b.data_json_wo",
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
