import type { TerraformResource } from "cdktf";

/** The address of a resource as an expression of Terraform, for use inside another one. */
export function expressionOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
