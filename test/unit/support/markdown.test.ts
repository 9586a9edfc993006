import { describe, expect, test } from "vitest";
import { anchors, links, prose, sentences, wordCount } from "../../support/markdown";

describe("the sentences of a page", () => {
  test("end with a paragraph, an item and a cell; headings, code and labels are none", () => {
    const page = `# A heading

One sentence. Another one,
on two lines: with \`a.b\` and [a link](c.md#d)! Is "this" one? _Yes._

- an item
  on two lines
- [ ] a task
1. first

\`\`\`sh
a command. It is no sentence.
\`\`\`

| column one    | column two |
| ------------- | ---------- |
| a cell of its own, with a word \\| two | yes |

> Quoted.
`;
    expect(sentences(page)).toEqual([
      "One sentence.",
      "Another one, on two lines: with Code and a link!",
      'Is "this" one?',
      "Yes.",
      "an item on two lines",
      "a task",
      "first",
      "a cell of its own, with a word \\| two",
      "Quoted.",
    ]);
  });

  test("go on after a version, a file and a dot within a word", () => {
    expect(sentences("Use 2.7.2 or README.md, e.g. from node.js. Then stop.")).toEqual([
      "Use 2.7.2 or README.md, e.g. from node.js.",
      "Then stop.",
    ]);
  });

  test("are counted in words, a span of code being one", () => {
    const [sentence = ""] = sentences("Run `npx cdktf deploy a b c` – now, in the project's folder.");
    expect(wordCount(sentence)).toBe(7);
  });
});

test("prose has the headings, and neither code nor marks", () => {
  expect(prose("# A `b`\n\nC **d**\n_e_ <!-- f -->\n\n```\ng\n```\n")).toBe("A Code. C d e");
});

test("anchors are those of GitHub", () => {
  const page =
    "# The hook: `tenant-vault unseal`\n\n```sh\n# no heading\n```\n\n## If it fails\n\n### Where, and what?\n";
  expect(anchors(page)).toEqual(["the-hook-tenant-vault-unseal", "if-it-fails", "where-and-what"]);
});

test("links are those to files and anchors of the project", () => {
  const page = "[`a`](b.md) [c](d.md#e) [f](#g) [h](https://example.com/i#j) `[k](l.md)`\n\n```\n[m](n.md)\n```\n";
  expect(links(page)).toEqual([
    { file: "b.md", anchor: undefined },
    { file: "d.md", anchor: "e" },
    { file: "", anchor: "g" },
  ]);
});
