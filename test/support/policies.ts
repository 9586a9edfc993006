/** One statement of a rendered policy. */
interface Rule {
  readonly path: string;
  readonly capabilities: readonly string[];
}

/** Policies that were parsed: simulations ask for the same ones thousands of times. */
const parsed = new Map<string, readonly Rule[]>();

/** The statements of a policy as it is rendered. */
export function rulesOf(policy: string): readonly Rule[] {
  const known = parsed.get(policy) ?? parse(policy);
  parsed.set(policy, known);
  return known;
}

function parse(policy: string): Rule[] {
  return [...policy.matchAll(/^path ("[^"]+") \{\n {2}capabilities = (\[[^\]]*\])\n(?: {2,4}\S.*\n)*\}/gm)].map(
    ([, path = "", capabilities = ""]) => ({
      path: JSON.parse(path) as string,
      capabilities: JSON.parse(capabilities) as string[],
    }),
  );
}

/** Answers that were given before, for the same reason. */
const answered = new Map<string, Map<string, readonly string[]>>();

/** What a policy allows on a path, as Vault decides it: the most specific path that matches counts alone. */
export function capabilitiesOn(policy: string, path: string): readonly string[] {
  const ofPolicy = answered.get(policy) ?? new Map<string, readonly string[]>();
  const known = ofPolicy.get(path) ?? mostSpecific(policy, path)?.capabilities ?? [];
  answered.set(policy, ofPolicy.set(path, known));
  return known;
}

function mostSpecific(policy: string, path: string): Rule | undefined {
  return rulesOf(policy)
    .filter((rule) => matches(rule.path, path))
    .sort((one, other) => (isMoreSpecific(one.path, other.path) ? -1 : 1))[0];
}

function matches(pattern: string, path: string): boolean {
  const open = pattern.endsWith("*");
  const wanted = (open ? pattern.slice(0, -1) : pattern).split("/");
  const given = path.split("/");
  if (!open && wanted.length !== given.length) return false;
  return wanted.every((segment, index) => {
    if (segment === "+") return given[index] !== undefined && given[index] !== "";
    return open && index === wanted.length - 1
      ? given.slice(index).join("/").startsWith(segment)
      : given[index] === segment;
  });
}

/** https://developer.hashicorp.com/vault/docs/concepts/policies#priority-matching */
function isMoreSpecific(one: string, other: string): boolean {
  const wildcard = (path: string): number => (/[+*]/.test(path) ? path.search(/[+*]/) : Infinity);
  if (wildcard(one) !== wildcard(other)) return wildcard(one) > wildcard(other);
  if (one.endsWith("*") !== other.endsWith("*")) return !one.endsWith("*");
  const pluses = (path: string): number => path.split("+").length;
  if (pluses(one) !== pluses(other)) return pluses(one) < pluses(other);
  return one.length > other.length;
}
