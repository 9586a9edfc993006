import { expect, test } from "vitest";
import { InstanceProvider } from "../../../../src/index";
import { VaultProvider } from "../../../../src/terraform/providers/vault";
import { synthesize } from "../../../support/synth";

test("takes its token from the record, as an ephemeral value", () => {
  const json = synthesize((stack) => {
    const centralProvider = new VaultProvider(stack, "central", { alias: "central" });
    new InstanceProvider(stack, "Instance", {
      tenant: "customer10",
      name: "main",
      address: "https://vault:8200",
      centralProvider,
      alias: "main",
    });
  });
  expect(json.ephemeral).toEqual({
    vault_kv_secret_v2: { instance_record: { provider: "vault.central", mount: "customers", name: "customer10/main" } },
  });
  expect(json.provider.vault?.[1]).toEqual({
    alias: "main",
    address: "https://vault:8200",
    token: '${ephemeral.vault_kv_secret_v2.instance_record.data["root-token"]}',
  });
});
