import { TerraformElement, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { requireProviderRanges } from "./provider-ranges";

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

  /** Returns an expression for an attribute, such as `data["password"]`. */
  reference(attribute: string): string {
    return `\${ephemeral.${this.props.type}.${this.friendlyUniqueId}.${attribute}}`;
  }

  override toTerraform(): object {
    const { type, provider, attributes } = this.props;
    return { ephemeral: { [type]: { [this.friendlyUniqueId]: { provider: provider.fqn, ...attributes } } } };
  }
}
