import type { Construct } from "constructs";
import { firstDuplicate } from "../../core/duplicates";
import type { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";

/** @throws ValidationError if two roles of an engine have the same name, because only one would be created. */
export function checkUniqueRoles(roles: readonly { readonly name: string }[], scope: Construct): void {
  const twice = firstDuplicate(roles.map(({ name }) => name));
  if (twice !== undefined) {
    throw new ValidationError("duplicate-role", `Two roles are named "${twice}"; give each its own name.`, scope);
  }
}

/** Names of roles that the engines of Vault accept. Such a name is also one segment of a path. */
const ROLE_NAME = /^\w([\w.-]*\w)?$/;

/** @throws ValidationError if an engine would refuse a role's name. */
export function checkRoleName(kind: string, name: string, scope?: Construct): void {
  if (ROLE_NAME.test(name)) return;
  throw new ValidationError(
    "role-name",
    `${JSON.stringify(name)} is not a valid name of ${/^(SSH|A)/.test(kind) ? "an" : "a"} ${kind} role; use letters, digits, _, - and ., with a letter, a digit or _ at both ends.`,
    scope,
  );
}

/** Lifetimes of what a role issues. */
interface RoleTtls {
  readonly name: string;
  readonly defaultTtl: Duration;
  readonly maxTtl: Duration;
}

/** The message about a role that issues, by default, what lives longer than it may. */
export function longerThanMaxTtl(kind: string, { name, defaultTtl, maxTtl }: RoleTtls): string {
  return `The ${kind} role ${name} has a defaultTtl of ${defaultTtl.toString()}, longer than its maxTtl of ${maxTtl.toString()}; shorten it.`;
}

/** Creates the error of a grant for a missing role. */
export function unknownRole(kind: string, name: string, known: Iterable<string>, scope?: Construct): ValidationError {
  return new ValidationError(
    "unknown-role",
    `There is no ${kind} role "${name}"; there are: ${[...known].join(", ") || "none"}.`,
    scope,
  );
}
