import type { Construct } from "constructs";
import { checkValues, type ValueType } from "../core/value-type";

const PROVIDER: ValueType = {
  name: "TerraformProvider",
  member: "metaAttributes",
  example: 'new VaultProvider(stack, "Vault", { address })',
};

/**
 * Checks props that take a provider. For anything else cdktf uses the default provider of the stack, which is another server.
 *
 * @throws ValidationError `prop-type`.
 */
export function checkProviders(
  props: { readonly provider?: unknown; readonly centralProvider?: unknown },
  scope?: Construct,
): void {
  checkValues(props, ["provider", "centralProvider"], PROVIDER, scope);
}
