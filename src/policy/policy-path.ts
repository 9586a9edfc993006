import { ValidationError } from "../core/errors";
import { hasBalancedTemplates } from "./templates";

/** Names of templates that servers fill in. The accessor of a mount may be an expression of Terraform. */
const TEMPLATE =
  /^identity\.(entity\.(aliases\.(\$\{[^}]*\}|[^.]+)\.)?|groups\.(ids|names)\.[^.]+\.)(id|name|(custom_)?metadata\.[^]+)$/;

/** What is wrong with the templates in a path: a server refuses the policy, or grants nothing there; undefined if nothing is. */
export function templateProblem(path: string): string | undefined {
  if (!hasBalancedTemplates(path)) return "has unbalanced templates; close each {{ by }}";
  const unknown = [...path.matchAll(/\{\{([^]*?)\}\}/g)].find(([, name = ""]) => !TEMPLATE.test(name.trim()));
  return unknown && `has ${unknown[0]}, which stands for nothing; write a template such as {{identity.entity.name}}`;
}

/**
 * Checks the path of a policy's statement.
 *
 * @throws ValidationError if Vault would match other paths than the reader expects: a `*` that is not the last character stands
 * for itself, and so do `.`, `..` and empty names. Or if it has a template that no server fills in.
 */
export function checkPolicyPath(path: string, scope?: ConstructorParameters<typeof ValidationError>[2]): string {
  const names = path.replace(/\/$/, "").split("/");
  const isPattern = names.every((name) => !["", ".", ".."].includes(name)) && !path.slice(0, -1).includes("*");
  const problem = isPattern
    ? templateProblem(path)
    : 'is not a valid path of a policy; write names separated by single slashes, with "+" for any one name or "*" at the end';
  if (problem === undefined) return path;
  throw new ValidationError("policy-path", `"${path}" ${problem}.`, scope);
}
