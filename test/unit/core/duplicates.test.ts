import { expect, test } from "vitest";
import { firstDuplicate } from "../../../src/core/duplicates";

test.each([
  [[], undefined],
  [["a", "b"], undefined],
  [["a", "b", "c", "b", "a"], "b"],
])("of %j, the first value that stands twice is %s", (values: string[], expected) => {
  expect(firstDuplicate(values)).toBe(expected);
});
