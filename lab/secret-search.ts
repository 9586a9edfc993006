import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";

/** What files contain, and what archives among them contain. */
export type Texts = ReadonlyMap<string, readonly Buffer[]>;

/** Reads files. The texts of a saved plan are in an archive. */
export function readTexts(files: readonly string[]): Texts {
  return new Map(
    files.map((file) => {
      const content = readFileSync(file);
      return [file, [content, ...unzip(content)]];
    }),
  );
}

/** Whether a file contains a text. */
export function has(texts: Texts, file: string, text: string): boolean {
  return (texts.get(file) ?? []).some((content) => content.includes(text));
}

/** Files that contain one of the secrets, in whatever form. */
export function filesWith(texts: Texts, secrets: Iterable<string>): string[] {
  const forms = [...secrets].flatMap(formsOf);
  return [...texts.keys()].filter((file) => forms.some((form) => has(texts, file, form)));
}

/** Forms in which a file may contain a secret: unchanged, escaped as in JSON, and as base64. */
function formsOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString("base64")];
}

/** Files below a folder, but no programs of providers and no data of servers. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    // Provider programs are links, or large files that the deployment did not write.
    if (entry.isDirectory()) return entry.name === "providers" || entry.name === "data" ? [] : filesBelow(path);
    return entry.isFile() && lstatSync(path).size > 0 ? [path] : [];
  });
}

/** Returns the members of a ZIP archive. A saved plan is one. */
function unzip(archive: Buffer): Buffer[] {
  const members: Buffer[] = [];
  const directoryEnd = archive.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  if (archive.toString("latin1", 0, 2) !== "PK" || directoryEnd === -1) return members;
  let entry = archive.readUInt32LE(directoryEnd + 16);
  while (archive.readUInt32LE(entry) === 0x02014b50) {
    const size = archive.readUInt32LE(entry + 20);
    const local = archive.readUInt32LE(entry + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const data = archive.subarray(start, start + size);
    members.push(archive.readUInt16LE(entry + 10) === 0 ? data : inflateRawSync(data));
    entry +=
      46 + archive.readUInt16LE(entry + 28) + archive.readUInt16LE(entry + 30) + archive.readUInt16LE(entry + 32);
  }
  return members;
}
