import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPeople, distributeKeys } from "../../../../src/operations/custody/distribution";
import { combinations } from "../../../../src/vault/combinations";

/** Keys, threshold and people that are accepted. */
const accepted = fc
  .record({
    shares: fc.integer({ min: 2, max: 9 }),
    threshold: fc.integer({ min: 2, max: 9 }),
    people: fc.integer({ min: 1, max: 11 }),
  })
  .filter(({ shares, threshold }) => threshold <= shares)
  .filter(({ people, ...shares }) => !isRefused(shares, people));

function isRefused(shares: { shares: number; threshold: number }, people: number): boolean {
  try {
    checkPeople("customer10/main", shares, people);
    return false;
  } catch {
    return true;
  }
}

function distributed(shares: number, people: number): readonly (readonly number[])[] {
  return distributeKeys(
    Array.from({ length: shares }, (_, index) => index),
    people,
  );
}

describe("keys that are distributed", () => {
  test("open the data for nobody alone, and for all together", () => {
    fc.assert(
      fc.property(accepted, ({ shares, threshold, people }) => {
        const held = distributed(shares, people);
        expect(held).toHaveLength(people);
        for (const keys of held) {
          expect(keys.length).toBeGreaterThan(0);
          expect(new Set(keys).size).toBe(keys.length);
          expect(keys.length).toBeLessThan(threshold);
        }
        expect(new Set(held.flat()).size).toBe(shares);
      }),
    );
  });

  test("open the data for any people as many as the threshold, unless there are more people than keys", () => {
    fc.assert(
      fc.property(accepted, ({ shares, threshold, people }) => {
        fc.pre(people <= shares && threshold <= people);
        for (const group of combinations(distributed(shares, people), threshold))
          expect(new Set(group.flat()).size).toBeGreaterThanOrEqual(threshold);
      }),
    );
  });

  test("differ by one key at most from person to person, and a key has one holder if there are enough keys", () => {
    fc.assert(
      fc.property(accepted, ({ shares, people }) => {
        const held = distributed(shares, people);
        const counts = held.map(({ length }) => length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        if (people <= shares) expect(held.flat()).toHaveLength(shares);
      }),
    );
  });
});

test.each([
  [5, 3, 3, [[0, 3], [1, 4], [2]]],
  [5, 3, 5, [[0], [1], [2], [3], [4]]],
  [3, 2, 5, [[0], [1], [2], [0], [1]]],
])("%i keys with threshold %i among %i people", (shares, threshold, people, held) => {
  checkPeople("customer10/main", { shares, threshold }, people);
  expect(distributed(shares, people)).toEqual(held);
});

test.each([
  [
    5,
    3,
    2,
    /^The 5 keys of customer10\/main with threshold 3 need at least 3 people, .* and the file names 2; add people\.$/,
  ],
  [5, 2, 4, /need at least 5 people, so that nobody alone has 2 of them/],
  [2, 2, 1, /need at least 2 people/],
  [1, 1, 3, /^One key of customer10\/main alone opens its data, .*"tenant-vault rotate-keys customer10\/main"/],
  [5, 1, 9, /^One key of customer10\/main alone opens its data/],
])("%i keys with threshold %i among %i people are refused", (shares, threshold, people, message) => {
  expect(() => checkPeople("customer10/main", { shares, threshold }, people)).toThrow(
    expect.objectContaining({ code: "custody-people", message: expect.stringMatching(message) as string }),
  );
});
