/**
 * The path of a statement, as a server matches it: `+` stands for one segment, and a trailing `*` for any rest. A `*` elsewhere
 * and a `+` beside other characters stand for themselves.
 */
export class PathPattern {
  /** The pattern without the slash that it may begin with. */
  readonly text: string;
  /**
   * How a server keeps it. An `exact` one precedes every other. A pattern with `/+` is `segments`, even if the `+` stands for itself.
   */
  readonly kind: "exact" | "prefix" | "segments";
  /** Segments. Of a pattern that ends with `*`, the last one is the beginning of a segment. */
  readonly segments: readonly string[];
  /** Whether it ends with `*`. */
  readonly isOpen: boolean;
  private readonly unstarred: string;
  private readonly rank: readonly number[];

  constructor(path: string) {
    this.text = path.replace(/^\//, "");
    const { text } = this;
    this.isOpen = text.endsWith("*");
    const hasSegments = text === "+" || text.includes("/+") || text.startsWith("+/");
    this.kind = hasSegments ? "segments" : this.isOpen ? "prefix" : "exact";
    this.unstarred = this.isOpen ? text.slice(0, -1) : text;
    this.segments = this.unstarred.split("/");
    this.rank = this.ranked();
  }

  /** Whether the path matches. */
  matches(path: string): boolean {
    if (this.kind === "exact") return path === this.text;
    if (this.kind === "prefix") return path.startsWith(this.unstarred);
    const given = path.split("/");
    const last = this.segments.length - 1;
    if (this.isOpen ? given.length <= last : given.length !== last + 1) return false;
    return this.segments.every((segment, index) =>
      segment === "+" || segment === given[index]
        ? true
        : this.isOpen && index === last && (given[index] ?? "").startsWith(segment),
    );
  }

  /**
   * Whether this pattern decides on a path that both match. It is the order of servers: the later wildcard, then no trailing
   * `*`, fewer `+`, the longer text, and the greater text.
   */
  precedes(other: PathPattern): boolean {
    for (const [index, value] of this.rank.entries()) {
      const others = other.rank[index] ?? 0;
      if (value !== others) return value > others;
    }
    return Buffer.compare(Buffer.from(this.unstarred), Buffer.from(other.unstarred)) > 0;
  }

  /**
   * Whether a path may match both, or match one and without its trailing slash the other. It is false only if there is no such path.
   */
  mayMeet(other: PathPattern): boolean {
    const [short, long] = this.segments.length <= other.segments.length ? [this, other] : [other, this];
    const [further, ...others] = long.segments.slice(short.segments.length);
    const mayEnd = further === undefined || further === "" || long.isWildcard(further);
    if (!short.isOpen && (!mayEnd || others.length > 0)) return false;
    return short.segments.every((segment, index) => {
      const counterpart = long.segments[index] ?? "";
      if (short.isWildcard(segment) || long.isWildcard(counterpart) || segment === counterpart) return true;
      if (short.isOpen && index === short.segments.length - 1 && counterpart.startsWith(segment)) return true;
      return long.isOpen && index === long.segments.length - 1 && segment.startsWith(counterpart);
    });
  }

  private isWildcard(segment: string): boolean {
    return segment === "+" && this.kind === "segments";
  }

  /** Lengths are those of UTF-8, as in a server. */
  private ranked(): number[] {
    const { kind, segments, unstarred, isOpen } = this;
    if (kind === "exact") return [Infinity];
    const length = Buffer.byteLength(unstarred);
    if (kind === "prefix") return [length, 0, 0, length];
    const beforePlus = Buffer.byteLength(unstarred.slice(0, unstarred.indexOf("+")));
    return [beforePlus, isOpen ? 0 : 1, -segments.filter((segment) => segment === "+").length, length];
  }
}
