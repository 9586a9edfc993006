import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { generateFiles } from "./tenant-reference/files";

/** Writes the JSON Schema, the reference of the tenant file and the tables of changes into the project. */
async function main(): Promise<void> {
  for (const [path, text] of await generateFiles()) {
    const file = resolve(__dirname, "..", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`${path}\n`);
  }
}

void main();
