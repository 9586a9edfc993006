import { expect, test } from "vitest";
import { sourceTexts } from "../../support/source-texts";

test("comments and strings are found with their lines", () => {
  const source = [
    "// One line.",
    'import { a } from "./a";',
    "/**",
    " * A doc comment",
    " * of two lines.",
    " *",
    " * @param b Its parameter. @default - none",
    " */",
    "export function f(b: string): string { // trailing",
    '  const message = "two words";',
    "  return `${b} has ${message} in it`;",
    "  // before the brace",
    "}",
  ].join("\n");
  expect(sourceTexts(source)).toEqual([
    { kind: "comment", line: 1, text: "One line." },
    { kind: "comment", line: 3, text: "A doc comment\n of two lines.\n\n\n\nIts parameter.\n\nnone" },
    { kind: "comment", line: 9, text: "trailing" },
    { kind: "string", line: 10, text: "two words" },
    { kind: "string", line: 11, text: " in it" },
    { kind: "comment", line: 12, text: "before the brace" },
  ]);
});
