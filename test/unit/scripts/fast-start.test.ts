import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleStart, loadExportsLazily } from "../../../scripts/fast-start";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-fast-start-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function compile(code: string): string {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, newLine: ts.NewLineKind.LineFeed };
  return ts.transpileModule(code, { compilerOptions: options }).outputText;
}

function node(file: string, code: string): string {
  writeFileSync(join(folder, file), code);
  return execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" }).trim();
}

test("a file is loaded when one of its exports is used, once", () => {
  writeFileSync(join(folder, "loaded.js"), 'console.log("loaded"); exports.A = "a"; exports.B = "b";');
  writeFileSync(
    join(folder, "index.js"),
    loadExportsLazily(compile('export { A, B as C } from "./loaded";\nexport const D = "d";')),
  );
  const use = 'const index = require("./index"); console.log(index.D); console.log(index.A, index.C);';
  expect(node("use.js", use).split("\n")).toEqual(["d", "loaded", "a b"]);
});

test("a module imports them by name", () => {
  writeFileSync(join(folder, "loaded.js"), 'exports.A = "a"; exports.B = "b";');
  writeFileSync(join(folder, "index.js"), loadExportsLazily(compile('export { A, B as C } from "./loaded";')));
  expect(node("use.mjs", 'import { A, C } from "./index.js"; console.log(A, C);')).toBe("a b");
});

test("what a file uses itself stays as it is", () => {
  const code = compile('import { A } from "./loaded";\nexport { B } from "./other";\nconsole.log(A);');
  expect(loadExportsLazily(code)).toContain('const loaded_1 = require("./loaded");');
  expect(loadExportsLazily(code)).not.toContain("var other_1");
  expect(loadExportsLazily(loadExportsLazily(code))).toBe(loadExportsLazily(code));
});

test("a program's start is one file with its packages; what it loads later stays outside", async () => {
  mkdirSync(join(folder, "node_modules", "words"), { recursive: true });
  writeFileSync(join(folder, "node_modules", "words", "index.js"), 'exports.start = require("./word.js").word;');
  writeFileSync(join(folder, "node_modules", "words", "word.js"), 'exports.word = "start";');
  writeFileSync(join(folder, "start.ts"), 'export { start } from "words";');
  writeFileSync(join(folder, "later.ts"), "");
  writeFileSync(join(folder, "later.js"), 'exports.later = "later";');
  writeFileSync(
    join(folder, "main.ts"),
    'import { start } from "./start";\nvoid import("./later.js").then(({ later }) => console.log(start, later));',
  );
  await bundleStart(join(folder, "main.ts"), join(folder, "main.js"));
  rmSync(join(folder, "start.ts"));
  rmSync(join(folder, "node_modules"), { recursive: true });
  expect(execFileSync(process.execPath, ["main.js"], { cwd: folder, encoding: "utf8" })).toBe("start later\n");
});
