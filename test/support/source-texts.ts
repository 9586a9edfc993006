import ts from "typescript";

/** A comment or a string of a source. */
export interface SourceText {
  readonly kind: "comment" | "string";
  /** Line of its beginning, from 1. */
  readonly line: number;
  /** Text without comment marks. */
  readonly text: string;
}

/** Finds the comments of a source, and its strings with blanks between words. */
export function sourceTexts(source: string): SourceText[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const found: SourceText[] = [];
  const seen = new Set<number>();
  const add = (kind: SourceText["kind"], position: number, text: string): void => {
    found.push({ kind, line: file.getLineAndCharacterOfPosition(position).line + 1, text });
  };
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(source, node.end) ?? []),
    ];
    for (const { pos, end } of ranges) {
      if (seen.has(pos)) continue;
      seen.add(pos);
      add("comment", pos, withoutMarks(source.slice(pos, end)));
    }
    if (isText(node) && /\S\s+\S/.test(node.text)) add("string", node.getStart(file), node.text);
    // Unlike forEachChild, this includes tokens, such as a closing brace after a comment.
    for (const child of node.getChildren(file)) visit(child);
  };
  visit(file);
  return found;
}

function isText(node: ts.Node): node is ts.LiteralLikeNode {
  return ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

/** Removes comment marks. Every tag of a doc comment begins a paragraph. */
function withoutMarks(comment: string): string {
  return comment
    .replace(/^\/\*\*?|\*\/$/g, "")
    .replace(/^\s*(\/\/|\*(?!\*))/gm, "")
    .replace(/\s@(?=[a-z])/g, "\n\n@")
    .replace(/^@(param \w+|\w+) ?-? ?/gm, "")
    .trim();
}
