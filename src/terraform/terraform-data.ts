import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";

/** A command of this machine that Terraform runs after it has made the resource. */
export interface LocalCommand {
  readonly command: string;
  /** Added to the environment that Terraform itself runs in. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a {@link CommandResource} runs, and when it runs again. */
export interface CommandResourceProps {
  readonly run: LocalCommand;
  /** The command runs again whenever this changes; it can read it as `self.triggers_replace`. */
  readonly triggers: Readonly<Record<string, unknown>>;
}

/**
 * `terraform_data` with a `local-exec` provisioner. cdktf's own class for it starts `terraform version` at every synthesis,
 * which would make synthesis depend on the machine.
 */
export class CommandResource extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CommandResourceProps,
  ) {
    const { command, environment } = props.run;
    super(scope, id, {
      terraformResourceType: "terraform_data",
      provisioners: [{ type: "local-exec", command, environment: { ...environment } }],
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { triggers_replace: this.props.triggers };
  }
}
