/** Characters of witnesses, in the order of preference: those that a URL does not escape. */
const CHARACTERS = Array.from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~");

/** Segments that a client resolves instead of sending them. */
const RESOLVED = new Set(["", ".", ".."]);

/**
 * One shortest segment for each class of segments. Each literal is a class. For each beginning, so are the other segments that have
 * it and none of the longer ones.
 */
export function witnessesOf(literals: ReadonlySet<string>, beginnings: ReadonlySet<string>): string[] {
  const others = [...beginnings].map((beginning) => shortest(beginning, literals, beginnings));
  return [...literals].filter((literal) => !RESOLVED.has(literal)).concat(others);
}

function shortest(beginning: string, literals: ReadonlySet<string>, beginnings: ReadonlySet<string>): string {
  const isFree = (segment: string): boolean => !literals.has(segment) && !RESOLVED.has(segment);
  if (isFree(beginning)) return beginning;
  for (let level = [beginning]; level.length > 0;) {
    const longer: string[] = [];
    for (const taken of level)
      for (const character of CHARACTERS) {
        const segment = taken + character;
        if (beginnings.has(segment)) continue;
        if (isFree(segment)) return segment;
        longer.push(segment);
      }
    level = longer;
  }
  return beginning + unusedCharacter(beginning, literals, beginnings);
}

/** A character outside ASCII, for policies in which every other one has a meaning. */
function unusedCharacter(beginning: string, ...used: readonly ReadonlySet<string>[]): string {
  for (let codePoint = 0xa1; ; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    if (used.every((each) => !each.has(beginning + character))) return character;
  }
}
