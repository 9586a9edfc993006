import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { all } from "../../support/all";
import { BANNED_PHRASES } from "../../support/banned-phrases";
import { PROJECT, prose, read, sentences, wordCount } from "../../support/markdown";
import { sourceTexts, type SourceText } from "../../support/source-texts";

/** Words of a sentence, on average over the comments of a folder. */
const LONGEST_MEAN = 15;

/** Folders of sources; each folder of `src` and of its constructs counts by itself. */
const FOLDERS = [
  ...foldersIn("src").filter((folder) => folder !== join("src", "constructs")),
  ...foldersIn(join("src", "constructs")),
  ...["stacks", "tenants", "lab", "scripts", "examples"],
  join("test", "support"),
];

function foldersIn(parent: string): string[] {
  return readdirSync(join(PROJECT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(parent, name));
}

/** The comments and strings of all sources in a folder. */
function textsOf(folder: string): (SourceText & { readonly file: string })[] {
  const files = readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name))
    // The list of phrases contains the phrases.
    .filter((file) => file !== join("test", "support", "banned-phrases.ts"));
  return all(files).flatMap((file) => sourceTexts(read(file)).map((text) => ({ file, ...text })));
}

describe("the language of the sources", () => {
  const sources = FOLDERS.map((folder) => ({ folder, texts: textsOf(folder) }));

  test.each(sources)("in $folder has no phrase that is banned", ({ texts }) => {
    all(texts.filter(({ kind }) => kind === "comment"));
    const found = texts.flatMap(({ file, line, text }) => {
      const plain = prose(text);
      return BANNED_PHRASES.flatMap(({ phrase, instead }) => {
        const match = phrase.exec(plain);
        return match === null ? [] : `${file}:${line} "${match[0].trim()}" in "${plain.slice(0, 120)}": ${instead}`;
      });
    });
    expect(found).toEqual([]);
  });

  test.each(sources)("in $folder has short sentences in comments", ({ texts }) => {
    const comments = texts.filter(({ kind }) => kind === "comment");
    const counted = all(
      comments.flatMap(({ text }) => sentences(text).map((sentence) => ({ words: wordCount(sentence), sentence }))),
    );
    const mean = counted.reduce((sum, { words }) => sum + words, 0) / counted.length;
    const longest = counted.sort((one, other) => other.words - one.words).slice(0, 5);
    const shown = longest.map(({ words, sentence }) => `${words} words: ${sentence}`).join("\n");
    expect(mean, `shorten\n${shown}\n`).toBeLessThanOrEqual(LONGEST_MEAN);
  });
});
