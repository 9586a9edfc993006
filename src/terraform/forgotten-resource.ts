import { TerraformElement } from "cdktf";
import { Construct, type IConstruct } from "constructs";

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

/** Makes a {@link ForgottenResource} at a path of construct IDs below a scope. */
export function forgetBelow(scope: Construct, path: readonly string[], type: string, reason: string): void {
  const parent = path
    .slice(0, -1)
    .reduce<IConstruct>((at, id) => at.node.tryFindChild(id) ?? new Construct(at, id), scope);
  new ForgottenResource(parent, path.at(-1) ?? "", type, reason);
}
