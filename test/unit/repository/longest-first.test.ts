import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { all } from "../../support/all";
import { PROJECT } from "../../support/checker";

test("the long test files are those that exist", async () => {
  const { LONG } = await import("../../support/longest-first.mjs");
  expect(all(LONG).filter((name) => !existsSync(join(PROJECT, "test", `${name}.test.ts`)))).toEqual([]);
});
