import { expect, test } from "vitest";
import { backoff } from "../../../src/core/backoff";

const BOUNDS = { first: 1_000, most: 60_000 };

test.each([
  { failures: 1, longest: 1_000 },
  { failures: 2, longest: 2_000 },
  { failures: 6, longest: 32_000 },
  { failures: 7, longest: 60_000 },
  { failures: 5_000, longest: 60_000 },
])("after $failures failures the pause is at most $longest ms, and at least half of it", ({ failures, longest }) => {
  expect(backoff(failures, BOUNDS, () => 0)).toBe(longest / 2);
  expect(backoff(failures, BOUNDS, () => 0.999_999)).toBeCloseTo(longest, -1);
});
