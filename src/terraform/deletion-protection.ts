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

/** What a plan to destroy the stack shows. */
const SENTENCE = "Set deletionProtection to false, and deploy, before you destroy this stack.";

/**
 * Names the field `deletionProtection` if Terraform refuses to destroy a stack. Terraform lists the address of each resource that
 * it refuses to destroy, but not what protects it. This resource does nothing else. Its address is the field, and its input says
 * what to do: without a terminal, `cdktf destroy` may cut off Terraform's errors, but it shows the plan before them. Create one per
 * stack.
 */
export class DeletionProtection extends TerraformResource {
  constructor(scope: Construct, id: string, { deletionProtection = true }: DeletionProtectionProps) {
    super(scope, id, { terraformResourceType: "terraform_data", lifecycle: { preventDestroy: deletionProtection } });
    requireProviderRanges(this);
    this.overrideLogicalId("deletionProtection");
  }

  // The same with and without protection, so that only the refusal changes.
  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: SENTENCE };
  }
}
