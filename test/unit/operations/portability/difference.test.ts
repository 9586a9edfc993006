import { describe, expect, test } from "vitest";
import { differs, planVersions, type FoundVersion } from "../../../../src/operations/portability/difference";

test.each<[boolean, object, object]>([
  [false, { a: 1, b: [] }, { a: 1, c: "more" }],
  [false, { a: { b: null } }, { a: { b: "", c: 1 } }],
  [true, { a: 1 }, { a: 2 }],
  [true, { a: ["x", "y"] }, { a: ["y", "x"] }],
  [true, { a: "1" }, {}],
])("differs: %s for %j and %j", (expected, wanted, found) => {
  expect(differs({ ...wanted }, { ...found })).toBe(expected);
});

describe("the plan of versions", () => {
  const wanted = [{ data: { n: 1 } }, {}, { data: { n: 3 } }];
  const found = (...data: (Record<string, unknown> | undefined)[]): FoundVersion[] =>
    data.map((each, index) => ({ number: index + 1, data: each }));

  test.each([
    ["nothing is there", found(), { conflict: false, remove: [], append: wanted }],
    ["all is there", found({ n: 1 }, undefined, { n: 3 }), { conflict: false, remove: [], append: [] }],
    ["a run was interrupted", found({ n: 1 }), { conflict: false, remove: [], append: wanted.slice(1) }],
    [
      "it was interrupted before it deleted",
      found({ n: 1 }, {}),
      { conflict: false, remove: [2], append: wanted.slice(2) },
    ],
    ["another value is there", found({ n: 2 }), { conflict: true, remove: [], append: wanted }],
    ["a newer value is there", found({ n: 1 }, undefined, { n: 3 }, { n: 4 }), { conflict: true, append: wanted }],
    ["others precede them", found({ n: 0 }, { n: 1 }, undefined, { n: 3 }), { conflict: false, append: [] }],
    ["an overwriting run was interrupted", found({ n: 0 }, { n: 1 }), { conflict: true, append: wanted.slice(1) }],
  ])("if %s", (_, there, plan) => {
    expect(planVersions(wanted, there)).toMatchObject(plan);
  });

  test("fields that are not the same object are not the same value", () => {
    expect(planVersions([{ data: { n: "1" } }], found({ n: 1 })).conflict).toBe(true);
  });
});
