import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";

/** Properties of {@link KeptNames}. */
export interface KeptNamesProps {
  readonly names: readonly string[];
  /** Whether Terraform refuses to forget a name. */
  readonly preventDestroy: boolean;
}

/**
 * One `terraform_data` per name, so that a name cannot leave the configuration unnoticed. `prevent_destroy` of a resource is gone
 * with its block. This block stays, so Terraform enforces it for each name that leaves `for_each`.
 */
export class KeptNames extends TerraformResource {
  constructor(scope: Construct, id: string, { names, preventDestroy }: KeptNamesProps) {
    super(scope, id, { terraformResourceType: "terraform_data", lifecycle: { preventDestroy } });
    this.addOverride("for_each", Object.fromEntries([...names].sort().map((name) => [name, name])));
  }
}
