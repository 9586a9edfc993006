import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";
import type { Identity } from "../../contract/identities";

const CHOICES: readonly Identity[] = ["apply", "plan"];

/**
 * The Terraform variable `identity`: as whom the config layer works in its instances. `TF_VAR_identity=plan` reads the configuration
 * and cannot change it, nor read a secret.
 */
export class ConfigIdentity extends TerraformVariable {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      type: "string",
      default: "apply",
      description: "Identity in the instances: apply, or plan, which changes nothing and reads no secret.",
      validation: [
        {
          condition: `\${contains(${JSON.stringify(CHOICES)}, var.${id})}`,
          errorMessage: `The identity is one of ${CHOICES.join(", ")}.`,
        },
      ],
    });
  }

  /** An expression: whether it may change the configuration, and so needs the secrets that the configuration contains. */
  get mayChange(): string {
    return `var.${this.friendlyUniqueId} == "apply"`;
  }
}
