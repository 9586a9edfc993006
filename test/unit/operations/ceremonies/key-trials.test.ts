import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { KeyTrials } from "../../../../src/operations/ceremonies/key-trials";
import { damage, split } from "../../../support/shamir";

const keys = split(randomBytes(32), 4, 3).map((key, index) => new Secret(index === 0 ? damage(key) : key));

test("each group comes once, until the server accepts one or has refused all", () => {
  const trials = new KeyTrials<"current">();
  const shown = [];
  while (trials.refused.length === 0) {
    const group = trials.next("current", keys, 3);
    expect(trials.next("current", keys, 3)).toBe(group);
    shown.push(group);
    trials.refuse("current");
  }
  expect(shown).toHaveLength(4);
  expect(new Set(shown).size).toBe(4);
  expect(trials.next("current", keys, 3)).toEqual([]);
});

test("a set that has other keys is tried again", () => {
  const trials = new KeyTrials<"current" | "pending">();
  const first = trials.next("current", keys, 3);
  trials.refuse("current");
  trials.forget("current");
  expect(trials.next("current", keys, 3)).toEqual(first);
  expect(trials.refused).toEqual([]);
});

test("a server that wants another number of keys gets as many, or none if there are too few", () => {
  const trials = new KeyTrials<"current">();
  expect(trials.next("current", keys, 3)).toHaveLength(3);
  expect(trials.next("current", keys, 4)).toHaveLength(4);
  expect(trials.next("current", keys, 5)).toEqual([]);
  expect(trials.refused).toEqual(["current"]);
});
