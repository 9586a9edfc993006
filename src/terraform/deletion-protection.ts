import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { requireProviderRanges } from "./provider-ranges";

/** Properties of a {@link DeletionProtection}. */
export interface DeletionProtectionProps {
  /**
   * Whether Terraform refuses to destroy the stack.
   *
   * @default true
   * @changes in place: only Terraform's refusal to destroy changes
   */
  readonly deletionProtection?: boolean | undefined;
}

/**
 * Names the field `deletionProtection` if Terraform refuses to destroy a stack. Terraform lists the address of each resource that
 * it refuses to destroy, but not what protects it. This resource does nothing else, and its address is the field. Create one per
 * stack.
 */
export class DeletionProtection extends TerraformResource {
  constructor(scope: Construct, id: string, { deletionProtection = true }: DeletionProtectionProps) {
    super(scope, id, { terraformResourceType: "terraform_data", lifecycle: { preventDestroy: deletionProtection } });
    requireProviderRanges(this);
    this.overrideLogicalId("deletionProtection");
  }
}
