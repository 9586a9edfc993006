import { accessDiff, isSameAccess, type AccessChange } from "./access-diff";
import { Acl, type AclOptions } from "./acl";
import { PathPattern } from "./path-pattern";
import type { PolicyStatement } from "./statement";

/** What the deletion of one statement would do. */
export interface StatementEffect {
  readonly statement: PolicyStatement;
  /** Whether nothing would change: more specific or equal statements decide, or broader ones allow the same. */
  readonly isDead: boolean;
  /** What would be allowed in addition, because a broader statement takes over. */
  readonly widens: readonly AccessChange[];
}

/**
 * Finds the statements that a set of policies does not need, and those whose deletion would allow more. A dead `deny` protects
 * nothing.
 *
 * @throws ValidationError if the policies are too complex.
 */
export function statementEffects(
  statements: readonly PolicyStatement[],
  options: Omit<AclOptions, "identity"> = {},
): StatementEffect[] {
  const { rules } = new Acl(statements, options);
  return statements.map((statement) => {
    const pattern = new PathPattern(statement.path);
    const near = rules.filter((rule) => rule.pattern.mayMeet(pattern)).flatMap((rule) => rule.statements);
    const others = near.filter((each) => each !== statement);
    const diff = accessDiff(new Acl(near, options), new Acl(others, options));
    return { statement, isDead: isSameAccess(diff), widens: diff.added };
  });
}
