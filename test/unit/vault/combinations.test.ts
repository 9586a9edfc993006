import { expect, test } from "vitest";
import { combinations } from "../../../src/vault/combinations";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test("all are returned in order if there are few", () => {
  expect([...combinations(["a", "b", "c"], 2)]).toEqual([
    ["a", "b"],
    ["a", "c"],
    ["b", "c"],
  ]);
  expect([...combinations(numbers(15), 7)]).toHaveLength(6_435);
  expect([...combinations(["a"], 2)]).toEqual([]);
});

test("of very many, some are returned: the same ones each time, and none has all items in common with all others", () => {
  const found = [...combinations(numbers(60), 30)];
  expect(found).toEqual([...combinations(numbers(60), 30)]);
  expect(found.length).toBeGreaterThan(99);
  expect(found.length).toBeLessThan(10_000);
  expect(found.every((combination) => new Set(combination).size === 30)).toBe(true);
  for (const item of numbers(60)) {
    const share = found.filter((combination) => combination.includes(item)).length / found.length;
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.7);
  }
});
