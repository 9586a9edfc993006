import { expect, test } from "vitest";
import { all } from "../../support/all";
import { commandBlocks } from "../../support/command-blocks";
import { JOURNEY, NOT_RUN } from "../../support/journey";

const names = all(commandBlocks()).map(({ name }) => name);

test("every block of commands of the documentation runs in a test, or a reason is given", () => {
  expect([...new Set(names)].sort()).toEqual([...JOURNEY, ...Object.keys(NOT_RUN)].sort());
});

test("every block that does not run has a reason", () => {
  for (const [name, reason] of all(Object.entries(NOT_RUN))) expect(reason, name).toMatch(/\w{4,}/);
});
