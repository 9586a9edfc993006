import { TerraformElement, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { ForgottenResource } from "./forgotten-resource";

/**
 * Removes all resources below a scope. Terraform forgets kept resources and does not change them; it destroys all others.
 *
 * @param isKept Whether a resource of this type is kept.
 */
export function retire(scope: Construct, isKept: (type: string) => boolean): void {
  for (const element of scope.node.findAll()) {
    if (!TerraformElement.isTerraformElement(element) || element instanceof ForgottenResource) continue;
    const { scope: parent, id } = element.node;
    parent?.node.tryRemoveChild(id);
    if (parent !== undefined && TerraformResource.isTerraformResource(element) && isKept(element.terraformResourceType))
      new ForgottenResource(parent, id, element.terraformResourceType, "It is retired, and this is kept.");
  }
}
