import type { Product } from "../core/product";
import { constraintsOf, mergeConstraints, type Constraints } from "./constraints";
import { PathPattern } from "./path-pattern";
import { CAPABILITIES, type Capability, type PolicyStatement } from "./statement";
import { resolveTemplates, type TemplateIdentity } from "./templates";

/** What all statements of one path pattern give together. */
export interface AclRule {
  readonly pattern: PathPattern;
  /** Bits of {@link capabilityBit}. `deny` stands alone. */
  readonly capabilities: number;
  readonly constraints: Constraints;
  readonly statements: readonly PolicyStatement[];
}

/** The rules that match a path: the exact one, and the first of the others. */
export interface MatchedRules {
  readonly exact?: AclRule | undefined;
  readonly other?: AclRule | undefined;
}

/** Options of an {@link Acl}. */
export interface AclOptions {
  /** @default openbao */
  readonly product?: Product;
  /**
   * The client, whose values replace the templates.
   *
   * @default - a client whose values occur nowhere else: templates stand for themselves
   */
  readonly identity?: TemplateIdentity;
  /** Time at which statements with an expiration are judged. @default - before all of them */
  readonly at?: Date;
}

/** The bit of a capability. */
export function capabilityBit(capability: Capability): number {
  return 1 << CAPABILITIES.indexOf(capability);
}

/** Capabilities of operations for which a server also looks up the path without its trailing slash. */
const OF_LISTS = capabilityBit("list") | capabilityBit("scan") | capabilityBit("sudo");

const DENY = capabilityBit("deny");

/**
 * What a set of policies allows, exactly as OpenBao 2.7.2 evaluates it: statements of the same path are merged, and of all paths
 * that match, the most specific one decides alone.
 */
export class Acl {
  /** Most specific first. */
  readonly rules: readonly AclRule[];
  readonly product: Product;
  private readonly exact = new Map<string, AclRule>();
  private readonly others: readonly AclRule[];

  constructor(statements: readonly PolicyStatement[], { product = "openbao", identity, at }: AclOptions = {}) {
    const resolved = identity === undefined ? statements : resolveTemplates(statements, identity, product);
    const rules = mergeRules(at === undefined ? resolved : resolved.filter((each) => !isExpired(each, at)));
    this.product = product;
    this.rules = rules.sort((a, b) => (a.pattern.precedes(b.pattern) ? -1 : 1));
    this.others = this.rules.filter(({ pattern }) => pattern.kind !== "exact");
    for (const rule of this.rules) if (rule.pattern.kind === "exact") this.exact.set(rule.pattern.text, rule);
  }

  /** The rule that decides whether a request with the capability may use the path; undefined if none matches. */
  ruleFor(path: string, capability: Capability): AclRule | undefined {
    return this.decisive(path, (capabilityBit(capability) & OF_LISTS) !== 0);
  }

  /** Whether a request with the capability may use the path. */
  allows(path: string, capability: Capability): boolean {
    return (
      capability !== "deny" && ((this.ruleFor(path, capability)?.capabilities ?? 0) & capabilityBit(capability)) !== 0
    );
  }

  /**
   * What `sys/capabilities` answers. On a path with a trailing slash it counts what a list may do, so that it reports more than
   * {@link allows} for other capabilities.
   */
  capabilities(path: string): Capability[] {
    const found = capabilitiesOf(this.decisive(path, true)?.capabilities ?? 0);
    return found.length === 0 ? ["deny"] : found;
  }

  private decisive(path: string, lists: boolean): AclRule | undefined {
    const name = path.replace(/^\/+/, "");
    const shortened = name.endsWith("/") ? this.matching(name.slice(0, -1)) : undefined;
    return decisive(this.matching(name), lists ? shortened : undefined, this.product);
  }

  private matching(path: string): MatchedRules {
    return { exact: this.exact.get(path), other: this.others.find(({ pattern }) => pattern.matches(path)) };
  }
}

/** The rule that decides, from those of a path and, for lists, those of the path without its trailing slash. */
export function decisive(
  { exact, other }: MatchedRules,
  shortened: MatchedRules | undefined,
  product: Product,
): AclRule | undefined {
  const exactly = exact ?? shortened?.exact;
  if (exactly !== undefined) return exactly;
  return product === "vault" ? (shortened?.other ?? other) : (other ?? shortened?.other);
}

/** What a request may do, as bits: lists by their own rule, everything else by the rule of the path itself. */
export function effectiveBits(own: AclRule | undefined, ofLists: AclRule | undefined): number {
  return (((own?.capabilities ?? 0) & ~OF_LISTS) | ((ofLists?.capabilities ?? 0) & OF_LISTS)) & ~DENY;
}

/** Whether a capability is decided by the rule of lists. */
export function isOfLists(capability: Capability): boolean {
  return (capabilityBit(capability) & OF_LISTS) !== 0;
}

/** Capabilities by their bits. */
export function capabilitiesOf(bits: number): Capability[] {
  return CAPABILITIES.filter((_, index) => (bits & (1 << index)) !== 0);
}

function mergeRules(statements: readonly PolicyStatement[]): AclRule[] {
  const merged = new Map<string, AclRule>();
  for (const statement of statements) {
    const rule = ruleOf(statement);
    const known = merged.get(rule.pattern.text);
    merged.set(rule.pattern.text, known === undefined ? rule : mergeTwo(known, rule));
  }
  return [...merged.values()];
}

function ruleOf(statement: PolicyStatement): AclRule {
  const bits = statement.capabilities.reduce((sum, capability) => sum | capabilityBit(capability), 0);
  const isDenied = (bits & DENY) !== 0;
  return {
    pattern: new PathPattern(statement.path),
    capabilities: isDenied ? DENY : bits,
    constraints: isDenied ? {} : constraintsOf(statement),
    statements: [statement],
  };
}

/** `deny` dominates. */
function mergeTwo(one: AclRule, other: AclRule): AclRule {
  const bits = one.capabilities | other.capabilities;
  const isDenied = (bits & DENY) !== 0;
  return {
    pattern: one.pattern,
    capabilities: isDenied ? DENY : bits,
    constraints: isDenied ? {} : mergeConstraints(one.constraints, other.constraints),
    statements: [...one.statements, ...other.statements],
  };
}

/** Like servers, reads a text of digits as seconds since the epoch. */
function isExpired({ expiration }: PolicyStatement, at: Date): boolean {
  if (expiration === undefined) return false;
  return at.getTime() > (/^\d+$/.test(expiration) ? Number(expiration) * 1000 : Date.parse(expiration));
}
