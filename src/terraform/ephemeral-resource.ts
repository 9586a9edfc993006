import { TerraformElement, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";

/** What an ephemeral resource is asked for. */
export interface EphemeralResourceProps {
  /** Terraform's type name, such as `vault_kv_secret_v2`. */
  readonly type: string;
  readonly provider: TerraformProvider;
  /** Arguments, in Terraform's spelling. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * A value that Terraform reads while it plans or applies and never stores: usable in provider configurations and
 * write-only arguments only. CDK for Terraform has no such element of its own; Terraform knows it from 1.10.
 */
export class EphemeralResource extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: EphemeralResourceProps,
  ) {
    super(scope, id, `ephemeral.${props.type}`);
  }

  /** An expression for an attribute, such as `data["password"]`. */
  reference(attribute: string): string {
    return `\${ephemeral.${this.props.type}.${this.friendlyUniqueId}.${attribute}}`;
  }

  override toTerraform(): object {
    const { type, provider, attributes } = this.props;
    return { ephemeral: { [type]: { [this.friendlyUniqueId]: { provider: provider.fqn, ...attributes } } } };
  }
}
