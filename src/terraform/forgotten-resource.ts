import { TerraformElement } from "cdktf";
import { Construct, type IConstruct } from "constructs";

/**
 * Stands where a resource was, for Terraform to forget it instead of destroying it; where there was none, it does nothing.
 * https://developer.hashicorp.com/terraform/language/block/removed
 */
export class ForgottenResource extends TerraformElement {
  /**
   * @param type Terraform's type name of what was there, such as `vault_transit_secret_backend_key`.
   * @param reason Why it is kept; it is written beside the block.
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

/** Makes a {@link ForgottenResource} at a path of construct IDs below a scope. */
export function forgetBelow(scope: Construct, path: readonly string[], type: string, reason: string): void {
  const parent = path
    .slice(0, -1)
    .reduce<IConstruct>((at, id) => at.node.tryFindChild(id) ?? new Construct(at, id), scope);
  new ForgottenResource(parent, path.at(-1) ?? "", type, reason);
}
