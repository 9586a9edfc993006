import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { mapConcurrently, streamConcurrently } from "../../../src/core/concurrent";

test("H10: so many are worked on at once and no more, and results keep their order", async () => {
  let [running, most] = [0, 0];
  const items = Array.from({ length: 50 }, (_, index) => index);
  const results = await mapConcurrently(items, 7, async (item) => {
    most = Math.max(most, ++running);
    await setImmediate();
    if (item % 3 === 0) await setImmediate();
    running--;
    return item * 2;
  });
  expect(most).toBe(7);
  expect(results).toEqual(items.map((item) => item * 2));
  expect(await mapConcurrently([], 7, () => Promise.reject(new Error("never")))).toEqual([]);
});

test("a failure is the failure of all", async () => {
  await expect(mapConcurrently([1, 2, 3], 2, (item) => Promise.reject(new Error(String(item))))).rejects.toThrow("1");
});

describe("a stream", () => {
  async function* numbers(count: number): AsyncGenerator<number> {
    for (let n = 0; n < count; n++) yield await Promise.resolve(n);
  }

  test("is processed several items at once, and its results keep the order", async () => {
    let running = 0;
    let most = 0;
    const found: number[] = [];
    const work = async (n: number): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, n % 3));
      running--;
      return n;
    };
    for await (const n of streamConcurrently(numbers(20), 4, work)) found.push(n);
    expect(found).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  test("fails with the first failure in its order", async () => {
    const work = (n: number): Promise<number> => (n > 1 ? Promise.reject(new Error(String(n))) : Promise.resolve(n));
    const run = async (): Promise<void> => {
      for await (const _ of streamConcurrently(numbers(9), 4, work));
    };
    await expect(run()).rejects.toThrow("2");
  });
});
