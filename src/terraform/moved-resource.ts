import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

/** Properties of a {@link MovedResource}. */
export interface MovedResourceProps {
  /** Terraform's former address, with the key of `for_each` if there is one. */
  readonly from: string;
  /** Terraform's address of the same resource from now on. */
  readonly to: string;
}

/**
 * A `moved` block. Terraform gives a resource another address. If there is none at the former address, it does nothing.
 * https://developer.hashicorp.com/terraform/language/block/moved
 */
export class MovedResource extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: MovedResourceProps,
  ) {
    super(scope, id, "moved");
  }

  override toTerraform(): object {
    const { from, to } = this.props;
    return { moved: [{ from, to }] };
  }
}
