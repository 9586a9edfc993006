import fc from "fast-check";
import type { Capability, PolicyStatement } from "../../src/policy/statement";

/** Few names that begin alike, and characters that are wildcards only in some places. */
const NAMES = ["a", "b", "ab", "abc", "c", "+", "+", "+x", "a+", "*", "b*c", "é"];

const CAPABILITIES_OF_BOTH: readonly Capability[] = ["create", "read", "update", "patch", "delete", "list", "sudo"];

/** Patterns that a server accepts, and which often match the same paths. */
export const pathPatterns: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "", "", "", "/"),
    fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "", "/", "*", "*", "/*"),
  )
  .map(([start, names, end]) => start + names.join("/") + end)
  .filter((pattern) => !pattern.includes("+*"));

const capabilities: fc.Arbitrary<Capability[]> = fc.oneof(
  { weight: 6, arbitrary: fc.subarray([...CAPABILITIES_OF_BOTH, "scan" as const]) },
  { weight: 1, arbitrary: fc.constant<Capability[]>(["deny"]) },
  { weight: 1, arbitrary: fc.constant<Capability[]>(["read", "deny"]) },
);

/** Statements of one policy or of several. */
export function statementsOf(
  patterns: fc.Arbitrary<string>,
  { maxLength = 12 }: { readonly maxLength?: number } = {},
): fc.Arbitrary<PolicyStatement[]> {
  const statement = fc.record({ path: patterns, capabilities, reason: fc.constant("") });
  return fc.array(statement, { minLength: 1, maxLength });
}

/** Statements with {@link pathPatterns}. */
export const statements = statementsOf(pathPatterns);

/** Paths of requests: `+` and `*` in patterns become names, and some get more segments or a trailing slash. */
export function pathsNear(patterns: readonly string[]): fc.Arbitrary<string> {
  const names = fc.constantFrom("a", "b", "ab", "abc", "abcd", "c", "x", "+", "+x", "a+", "*", "b*c", "é");
  const like = fc
    .tuple(fc.constantFrom(...patterns), fc.array(names, { minLength: 6, maxLength: 6 }), fc.constantFrom("", "", "/"))
    .map(([pattern, others, end]) => {
      let next = 0;
      const other = (): string => others[next++ % others.length] ?? "";
      return pattern.replace(/\*$/, other).replace(/(?<=^|\/)\+(?=$|\/)/g, other) + end;
    });
  const free = fc
    .tuple(fc.array(names, { minLength: 1, maxLength: 5 }), fc.constantFrom("", "", "/"))
    .map(([segments, end]) => segments.join("/") + end);
  return fc.oneof({ weight: 3, arbitrary: like }, { weight: 1, arbitrary: free });
}
