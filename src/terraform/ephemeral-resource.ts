import { TerraformElement, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { requireProviderRanges } from "./provider-ranges";

const OPEN_IF = "tenant-vault:open-ephemeral-resources-if";

/**
 * Opens the ephemeral resources below a scope only if a condition holds. Call it before the scope has children.
 *
 * @param condition A boolean expression of Terraform, such as `var.identity == "apply"`.
 */
export function openEphemeralResourcesIf(scope: Construct, condition: string): void {
  scope.node.setContext(OPEN_IF, condition);
}

/** Properties of an {@link EphemeralResource}. */
export interface EphemeralResourceProps {
  /** Resource type in Terraform, such as `vault_kv_secret_v2`. */
  readonly type: string;
  /** Provider of the resource. */
  readonly provider: TerraformProvider;
  /** Arguments, with the names of Terraform. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * A value that Terraform reads at plan and apply time and never stores. Terraform allows it only in provider configurations and write-only
 * arguments. CDK for Terraform has no such element; Terraform supports it since 1.10.
 */
export class EphemeralResource extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: EphemeralResourceProps,
  ) {
    super(scope, id, `ephemeral.${props.type}`);
    requireProviderRanges(this);
  }

  /** Returns an expression for an attribute, such as `data["password"]`; null if the resource is not opened. */
  reference(attribute: string): string {
    const address = `ephemeral.${this.props.type}.${this.friendlyUniqueId}`;
    return this.condition === undefined ? `\${${address}.${attribute}}` : `\${one(${address}[*].${attribute})}`;
  }

  override toTerraform(): object {
    const { type, provider, attributes } = this.props;
    const count = this.condition === undefined ? {} : { count: `\${${this.condition} ? 1 : 0}` };
    const block = { ...count, provider: provider.fqn, ...attributes };
    return { ephemeral: { [type]: { [this.friendlyUniqueId]: block } } };
  }

  private get condition(): string | undefined {
    return this.node.tryGetContext(OPEN_IF) as string | undefined;
  }
}
