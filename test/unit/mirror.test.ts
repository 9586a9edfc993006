import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { all } from "../support/all";

const PROJECT = resolve(__dirname, "..", "..");
/** The run-time side: each file has a test of its own name. */
const FOLDERS = ["central", "kubernetes", "operations", "vault"];

/** A file of types alone has nothing to test. */
function hasCode(file: string): boolean {
  return /^export (abstract )?(async )?(class|function|const)/m.test(readFileSync(file, "utf8"));
}

test.each(FOLDERS)("every file of src/%s has a test of its own name", (folder) => {
  const files = readdirSync(join(PROJECT, "src", folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => hasCode(join(PROJECT, "src", folder, name)));
  const missing = all(files).filter(
    (name) => !existsSync(join(PROJECT, "test", "unit", folder, name.replace(/\.ts$/, ".test.ts"))),
  );
  expect(missing).toEqual([]);
});
