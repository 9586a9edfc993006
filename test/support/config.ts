import { RootCa, type CentralVaultAccess } from "../../src/index";
import { defineTenant, InstanceConfig, type InstanceSpec, type TenantSpec } from "../../src/tenant";
import { synthesizeInVault, type Synthesized } from "./synth";

/**
 * The configuration of an instance of customer10, as its file describes it.
 *
 * @param tenant What the file has besides the instance. @param prepare Adds what the stack needs before.
 * @param central How hooks reach the central Vault.
 */
export function configOf(
  instance: object,
  tenant: Partial<TenantSpec> = {},
  prepare: Parameters<typeof synthesizeInVault>[0] = () => undefined,
  central?: CentralVaultAccess,
): Synthesized {
  return synthesizeInVault((stack, providers) => {
    prepare(stack, providers);
    const [first] = defineTenant({ name: "customer10", ...tenant, instances: [instance as InstanceSpec] }).instances;
    if (first === undefined) throw new Error("There is no instance.");
    const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider: providers.centralProvider });
    new InstanceConfig(stack, "main", { tenant: "customer10", instance: first, rootCa, central, ...providers });
  });
}
