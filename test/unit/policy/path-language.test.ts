import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Acl } from "../../../src/policy/acl";
import { PathLanguage } from "../../../src/policy/path-language";
import { parsePolicy } from "../../../src/policy/policy-reader";
import { pathPatterns, pathsNear, statements } from "../../support/random-policies";

const POLICY = `
path "kv/data/web/*" { capabilities = ["read"] }
path "kv/data/+/prod" { capabilities = ["deny"] }
path "kv/data/web/prod" { capabilities = ["deny"] }`;
const readable = PathLanguage.allowedBy(new Acl(parsePolicy(POLICY)), "read");

describe("the paths that a policy allows", () => {
  test("have a shortest witness", () => {
    expect(readable.witness()).toBe("kv/data/web/");
    expect(readable.intersect(PathLanguage.matching("kv/data/web/p*")).witness()).toBe("kv/data/web/p");
    expect(readable.intersect(PathLanguage.matching("kv/+/+/prod/+")).witness()).toBe("kv/data/web/prod/");
  });

  test("are compared with what they should be", () => {
    expect(readable.intersect(PathLanguage.matching("kv/data/+/prod")).isEmpty()).toBe(true);
    expect(readable.minus(PathLanguage.matching("kv/data/web/*")).isEmpty()).toBe(true);
    expect(PathLanguage.matching("kv/data/web/*").minus(readable).witness()).toBe("kv/data/web/prod");
    expect(readable.union(PathLanguage.matching("a")).witness()).toBe("a");
    expect(readable.contains("kv/data/web/prod/x")).toBe(true);
  });
});

test("set operations agree with the evaluator on every path", () => {
  const cases = fc.tuple(statements, pathPatterns).chain(([one, pattern]) =>
    fc.record({
      one: fc.constant(one),
      pattern: fc.constant(pattern),
      paths: fc.array(pathsNear([...one.map(({ path }) => path), pattern]), { minLength: 10, maxLength: 10 }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ one, pattern, paths }) => {
      const acl = new Acl(one);
      const allowed = PathLanguage.allowedBy(acl, "read");
      const matching = PathLanguage.matching(pattern);
      const both = allowed.intersect(matching);
      const rest = allowed.minus(matching);
      for (const [language, isWanted] of [
        [both, true],
        [rest, false],
      ] as const) {
        const witness = language.witness();
        const found = paths.filter((path) => !/^\/|\/\//.test(path) && language.contains(path));
        if (witness === undefined) expect(found).toEqual([]);
        else {
          expect([acl.allows(witness, "read"), matching.contains(witness)]).toEqual([true, isWanted]);
          for (const path of found) expect(witness.length).toBeLessThanOrEqual(path.length);
        }
      }
    }),
  );
});
