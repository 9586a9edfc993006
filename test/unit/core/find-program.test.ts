import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findProgram } from "../../../src/core/find-program";

const folder = mkdtempSync(join(tmpdir(), "find-program-"));
const [first, second] = ["first", "second"].map((name) => join(folder, name)) as [string, string];
for (const each of [first, second]) mkdirSync(each);
writeFileSync(join(first, "data"), "", { mode: 0o600 });
writeFileSync(join(second, "data"), "", { mode: 0o700 });
afterAll(() => rmSync(folder, { recursive: true }));

test("the first file that may be executed counts", () => {
  expect(findProgram("data", [first, second].join(delimiter))).toBe(join(second, "data"));
});

test("further folders follow PATH, and an empty one is not the folder of the process", () => {
  expect(findProgram("data", "", [second])).toBe(join(second, "data"));
  expect(findProgram("package.json", "")).toBeUndefined();
  expect(findProgram("data", undefined)).toBeUndefined();
});
