import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";

/** Properties of a {@link RecordedValue}. */
export interface RecordedValueProps {
  /** What is recorded, by name: strings of Terraform. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether Terraform refuses to forget it. */
  readonly preventDestroy: boolean;
}

/** `terraform_data` that keeps in the state what its values were when it was created. */
export class RecordedValue extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RecordedValueProps,
  ) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      lifecycle: { preventDestroy: props.preventDestroy, ignoreChanges: ["input"] },
    });
  }

  /** The recorded value as an expression of Terraform, for use inside another one. Terraform knows it when it plans. */
  expressionOf(name: string): string {
    return `${expressionOf(this)}.input.${name}`;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.props.values };
  }
}

/** The address of a resource as an expression of Terraform, for use inside another one. */
export function expressionOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}
