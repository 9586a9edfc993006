import { ValidationError } from "../core/errors";
import { decisive, type Acl, type AclRule, type MatchedRules } from "./acl";
import { witnessesOf } from "./segment-witness";

/** A rule per ACL, by the ACL's index; undefined for none. */
type PerAcl = readonly (AclRule | undefined)[];

/** A node of the tree of all patterns: what is known after some segments of a path. */
interface Node {
  readonly id: number;
  readonly literal: Map<string, Node>;
  any: Node | undefined;
  /** Rules that end with `*`, by the beginning of the next segment. */
  readonly open: Map<string, (AclRule | undefined)[]>;
  readonly exact: (AclRule | undefined)[];
  readonly ended: (AclRule | undefined)[];
  /** Whether a rule at this node or below is of interest. */
  isOfInterest: boolean;
}

/** A state of the deterministic automaton: which nodes a path has reached, and which rules with `*` it matches for good. */
interface State {
  readonly nodes: readonly Node[];
  readonly open: PerAcl;
}

/** A class of paths on which the same rules decide, with its shortest path. */
export interface PathClass {
  readonly path: string;
  /** By the index of the ACL: what decides for most capabilities. */
  readonly own: PerAcl;
  /** By the index of the ACL: what decides for list, scan and sudo. */
  readonly ofLists: PerAcl;
}

/** States after which a search gives up, because patterns with many `+` can have exponentially many. */
const MOST_STATES = 200_000;

/** Options of {@link pathClasses}. */
interface SearchOptions {
  /**
   * Whether a rule per ACL can lead to a class of interest. Where none can, classes are left out.
   *
   * @default - always
   */
  readonly isOfInterest?: (rules: PerAcl) => boolean;
  /** States after which the search gives up. @default 200,000 */
  readonly mostStates?: number;
}

/**
 * The classes of paths on which different rules of the ACLs decide, shortest path first. A path has no empty segment, and may end with a
 * slash.
 *
 * It is the product of the ACLs' automata, whose letters are classes of segments, made while it is searched. It has no cycles
 * but those of paths that are longer than every pattern.
 *
 * @throws ValidationError if there are too many classes.
 */
export function* pathClasses(
  acls: readonly Acl[],
  { isOfInterest = () => true, mostStates = MOST_STATES }: SearchOptions = {},
): Generator<PathClass> {
  const root = treeOf(acls);
  mark(root, isOfInterest);
  const ids = new Map(acls.flatMap(({ rules }) => rules).map((rule, id) => [rule, id] as const));
  const products = acls.map(({ product }) => product);
  const queue = new LengthQueue();
  const seen = new Set<string>();
  const start: State = { nodes: [root], open: acls.map(() => undefined) };
  queue.add({ path: "", state: start, key: keyOf(start, ids) });
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    const { path, state, shortened, key } = next;
    if (seen.has(key)) continue;
    if (seen.add(key).size > mostStates) throw tooMany(mostStates);
    if (path !== "") yield classOf(path, state, shortened, products);
    // Below the last node, further segments change nothing.
    if (shortened !== undefined || state.nodes.length === 0 || !mayMatter(state, isOfInterest)) continue;
    const prefix = path === "" ? "" : `${path}/`;
    for (const segment of segmentsOf(state)) {
      const after = read(state, segment);
      const afterKey = keyOf(after, ids);
      if (!seen.has(afterKey)) queue.add({ path: prefix + segment, state: after, key: afterKey });
    }
    if (path !== "") queue.add({ path: prefix, state: read(state, ""), shortened: state, key: `${key}/` });
  }
}

function tooMany(mostStates: number): ValidationError {
  return new ValidationError(
    "policy-complexity",
    `The policies distinguish more than ${mostStates} classes of paths; compare fewer policies at once, or use fewer "+" in their paths.`,
  );
}

function classOf(
  path: string,
  state: State,
  shortened: State | undefined,
  products: readonly Acl["product"][],
): PathClass {
  const decide = (lists: boolean): PerAcl =>
    products.map((product, acl) =>
      decisive(matched(state, acl), lists && shortened !== undefined ? matched(shortened, acl) : undefined, product),
    );
  const own = decide(false);
  return { path, own, ofLists: shortened === undefined ? own : decide(true) };
}

function matched({ nodes, open }: State, acl: number): MatchedRules {
  let exact: AclRule | undefined;
  let other = open[acl];
  for (const node of nodes) {
    exact ??= node.exact[acl];
    other = first(other, node.ended[acl]);
  }
  return { exact, other };
}

function first(one: AclRule | undefined, other: AclRule | undefined): AclRule | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.pattern.precedes(other.pattern) ? one : other;
}

/** The state after one more segment. */
function read(state: State, segment: string): State {
  const nodes: Node[] = [];
  let open = state.open;
  for (const node of state.nodes) {
    const literal = node.literal.get(segment);
    if (literal !== undefined) nodes.push(literal);
    if (node.any !== undefined) nodes.push(node.any);
    for (const [beginning, rules] of node.open)
      if (segment.startsWith(beginning)) open = open.map((rule, acl) => first(rule, rules[acl]));
  }
  return { nodes, open };
}

/** A shortest segment per class of segments that lead to different states. */
function segmentsOf({ nodes }: State): string[] {
  const literals = new Set(nodes.flatMap((node) => [...node.literal.keys()]));
  const beginnings = new Set(["", ...nodes.flatMap((node) => [...node.open.keys()])]);
  return witnessesOf(literals, beginnings);
}

function keyOf({ nodes, open }: State, ids: ReadonlyMap<AclRule | undefined, number>): string {
  return `${nodes.map(({ id }) => id).join()} ${open.map((rule) => ids.get(rule)).join()}`;
}

function mayMatter({ nodes, open }: State, isOfInterest: (rules: PerAcl) => boolean): boolean {
  return nodes.some((node) => node.isOfInterest) || isOfInterest(open);
}

function treeOf(acls: readonly Acl[]): Node {
  let count = 0;
  const none = (): undefined[] => acls.map(() => undefined);
  const create = (): Node => ({
    ...{ id: count++, literal: new Map(), any: undefined, open: new Map() },
    ...{ exact: none(), ended: none(), isOfInterest: false },
  });
  const child = (node: Node, segment: string, isWildcard: boolean): Node => {
    if (isWildcard) return (node.any ??= create());
    const known = node.literal.get(segment) ?? create();
    node.literal.set(segment, known);
    return known;
  };
  const root = create();
  for (const [acl, { rules }] of acls.entries())
    for (const rule of rules) {
      const { segments, isOpen, kind } = rule.pattern;
      const inner = isOpen ? segments.slice(0, -1) : segments;
      const node = inner.reduce((at, segment) => child(at, segment, kind === "segments" && segment === "+"), root);
      if (isOpen) {
        const beginning = segments.at(-1) ?? "";
        const known = node.open.get(beginning) ?? none();
        node.open.set(beginning, known);
        known[acl] = first(known[acl], rule);
      } else (kind === "exact" ? node.exact : node.ended)[acl] = rule;
    }
  return root;
}

/** A rule of interest makes the nodes above it of interest, and so does one that its place shares with another pattern. */
function mark(node: Node, isOfInterest: (rules: PerAcl) => boolean): boolean {
  const below = [...node.literal.values(), ...(node.any === undefined ? [] : [node.any])];
  const marked = below.filter((each) => mark(each, isOfInterest)).length > 0;
  node.isOfInterest = marked || [node.exact, node.ended, ...node.open.values()].some((rules) => isOfInterest(rules));
  return node.isOfInterest;
}

/** A path that was read, the state after it, and, after a trailing slash, the state before that slash. */
interface Reading {
  readonly path: string;
  readonly state: State;
  readonly shortened?: State;
  /** Equal for paths that the same rules match, however they go on. */
  readonly key: string;
}

/** Returns the shortest path first, and of equally long ones the lesser. */
class LengthQueue {
  private readonly byLength: Reading[][] = [];
  private length = 0;

  /** The path must be longer than the one that was taken last. */
  add(reading: Reading): void {
    (this.byLength[reading.path.length] ??= []).push(reading);
  }

  take(): Reading | undefined {
    for (; this.length < this.byLength.length; this.length++) {
      const found = this.byLength[this.length]?.pop();
      if (found !== undefined) return found;
      this.byLength[this.length] = [];
      // The lesser path is at the end, where it is taken.
      this.byLength[this.length + 1]?.sort((a, b) => (a.path < b.path ? 1 : -1));
    }
    return undefined;
  }
}
