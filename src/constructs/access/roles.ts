import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";

/** @throws ValidationError if two roles of an engine have the same name, because only one would be created. */
export function checkUniqueRoles(roles: readonly { readonly name: string }[], scope: Construct): void {
  const names = roles.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new ValidationError("duplicate-role", `Two roles are named "${twice}"; give each its own name.`, scope);
  }
}

/** Creates the error of a grant for a missing role. */
export function unknownRole(kind: string, name: string, known: Iterable<string>, scope: Construct): ValidationError {
  return new ValidationError(
    "unknown-role",
    `There is no ${kind} role "${name}"; there are: ${[...known].join(", ")}.`,
    scope,
  );
}
