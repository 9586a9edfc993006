import {
  Aspects,
  TerraformProvider,
  TerraformStack,
  type IAspect,
  type TerraformProviderGeneratorMetadata,
} from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checkVaultVariables } from "../core/vault-variables";

/**
 * Provider versions that the constructs work with, by the providers' names. The prebuilt bindings pin one exact version each,
 * so two libraries in one stack could not agree on a version.
 */
const RANGES: ReadonlyMap<string, string> = new Map([
  ["openstack", "~> 3.4"],
  ["kubernetes", "~> 2.38"],
  ["helm", "~> 3.1"],
  // 5.10.0 recreates PKI resources; 5.10.1 reverted that.
  ["vault", ">= 5.9, != 5.10.0, < 6"],
]);

/** Returns the metadata of a provider binding with its version range. */
export function versionRange(providerName: string): TerraformProviderGeneratorMetadata {
  return { providerName, providerVersionConstraint: RANGES.get(providerName) };
}

class ProviderRanges implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformProvider.isTerraformProvider(node) || !RANGES.has(node.terraformResourceType)) return;
    if (node.terraformResourceType === "vault") checkVaultVariables("servers");
    Object.assign(node, { terraformGeneratorMetadata: versionRange(node.terraformResourceType) });
  }
}

/** Shared by all stacks, so that a second call on a stack adds no second aspect. */
const PROVIDER_RANGES = new ProviderRanges();

/**
 * Sets version ranges for the providers of the scope's stack, including providers of the prebuilt bindings. An override of
 * `terraform.required_providers` takes precedence.
 */
export function requireProviderRanges(scope: Construct): void {
  const aspects = Aspects.of(TerraformStack.of(scope));
  if (!aspects.all.includes(PROVIDER_RANGES)) aspects.add(PROVIDER_RANGES);
}

/** Sets the version ranges at once. {@link requireProviderRanges} does so when the app is synthesized. */
export function applyProviderRanges(stack: TerraformStack): void {
  for (const node of stack.node.findAll()) PROVIDER_RANGES.visit(node);
}
