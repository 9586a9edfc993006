import { expect, test } from "vitest";
import { witnessesOf } from "../../../src/policy/segment-witness";

function witnesses(literals: readonly string[], beginnings: readonly string[]): string[] {
  return witnessesOf(new Set(literals), new Set(beginnings));
}

test("each literal and each beginning has a shortest segment of its own", () => {
  expect(witnesses(["a", "ba"], ["", "b", "ba"])).toEqual(["a", "ba", "c", "b", "baa"]);
});

test("a segment that clients resolve is none of them", () => {
  expect(witnesses([".."], ["", "."])).toEqual(["a", ".a"]);
});

test("policies that use every character still leave one", () => {
  const every = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index));
  expect(witnesses([], ["", ...every])[0]).toBe("¡");
  expect(witnesses(every, [""]).at(-1)).toBe("aa");
});
