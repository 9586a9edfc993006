import { accessDiff, type AccessChange } from "./access-diff";
import type { Acl } from "./acl";

/**
 * What a policy allows and its limits do not, or under weaker or other constraints. It is exact, on all paths.
 *
 * @returns The first such capability, with a shortest path; undefined if the policy is within the limits.
 * @throws ValidationError if the policies are too complex.
 */
export function excessOf(policy: Acl, limits: Acl): AccessChange | undefined {
  const { added, changed } = accessDiff(limits, policy);
  return added[0] ?? changed[0];
}
