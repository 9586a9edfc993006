import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  describeOverrides,
  mergeValues,
  type HelmValues,
} from "../../../../src/constructs/vault-instance/merge-values";

const values: fc.Arbitrary<HelmValues> = fc.letrec<{ node: unknown; map: HelmValues }>((tie) => ({
  node: fc.oneof({ depthSize: "small" }, fc.string(), fc.integer(), fc.array(fc.integer()), tie("map")),
  map: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("node")),
})).map;

describe("merging values", () => {
  test("replaces what is given, and leaves the rest as it was", () => {
    const ours = { server: { replicas: 3, args: [1, 2], image: { tag: "1" } }, ui: { enabled: false } };
    const theirs = { server: { args: [3], image: { tag: "2", pull: "Always" } } };
    expect(mergeValues(ours, theirs)).toEqual({
      server: { replicas: 3, args: [3], image: { tag: "2", pull: "Always" } },
      ui: { enabled: false },
    });
  });

  test("takes what is undefined for not given", () => {
    expect(mergeValues({ a: { b: 1 } }, { a: undefined, c: { d: undefined } })).toEqual({ a: { b: 1 }, c: {} });
    expect(describeOverrides({ a: { b: 1 } }, { a: undefined, c: { d: undefined } })).toEqual([]);
  });

  test("with nothing, or with itself, changes nothing", () => {
    fc.assert(
      fc.property(values, (some) => {
        expect(mergeValues(some, {})).toEqual(some);
        expect(mergeValues({}, some)).toEqual(some);
        expect(mergeValues(some, some)).toEqual(some);
      }),
    );
  });

  test("is told in full: no override is told exactly where the merged values are ours", () => {
    fc.assert(
      fc.property(values, values, (ours, theirs) => {
        const told = describeOverrides(ours, theirs).length > 0;
        const changed = JSON.stringify(mergeValues(ours, theirs)) !== JSON.stringify(ours);
        if (told) expect(changed).toBe(true);
      }),
    );
  });
});

test("overrides are told one a line, with what they replace", () => {
  expect(describeOverrides({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1] }, d: { e: "x".repeat(80) } })).toEqual([
    "a.b: 1 -> 2",
    `d.e: (the chart's default) -> "${"x".repeat(56)}...`,
  ]);
});
