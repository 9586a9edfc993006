import { TerraformResource, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";

/** A command that Terraform runs on this machine after it has created the resource. */
export interface LocalCommand {
  readonly command: string;
  /** Additions to the environment of Terraform itself. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Properties of a {@link CommandResource}. */
export interface CommandResourceProps {
  readonly run: LocalCommand;
  /** Values whose change runs the command again. The command can read them as `self.triggers_replace`. */
  readonly triggers: Readonly<Record<string, unknown>>;
  /** What must exist before. @default - what the values refer to */
  readonly dependsOn?: ITerraformDependable[];
  /** Addresses whose change runs the command again. @default - none */
  readonly follows?: readonly string[];
}

/**
 * `terraform_data` with a `local-exec` provisioner. cdktf's own class runs `terraform version` at every synthesis, so synthesis
 * would depend on the machine.
 */
export class CommandResource extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CommandResourceProps,
  ) {
    const { follows } = props;
    const { command, environment } = props.run;
    super(scope, id, {
      terraformResourceType: "terraform_data",
      ...(props.dependsOn === undefined ? {} : { dependsOn: props.dependsOn }),
      ...(follows === undefined ? {} : { lifecycle: { replaceTriggeredBy: [...follows] } }),
      provisioners: [{ type: "local-exec", command, environment: { ...environment } }],
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { triggers_replace: this.props.triggers };
  }
}
