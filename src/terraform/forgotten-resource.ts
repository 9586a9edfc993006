import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

/**
 * A `removed` block. Terraform forgets the resource at this address instead of destroying it. If there was none, it does nothing.
 * https://developer.hashicorp.com/terraform/language/block/removed
 */
export class ForgottenResource extends TerraformElement {
  /**
   * @param type Terraform's type of the former resource, such as `vault_transit_secret_backend_key`.
   * @param reason Why the resource is kept, as a comment in the block.
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly type: string,
    private readonly reason: string,
  ) {
    super(scope, id, type);
  }

  override toTerraform(): object {
    const from = `${this.type}.${this.friendlyUniqueId}`;
    return { removed: [{ "//": this.reason, from, lifecycle: { destroy: false } }] };
  }
}
