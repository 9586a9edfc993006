import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import type { FieldProblem } from "./problems";

/** A YAML file that was read: its value, and where each field is. */
export interface YamlFile {
  readonly value: unknown;
  /** Adds the position of a field to a problem. For a missing field, it is the position of the object that lacks it. */
  readonly locate: (problem: FieldProblem) => FieldProblem;
}

/** Reads YAML 1.2. @returns The file, or everything that is wrong with its syntax. */
export function readYaml(text: string): YamlFile | { readonly problems: readonly FieldProblem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const mistakes = [...syntaxMistakes(document), ...unresolvedAliases(document)];
  if (mistakes.length === 0) {
    const value = valueOf(document);
    if (value !== undefined) {
      return {
        value: value.content,
        locate: (problem) => ({ ...problem, position: positionOf(offsetOf(problem.path, document), lines) }),
      };
    }
    mistakes.push(TOO_MANY_ALIASES);
  }
  return {
    problems: mistakes.map(({ offset, reason }) => ({
      field: "",
      path: [],
      reason: `is not valid YAML: ${reason}`,
      position: positionOf(offset, lines),
    })),
  };
}

/** A mistake, and where it begins. */
interface Mistake {
  readonly offset: number;
  readonly reason: string;
}

/** Aliases within aliases multiply; a tenant file needs few. */
const MOST_ALIASES = 1000;

const TOO_MANY_ALIASES = { offset: 0, reason: "the aliases multiply its content; write the values instead" };

/** The content of a document; undefined if its aliases multiply. */
function valueOf(document: Document): { readonly content: unknown } | undefined {
  try {
    return { content: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown };
  } catch {
    return undefined;
  }
}

function syntaxMistakes({ errors, warnings }: Document): Mistake[] {
  return [...errors, ...warnings].map(({ code, pos }) => ({ offset: pos[0], reason: SYNTAX[code] ?? OTHER }));
}

const OTHER = "the syntax is wrong here; check indentation, quotes, colons and commas";

/** Our own words for the errors that people make most often. */
const SYNTAX: Readonly<Partial<Record<string, string>>> = {
  BAD_DQ_ESCAPE: "the sequence after the backslash is unknown; use single quotes instead of double quotes",
  BAD_INDENT: "the indentation is wrong, or a bracket is not closed; align the entries and close every bracket",
  BAD_SCALAR_START: "a value cannot begin with this character; put the value in quotes",
  BLOCK_AS_IMPLICIT_KEY:
    'the line has a second ": "; put the value in quotes, or move the second field to a line of its own',
  DUPLICATE_KEY: "the field occurs twice; remove one of them",
  MISSING_CHAR: "a colon, comma, quote or bracket is missing; add it",
  MULTILINE_IMPLICIT_KEY: "the name of a field continues on another line; check the indentation and the colon",
  MULTIPLE_DOCS: "a second document begins; describe one tenant per file",
  NON_STRING_KEY: "the name of a field is not a text; put it in quotes",
  TAB_AS_INDENT: "a tab indents the line; use spaces",
  TAG_RESOLVE_FAILED: "the tag is unknown; remove the word that begins with an exclamation mark",
};

function unresolvedAliases(document: Document): Mistake[] {
  const found: Mistake[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const reason = `the alias "*${alias.source}" has no anchor before it; add "&${alias.source}" to the value that it repeats`;
      found.push({ offset: alias.range?.[0] ?? 0, reason });
    },
  });
  return found;
}

/** Where a field begins; the deepest part of its path that exists counts. */
function offsetOf(path: readonly PropertyKey[], document: Document): number {
  let node = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const part of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const child = childOf(parent, part);
    if (child === undefined) break;
    offset = child.offset;
    node = child.node;
  }
  return offset;
}

function childOf(
  parent: unknown,
  part: PropertyKey,
): { readonly offset: number; readonly node: Node | null } | undefined {
  if (isMap<Node, Node | null>(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
    return pair && { offset: pair.key.range?.[0] ?? 0, node: pair.value };
  }
  if (!isSeq<Node>(parent) || typeof part !== "number") return undefined;
  const item = parent.items[part];
  return item && { offset: item.range?.[0] ?? 0, node: item };
}

function positionOf(offset: number, lines: LineCounter): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
