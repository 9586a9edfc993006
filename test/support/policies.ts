import { Acl } from "../../src/policy/acl";
import { parsePolicy } from "../../src/policy/policy-reader";
import type { PolicyStatement } from "../../src/policy/statement";

/** A policy that was parsed: simulations ask for the same ones thousands of times. */
interface ParsedPolicy {
  readonly statements: readonly PolicyStatement[];
  readonly acl: Acl;
  /** Answers that were given before, for the same reason. */
  readonly answers: Map<string, readonly string[]>;
}

const parsed = new Map<string, ParsedPolicy>();

function parse(policy: string): ParsedPolicy {
  const known = parsed.get(policy);
  if (known !== undefined) return known;
  const statements = parsePolicy(policy);
  const created = { statements, acl: new Acl(statements), answers: new Map<string, readonly string[]>() };
  parsed.set(policy, created);
  return created;
}

/** The statements of a policy as it is rendered. */
export function rulesOf(policy: string): readonly PolicyStatement[] {
  return parse(policy).statements;
}

/** What a policy allows on a path, as Vault decides it: the most specific path that matches counts alone. */
export function capabilitiesOn(policy: string, path: string): readonly string[] {
  const { acl, answers } = parse(policy);
  const known = answers.get(path) ?? acl.capabilities(path).filter((each) => each !== "deny");
  answers.set(path, known);
  return known;
}
