import { expect, test } from "vitest";
import { isCronSchedule } from "../../../src/core/cron";

test.each([
  ["15 3 * * *", true],
  ["0 3 * * SAT", true],
  ["*/5 0-3 1,15 * 1-5", true],
  ["@daily", false],
  ["0 3 * *", false],
  ["0 3 * * * *", false],
  ["0 3 * * $x", false],
])("%j has the fields of cron: %s", (text, expected) => {
  expect(isCronSchedule(text)).toBe(expected);
});
