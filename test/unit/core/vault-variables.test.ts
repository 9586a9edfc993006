import { afterEach, describe, expect, test, vi } from "vitest";
import { InstanceProvider, VaultProvider, ValidationError } from "../../../src/index";
import { synthesize } from "../../support/synth";

afterEach(() => vi.unstubAllEnvs());

/** A stack of a platform team, which uses the library in an app of its own. */
function stack(hasInstance: boolean): unknown {
  return synthesize((scope) => {
    const centralProvider = new VaultProvider(scope, "Central", { alias: "central", address: "https://central:8200" });
    if (hasInstance)
      new InstanceProvider(scope, "Instance", {
        tenant: "customer10",
        name: "main",
        address: "https://vault:8200",
        centralProvider,
      });
  });
}

describe("C2: a variable that would lead Terraform elsewhere is refused", () => {
  test.each([
    ["VAULT_NAMESPACE", "team1", true, "use it in the tenants' instances, too; unset it for cdktf"],
    ["VAULT_SKIP_VERIFY", "true", true, "verify the certificate of no Vault that it sends tokens to; unset it"],
    ["VAULT_SKIP_VERIFY", "1", false, "verify the certificate of no Vault that it sends tokens to; unset it"],
    ["VAULT_AGENT_ADDR", "http://127.0.0.1:8100", true, "send the requests for every Vault to that address; unset it"],
    ["VAULT_AGENT_ADDR", "http://127.0.0.1:8100", false, "send the requests for every Vault to that address; unset it"],
  ])("%s=%s, with an instance: %s", (name, value, hasInstance, reason) => {
    vi.stubEnv(name, value);
    expect(() => stack(hasInstance)).toThrow(ValidationError);
    expect(() => stack(hasInstance)).toThrow(`${name} is set, and Terraform would ${reason}`);
  });

  test.each([
    ["VAULT_NAMESPACE", "", true],
    // The hook and the provider of the central Vault work there.
    ["VAULT_NAMESPACE", "team1", false],
    ["VAULT_SKIP_VERIFY", "false", true],
    ["VAULT_SKIP_VERIFY", "0", true],
    ["VAULT_TLS_SERVER_NAME", "central", true],
    ["VAULT_CACERT", "ca.pem", true],
  ])("but not %s=%j, with an instance: %s", (name, value, hasInstance) => {
    vi.stubEnv(name, value);
    expect(() => stack(hasInstance)).not.toThrow();
  });
});
