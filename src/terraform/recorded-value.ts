import { TerraformResource, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { expressionOf } from "./resource-address";

/** Properties of a {@link RecordedValue}. */
export interface RecordedValueProps {
  /** What is recorded, by name: strings of Terraform. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether Terraform refuses to forget it. */
  readonly preventDestroy: boolean;
  /**
   * The sentence with which a plan fails if the values are no longer the recorded ones, without the full stop.
   *
   * @default - other values are ignored
   */
  readonly refusal?: string;
  /** What must exist before the values are recorded. @default - nothing */
  readonly dependsOn?: ITerraformDependable[];
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
      dependsOn: props.dependsOn,
      lifecycle: {
        preventDestroy: props.preventDestroy,
        ignoreChanges: ["input"],
        postcondition: props.refusal === undefined ? undefined : [refuseOthers(props.values, props.refusal)],
      },
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

function refuseOthers(values: Readonly<Record<string, string>>, refusal: string) {
  const same = Object.entries(values).map(([name, value]) => `self.input.${name} == ${JSON.stringify(value)}`);
  return { condition: `\${${same.join(" && ")}}`, errorMessage: `${refusal}.` };
}
