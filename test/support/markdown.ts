import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { all } from "./all";

/** Root folder of the project. */
export const PROJECT = resolve(__dirname, "..", "..");

/** Reads a file of the project as text. */
export function read(path: string): string {
  return readFileSync(join(PROJECT, path), "utf8");
}

/** Folders of installed, built or generated files. */
const FOREIGN = ["node_modules", "lib", "generated", "cdktf.out", ".git", ".cache", ".lab", ".terraform-state", "api"];

/** Lists the Markdown files of the project, relative to its root. */
export function markdownFiles(): string[] {
  return all(filesBelow("")).filter((file) => file.endsWith(".md"));
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return FOREIGN.includes(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Removes front matter, comments and blocks of code. */
function withoutCode(page: string): string {
  return page
    .replace(/^---\n[^]*?\n---\n/, "")
    .replace(/<!--[^]*?-->/g, "")
    .replace(/^ *(```|~~~)[^]*?^ *\1 *$/gm, "");
}

/** Returns the anchors of a page's headings, as on GitHub and GitLab. */
export function anchors(page: string): string[] {
  return [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    plain(heading, (code) => code)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Returns the targets of a page's links to files of the project: the file, empty for the page itself, and the anchor. */
export function links(page: string): { readonly file: string; readonly anchor: string | undefined }[] {
  const text = withoutCode(page).replace(/(`+)[^`]+\1/g, "");
  return [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, file = "", anchor]) => ({
    file,
    anchor,
  }));
}

/** Removes Markdown's marks from a line of text. @param ofCode Replaces a span of code. */
function plain(text: string, ofCode: (code: string) => string): string {
  return text
    .replace(/(`+)(.+?)\1/g, (_, _mark: string, code: string) => ofCode(code))
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/<https?:[^>]*>/g, "address")
    .replace(/<\/?\w[^>]*>/g, " ")
    .replace(/\*\*|__|\\(?=[_*])/g, "")
    .replace(/(^|\W)[_*](\S[^_*]*?)[_*](?=\W|$)/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
}

/** Cells of a table with fewer words are labels. */
const SHORTEST_CELL = 4;

/**
 * Returns the sentences of a page. A span of code counts as one word. A paragraph, an item of a list and a cell of a table end a
 * sentence. Headings, blocks of code and labels in tables do not count.
 */
export function sentences(page: string): string[] {
  return paragraphs(page).flatMap((paragraph) =>
    paragraph.split(/(?<=[.!?]["”)]?)\s+(?=["“(]?[\p{Lu}\p{N}«])/u).filter((sentence) => wordCount(sentence) > 0),
  );
}

/** Counts the words of a sentence. */
export function wordCount(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Returns the texts of paragraphs, without headings. */
function paragraphs(page: string): string[] {
  const found: string[] = [];
  let open: string[] = [];
  const close = (): void => {
    if (open.length > 0) found.push(open.join(" "));
    open = [];
  };
  for (const line of withoutCode(page).split("\n")) {
    const text = line.replace(/^\s*>\s?/, "").trim();
    const item = /^(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?(.*)$/.exec(text);
    if (text === "" || text.startsWith("#")) close();
    else if (text.startsWith("|")) {
      close();
      found.push(...cells(text));
    } else if (item !== null) {
      close();
      open = [item[1] ?? ""];
    } else open.push(text);
  }
  close();
  // The word is upper case, because code may begin a sentence.
  return found.map((text) => plain(text, () => "Code"));
}

function cells(row: string): string[] {
  if (/^\|[\s:|-]+\|$/.test(row)) return [];
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
    .filter((cell) => wordCount(plain(cell, () => "Code")) >= SHORTEST_CELL);
}

/** Returns the prose of a page with headings, as one line in which to search for phrases. */
export function prose(page: string): string {
  const text = withoutCode(page).replace(/^#+ (.*)$/gm, "$1.");
  return plain(text.replace(/\s+/g, " "), () => "Code");
}
