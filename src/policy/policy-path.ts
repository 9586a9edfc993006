import { ValidationError } from "../core/errors";

/**
 * Checks the path of a policy's statement.
 *
 * @throws ValidationError if Vault would match other paths than the reader expects: a `*` that is not the last character stands
 * for itself, and so do `.`, `..` and empty names.
 */
export function checkPolicyPath(path: string, scope?: ConstructorParameters<typeof ValidationError>[2]): string {
  const names = path.replace(/\/$/, "").split("/");
  if (names.every((name) => !["", ".", ".."].includes(name)) && !path.slice(0, -1).includes("*")) return path;
  throw new ValidationError(
    "policy-path",
    `"${path}" is not a valid path of a policy; write names separated by single slashes, with "+" for any one name or "*" at the end.`,
    scope,
  );
}
