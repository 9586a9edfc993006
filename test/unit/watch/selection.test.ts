import { describe, expect, test } from "vitest";
import { isSelected, parseShard } from "../../../src/watch/selection";

const NAMES = Array.from({ length: 300 }, (_, index) => `tenant${index}/main`);

test("each instance belongs to exactly one shard, and the shards are about equal", () => {
  const sizes = new Map([1, 2, 3].map((index) => [index, 0]));
  for (const name of NAMES) {
    const shards = [1, 2, 3].filter((index) => isSelected(name, { shard: { index, count: 3 } }));
    expect(shards).toHaveLength(1);
    for (const index of shards) sizes.set(index, (sizes.get(index) ?? 0) + 1);
  }
  for (const size of sizes.values()) expect(size).toBeGreaterThan(70);
});

test("a tenant's name does not select another that begins with it", () => {
  expect(isSelected("customer1/main", { tenant: "customer1" })).toBe(true);
  expect(isSelected("customer10/main", { tenant: "customer1" })).toBe(false);
});

describe("a shard", () => {
  test("is an index from 1 and a count", () => {
    expect(parseShard("2/3")).toEqual({ index: 2, count: 3 });
  });

  test("is the name of a StatefulSet's pod, whose ordinal starts from 0", () => {
    expect(parseShard("tenant-vault-watch-0/3")).toEqual({ index: 1, count: 3 });
    expect(parseShard("w-2/3")).toEqual({ index: 3, count: 3 });
    expect(() => parseShard("watch-3/3")).toThrow('"watch-3/3" is not a shard');
    expect(() => parseShard("watch-00/3")).toThrow('"watch-00/3" is not a shard');
  });

  test.each(["0/3", "4/3", "1", "1/0", "a/b", "1/3/5", "-1/3"])("is not %s", (text) => {
    expect(() => parseShard(text)).toThrow(`"${text}" is not a shard; write <index>/<count>, such as 1/3.`);
  });
});
