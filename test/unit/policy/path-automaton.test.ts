import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Acl } from "../../../src/policy/acl";
import { pathClasses } from "../../../src/policy/path-automaton";
import type { PolicyStatement } from "../../../src/policy/statement";
import { pathsNear, statements } from "../../support/random-policies";

/** Paths that a client can send. */
function isSent(path: string): boolean {
  const segments = path.replace(/\/$/, "").split("/");
  return segments.every((segment) => segment !== "");
}

/** What decides on a path, by the evaluator of one path. */
function verdictOf(acls: readonly Acl[], path: string): string {
  return JSON.stringify(
    acls.flatMap((acl) => (["read", "list"] as const).map((each) => acl.ruleFor(path, each)?.pattern.text)),
  );
}

function aclsOf(...all: readonly PolicyStatement[][]): Acl[] {
  return all.map((each) => new Acl(each));
}

const two = fc.tuple(statements, statements).chain((both) =>
  fc.record({
    both: fc.constant(both),
    paths: fc.array(pathsNear(both.flat().map(({ path }) => path)), { minLength: 20, maxLength: 20 }),
  }),
);

describe("classes of paths", () => {
  test("on the path of each, the evaluator finds the same rules", () => {
    fc.assert(
      fc.property(fc.tuple(statements, statements), (both) => {
        const acls = aclsOf(...both);
        for (const { path, own, ofLists } of pathClasses(acls)) {
          const found = acls.flatMap((_, acl) => [own[acl]?.pattern.text, ofLists[acl]?.pattern.text]);
          if (isSent(path) && JSON.stringify(found) === verdictOf(acls, path)) continue;
          throw new Error(`${path}: ${JSON.stringify(found)} instead of ${verdictOf(acls, path)}`);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("every path belongs to a class, whose path is not longer", () => {
    fc.assert(
      fc.property(two, ({ both, paths }) => {
        const acls = aclsOf(...both);
        const classes = [...pathClasses(acls)];
        const shortest = new Map<string, string>();
        for (const { path } of classes) {
          const verdict = verdictOf(acls, path);
          if (!shortest.has(verdict)) shortest.set(verdict, path);
        }
        for (const path of paths.filter(isSent)) {
          const known = shortest.get(verdictOf(acls, path.replace(/^\//, "")));
          if (known === undefined || known.length > path.length) throw new Error(`${path} belongs to no class`);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("shorter paths come first, and each class comes once", () => {
    fc.assert(
      fc.property(statements, (one) => {
        const paths = [...pathClasses(aclsOf(one))].map(({ path }) => path);
        expect(paths.map(({ length }) => length)).toEqual(paths.map(({ length }) => length).sort((a, b) => a - b));
        expect(new Set(paths).size).toBe(paths.length);
      }),
      { numRuns: 50 },
    );
  });

  test("policies with too many classes are refused instead of searched forever", () => {
    const plus = (at: number): string => Array.from({ length: 20 }, (_, index) => (index === at ? "a" : "+")).join("/");
    const hard = Array.from({ length: 20 }, (_, at): PolicyStatement => ({
      path: plus(at),
      capabilities: ["read"],
      reason: "",
    }));
    const search = pathClasses(aclsOf(hard), { mostStates: 1000 });
    expect(() => [...search].length).toThrow(/more than 1000 classes of paths/);
  });
});
