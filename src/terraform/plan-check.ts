import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

/** Properties of a {@link PlanCheck}. */
export interface PlanCheckProps {
  /** Expression of Terraform that is true if nothing is to be said. */
  readonly condition: string;
  /** The sentence of the warning. */
  readonly warning: string;
}

/** A warning of each plan in which a condition does not hold; https://developer.hashicorp.com/terraform/language/checks */
export class PlanCheck extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PlanCheckProps,
  ) {
    super(scope, id, "check");
  }

  override toTerraform(): object {
    const { condition, warning } = this.props;
    return { check: { [this.friendlyUniqueId]: { assert: [{ condition, error_message: warning }] } } };
  }
}
