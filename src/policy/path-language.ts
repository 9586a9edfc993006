import { Acl, capabilityBit, effectiveBits } from "./acl";
import { pathClasses } from "./path-automaton";
import { CAPABILITIES, type Capability } from "./statement";

/** Per ACL, what a request may do on a path, as bits. */
type Bits = readonly number[];

const READ = capabilityBit("read");

/**
 * A set of paths, such as those on which a set of policies gives a capability. Set operations are exact. A path has no empty segment, and
 * may end with a slash.
 */
export class PathLanguage {
  /** The paths on which the ACL gives the capability. */
  static allowedBy(acl: Acl, capability: Capability): PathLanguage {
    const bit = capabilityBit(capability);
    return new PathLanguage([acl], ([bits = 0]) => (bits & bit) !== 0);
  }

  /** The paths that match the pattern, with `+` for one segment and a trailing `*` for any rest. */
  static matching(pattern: string): PathLanguage {
    const acl = new Acl([{ path: pattern, capabilities: ["read"], reason: "" }]);
    return new PathLanguage([acl], ([bits = 0]) => (bits & READ) !== 0);
  }

  private constructor(
    private readonly acls: readonly Acl[],
    private readonly accepts: (bits: Bits) => boolean,
  ) {}

  /** The paths of both. */
  intersect(other: PathLanguage): PathLanguage {
    return this.combine(other, (mine, others) => mine && others);
  }

  /** The paths of this one that are not in the other. */
  minus(other: PathLanguage): PathLanguage {
    return this.combine(other, (mine, others) => mine && !others);
  }

  /** The paths of either. */
  union(other: PathLanguage): PathLanguage {
    return this.combine(other, (mine, others) => mine || others);
  }

  contains(path: string): boolean {
    return this.accepts(
      this.acls.map((acl) =>
        CAPABILITIES.filter((each) => acl.allows(path, each)).reduce((sum, each) => sum | capabilityBit(each), 0),
      ),
    );
  }

  /** A shortest path of the set; undefined if the set is empty. @throws ValidationError if its policies are too complex. */
  witness(): string | undefined {
    for (const { path, own, ofLists } of pathClasses(this.acls))
      if (this.accepts(own.map((rule, acl) => effectiveBits(rule, ofLists[acl])))) return path;
    return undefined;
  }

  /** Whether the set has no path. */
  isEmpty(): boolean {
    return this.witness() === undefined;
  }

  private combine(other: PathLanguage, decide: (mine: boolean, others: boolean) => boolean): PathLanguage {
    const mine = this.acls.length;
    return new PathLanguage([...this.acls, ...other.acls], (bits) =>
      decide(this.accepts(bits.slice(0, mine)), other.accepts(bits.slice(mine))),
    );
  }
}
