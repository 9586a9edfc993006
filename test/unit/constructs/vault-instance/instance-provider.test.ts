import { describe, expect, test } from "vitest";
import { ConfigIdentity, InstanceProvider, type InstanceProviderProps, type LayerStack } from "../../../../src/index";
import { VaultProvider } from "../../../../src/terraform/providers/vault";
import { synthesize } from "../../../support/synth";

function synthesizeProvider(identity?: (stack: LayerStack) => string) {
  return synthesize((stack) => {
    const centralProvider = new VaultProvider(stack, "central", { alias: "central" });
    new InstanceProvider(stack, "Instance", {
      tenant: "customer10",
      name: "main",
      address: "https://vault:8200",
      centralProvider,
      identity: identity?.(stack),
      alias: "main",
    });
  });
}

test("logs in as apply, with ephemeral values of the central Vault", () => {
  const json = synthesizeProvider();
  expect(json.ephemeral).toEqual({
    vault_kv_secret_v2: {
      instance_access: { provider: "vault.central", mount: "access", name: "customer10/main/apply" },
    },
  });
  expect(json.provider.vault?.[1]).toEqual({
    alias: "main",
    address: "https://vault:8200",
    namespace: "root",
    tls_server_name: "vault",
    skip_child_token: true,
    auth_login: [
      {
        path: "auth/tenant-vault/login",
        parameters: {
          role_id: '${ephemeral.vault_kv_secret_v2.instance_access.data["role-id"]}',
          secret_id: '${ephemeral.vault_kv_secret_v2.instance_access.data["secret-id"]}',
        },
      },
    ],
  });
});

test("logs in as the identity that a variable names", () => {
  const json = synthesizeProvider((stack) => new ConfigIdentity(stack, "identity").stringValue);
  expect(json.ephemeral.vault_kv_secret_v2?.instance_access?.name).toBe("customer10/main/${var.identity}");
});

function provider(props: Partial<InstanceProviderProps>): unknown {
  const { provider: providers } = synthesize((stack) => {
    const centralProvider = new VaultProvider(stack, "central", { alias: "central" });
    const address = "https://vault:8200";
    new InstanceProvider(stack, "Instance", { tenant: "customer10", name: "main", address, centralProvider, ...props });
  });
  return providers.vault?.[1];
}

test("C2: has the namespace and the TLS name of the instance, whatever the environment says of the central Vault", () => {
  expect(provider({})).toMatchObject({ namespace: "root", tls_server_name: "vault" });
  expect(provider({ namespace: "team", address: "https://[fd00::5]:8200" })).toMatchObject({
    namespace: "team",
    tls_server_name: "fd00::5",
  });
});

describe("fails when", () => {
  test("T9: the certificate of its CA is missing", () => {
    expect(() => provider({ caCertificateFile: "certificates/none.pem" })).toThrow(
      '[test/Instance] caCertificateFile names the file "certificates/none.pem", which cannot be read; check the path, which is relative to the project.',
    );
  });

  test("C10: centralProvider is missing", () => {
    expect(() => provider({ centralProvider: undefined })).toThrow(
      "[test/Instance] A secret of the central Vault needs its provider; pass centralProvider.",
    );
  });
});
