import { join, resolve } from "node:path";
import { ESLint, Linter } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, test } from "vitest";

const PROJECT = resolve(__dirname, "..", "..", "..");
const RULES = ["no-restricted-globals", "no-restricted-imports", "no-restricted-syntax"];
const eslint = new ESLint({ cwd: PROJECT });

/** Messages of the rules about environment, output and time, for a text in a file of src. */
async function report(file: string, text: string, rulesOf = file): Promise<string[]> {
  const { rules = {} } = (await eslint.calculateConfigForFile(join(PROJECT, rulesOf))) as Linter.Config;
  const config: Linter.Config = {
    files: ["**/*.ts"],
    languageOptions: { parser: tseslint.parser },
    rules: Object.fromEntries(Object.entries(rules).filter(([name]) => RULES.includes(name))),
  };
  return new Linter().verify(text, config, { filename: file }).map(({ message }) => message);
}

describe("in src", () => {
  test.each([
    "export const value = process.env.HOME;",
    "export const { env } = process;",
    "export const value = globalThis.process.env;",
    'import { env } from "node:process";',
    'process.stdout.write("");',
    'process.stderr.write("");',
    'console.log("");',
    "export const value = Date.now();",
    "export const value = new Date();",
    "export const value = Date();",
    "export const value = process.hrtime();",
    "export const value = performance.now();",
    'import { performance } from "node:perf_hooks";',
    "setTimeout(() => undefined, 1);",
    "setInterval(() => undefined, 1);",
    'import { setTimeout as sleep } from "node:timers/promises";',
    'import { setTimeout } from "timers";',
  ])("%s is reported", async (text) => {
    expect(await report("src/core/file.ts", text)).toHaveLength(1);
    expect(await report("src/operations/unseal/file.ts", text)).toHaveLength(1);
  });

  test.each([
    "export const value = new Date(0);",
    "process.exitCode = 1;",
    "export const run = (setTimeout: () => void): void => setTimeout();",
    "export const value = (clock: { now(): number }): number => clock.now();",
  ])("%s is allowed", async (text) => {
    expect(await report("src/core/file.ts", text)).toEqual([]);
  });

  test.each(["src/cli/file.ts", "src/watch/file.ts", "src/core/clock.ts", "src/core/vault-variables.ts"])(
    "%s is exempt",
    async (file) => {
      expect(await report(file, "export const value = [process.env, Date.now()];")).toEqual([]);
    },
  );
});
