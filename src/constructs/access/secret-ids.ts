import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import type { Duty } from "../../policy/people-policies";
import type { PolicyStatement } from "../../policy/policy-document";
import { SHORTEST_WRAPPING } from "../../policy/wrapping";

/**
 * What allows to create, find and destroy secret IDs of a role. They are handed over wrapped.
 *
 * @param path Path of the role, in its login.
 */
export function secretIdStatements(path: string, role: string): PolicyStatement[] {
  const use = { kind: "secret-ids", role } as const;
  const destroy = ["lookup", "destroy"].map((endpoint): PolicyStatement => ({
    path: `${path}/secret-id-accessor/${endpoint}`,
    capabilities: ["create", "update"],
    reason: `destroy former secret IDs of the role ${role}`,
    use,
  }));
  return [
    {
      path: `${path}/secret-id`,
      capabilities: ["create", "update"],
      reason: `create secret IDs of the role ${role}, wrapped`,
      minWrappingTtl: SHORTEST_WRAPPING,
      use,
    },
    // A list needs no wrapping, and it is decided by this path first.
    { path: `${path}/secret-id/`, capabilities: ["list"], reason: `find secret IDs of the role ${role}`, use },
    ...destroy,
  ];
}

/** @throws ValidationError if who creates a secret ID of the role could administer the instance with it. */
export function checkRotated(
  { name, duty }: { readonly name: string; readonly duty?: Duty | undefined },
  scope?: Construct,
): void {
  if (duty === undefined) return;
  throw new ValidationError(
    "role-login",
    `Anyone who creates a secret ID of the role ${name} could log in with its duty "${duty}"; let no role create them.`,
    scope,
  );
}
