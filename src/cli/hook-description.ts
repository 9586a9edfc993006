import { parseTarget, type Target } from "../central/instances";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";

/** A description that Terraform passes to a hook of the config layer. */
export interface HookDescription<Description> {
  /** Environment variable with it. */
  readonly variable: string;
  /** What it describes, such as "the CA". */
  readonly what: string;
  readonly parse: (json: string) => Description;
}

/** Reads what Terraform passes about an instance. @throws OperationError if there is nothing, or it is about another instance. */
export function hookDescription<Description extends Target>(
  environment: NodeJS.ProcessEnv,
  target: string,
  { variable, what, parse }: HookDescription<Description>,
): Description {
  const { tenant, name } = parseTarget(target);
  const passed = setting(environment, variable);
  if (passed === undefined) {
    throw new OperationError(
      "not-described",
      `${variable} does not describe ${what} of ${target}; deploy the stack ${tenant}-config, which runs this.`,
    );
  }
  const described = parse(passed);
  if (described.tenant === tenant && described.name === name) return described;
  throw new OperationError(
    "description-mismatch",
    `${variable} describes ${described.tenant}/${described.name}, not ${target}; unset it, or name the instance that it describes.`,
  );
}
