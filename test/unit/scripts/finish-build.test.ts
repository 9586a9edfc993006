import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { finishBuild, makeExecutable } from "../../../scripts/finish-build";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-build-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
}

function finished(): string[] {
  finishBuild(join(folder, "src"), join(folder, "lib"));
  return readdirSync(join(folder, "lib"), { recursive: true, encoding: "utf8" }).sort();
}

test("keeps the output of each source, and the compiler's own file", () => {
  write("src/a/b.ts", "lib/a/b.js", "lib/a/b.d.ts", "lib/.tsbuildinfo");
  expect(finished()).toEqual([".tsbuildinfo", "a", "a/b.d.ts", "a/b.js"]);
});

test("copies shell scripts, and nothing else that is not TypeScript", () => {
  write("src/a/b.sh", "src/a/README.md", "lib/.tsbuildinfo");
  expect(finished()).toEqual([".tsbuildinfo", "a", "a/b.sh"]);
});

test("removes the output of a source that does not exist any more, and its folder", () => {
  write("src/a/b.ts", "lib/a/b.js", "lib/a/c.js", "lib/a/c.d.ts", "lib/old/d.sh", "lib/old/e.js");
  expect(finished()).toEqual(["a", "a/b.js"]);
});

test("makes commands executable", () => {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ bin: { command: "lib/main.js" } }));
  write("lib/main.js");
  makeExecutable(folder);
  expect(statSync(join(folder, "lib", "main.js")).mode & 0o777).toBe(0o755);
});
