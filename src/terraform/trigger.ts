import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { expressionOf } from "./resource-address";

/** `terraform_data` that is replaced when its values change, and other resources with it. */
export class Trigger extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data" });
  }

  /** The entry of `replace_triggered_by`. */
  get reference(): string {
    return `${expressionOf(this)}.id`;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { triggers_replace: this.values };
  }
}
