import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { mapConcurrently } from "../../../src/core/concurrent";

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
