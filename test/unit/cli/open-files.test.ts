import { expect, test } from "vitest";
import { instancesAtOnce, openFilesLimit } from "../../../src/cli/open-files";

test.each([
  [20, 1],
  [64, 1],
  [256, 15],
  [1024, 32],
  [Number.POSITIVE_INFINITY, 32],
])("H10: a program that may open %d files inspects %d instances at once", (openFiles, instances) => {
  expect(instancesAtOnce(openFiles)).toBe(instances);
});

test("H10: Node.js tells the limit of open files", () => {
  expect(openFilesLimit()).toBeGreaterThan(20);
});

test("a diagnostic report that the user asks for still has the network", () => {
  openFilesLimit();
  expect(
    (process.report.getReport() as { header: { networkInterfaces?: unknown } }).header.networkInterfaces,
  ).toBeDefined();
});
