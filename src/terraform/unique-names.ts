import { TerraformStack, type TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";

/** What has a name of its own in an instance, and the code of the error about two that share one. */
const CODES = { policy: "duplicate-policy", group: "group-name" } as const;

/** The construct that has a name, by kind, provider and name, in each stack. */
const NAMES = new WeakMap<TerraformStack, Map<string, string>>();

/**
 * Takes the name of a policy or group in an instance. Terraform would let one of two with the same name replace the other, and who has
 * one would have the rights of the other. Servers ignore the case of these names.
 *
 * @throws ValidationError if another construct of the stack has taken it.
 */
export function takeName(
  scope: Construct,
  kind: keyof typeof CODES,
  { name, provider }: { readonly name: string; readonly provider?: TerraformProvider | undefined },
): void {
  const stack = TerraformStack.of(scope);
  const names = NAMES.get(stack) ?? new Map<string, string>();
  NAMES.set(stack, names);
  const key = `${kind} ${provider?.fqn ?? ""} ${name.toLowerCase()}`;
  const other = names.get(key);
  if (other !== undefined)
    throw new ValidationError(
      CODES[kind],
      `The ${kind} "${name}" would be two, because ${other} has one of this name as well; give one of them another name.`,
      scope,
    );
  names.set(key, scope.node.path);
}
