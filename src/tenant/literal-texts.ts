import { Token } from "cdktf";
import { escapeExpressions, hasExpressions } from "../terraform/literal-text";
import { fieldName, type FieldProblem } from "./problems";

type Checked<Output> = { readonly output: Output } | { readonly problems: readonly FieldProblem[] };

/**
 * Checks a file's content, and has Terraform read its texts as they are. They are escaped here, before constructs use them in any way. What
 * cdktf would replace by an expression is refused.
 */
export function checkLiterally<Output>(value: unknown, check: (value: unknown) => Checked<Output>): Checked<Output> {
  const checked = check(value);
  if ("problems" in checked) return checked;
  const problems = tokensIn(value, []).map((path) => ({
    field: fieldName(path),
    path,
    reason: "is a token of CDK for Terraform, which files cannot contain; write the value itself",
  }));
  if (problems.length > 0) return { problems };
  return hasExpressions(value) ? check(escapeExpressions(value)) : checked;
}

function tokensIn(value: unknown, path: readonly PropertyKey[]): (readonly PropertyKey[])[] {
  // A text may stand for another text, or alone in its list for another list.
  if (Token.isUnresolved(value) || (typeof value === "string" && Token.isUnresolved([value]))) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]: [string, unknown]) => {
    const inner = [...path, Array.isArray(value) ? Number(key) : key];
    return Token.isUnresolved({ [key]: child }) || Token.isUnresolved(key) ? [inner] : tokensIn(child, inner);
  });
}
