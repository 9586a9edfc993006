import { expect, test } from "vitest";
import { ConfigIdentity, InstanceProvider, type LayerStack } from "../../../../src/index";
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
