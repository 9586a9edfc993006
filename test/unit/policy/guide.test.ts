import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import * as library from "../../../src/index";

test("the program of docs/policies.md prints what the page says", () => {
  const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "policies.md"), "utf8");
  const [, program = ""] = /```ts\n([^]*?)```/.exec(page) ?? [];
  const [, printed] = /```text\n([^]*?)```/.exec(page) ?? [];
  const { code } = transformSync(program, { loader: "ts", format: "cjs" });
  const lines: string[] = [];
  const log = (...values: unknown[]): void => {
    lines.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  };
  // The page is a part of this project.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function("require", "console", code)(() => library, { log });
  expect(`${lines.join("\n")}\n`).toBe(printed);
});
