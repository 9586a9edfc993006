import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

/** Something in the comment of a stack's JSON, for programs that read the JSON. Terraform ignores it, and no state has it. */
export class StackComment extends TerraformElement {
  /** @param content Asked last, when everything in the stack is there. */
  constructor(
    scope: Construct,
    id: string,
    private readonly content: () => object,
  ) {
    super(scope, id);
  }

  override toTerraform(): object {
    return { "//": this.content() };
  }
}
