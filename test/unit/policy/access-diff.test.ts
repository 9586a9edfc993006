import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accessDiff, isSameAccess } from "../../../src/policy/access-diff";
import { Acl } from "../../../src/policy/acl";
import { CAPABILITIES, type PolicyStatement } from "../../../src/policy/statement";
import { parsePolicy } from "../../../src/policy/policy-reader";
import { largeTenant } from "../../support/large-tenants";
import { pathsNear, statements } from "../../support/random-policies";

const BEFORE = `
path "kv/data/web/*" { capabilities = ["read"] }
path "kv/data/web/prod" { capabilities = ["deny"] }
path "kv/metadata/+/shared" { capabilities = ["list"] }
path "pki/issue/web" {
  capabilities = ["update"]
  allowed_parameters = { "common_name" = [] }
}`;

/** The diff of {@link BEFORE} in which one text is replaced. */
function changed(text: string, replacement: string): ReturnType<typeof accessDiff> {
  expect(BEFORE).toContain(text);
  return accessDiff(new Acl(parsePolicy(BEFORE)), new Acl(parsePolicy(BEFORE.replace(text, replacement))));
}

describe("the diff of two sets of policies", () => {
  test("is empty if only the spelling differs", () => {
    expect(isSameAccess(changed('path "kv/data/web/prod"', '\n# never\npath "/kv/data/web/prod"'))).toBe(true);
  });

  test("shows that the deletion of a deny widens access, with a path", () => {
    expect(changed('path "kv/data/web/prod" { capabilities = ["deny"] }', "")).toEqual({
      added: [
        {
          pattern: "kv/data/web/*",
          capability: "read",
          witness: "kv/data/web/prod",
          before: "kv/data/web/prod",
          after: "kv/data/web/*",
        },
      ],
      removed: [],
      changed: [],
    });
  });

  test("names the pattern that gave what is removed", () => {
    expect(changed('"kv/data/web/*"', '"kv/data/web/dev"')).toEqual({
      added: [],
      removed: [{ pattern: "kv/data/web/*", capability: "read", witness: "kv/data/web/", before: "kv/data/web/*" }],
      changed: [],
    });
  });

  test("counts what a list may do on a path with a trailing slash, and no read", () => {
    const diff = changed("/+/shared", "/x/shared");
    expect(diff.added).toEqual([]);
    expect(diff.removed.map(({ capability, witness }) => [capability, witness])).toEqual([
      ["list", "kv/metadata/a/shared"],
    ]);
    const trailing = accessDiff(
      new Acl(parsePolicy('path "a" { capabilities = ["read", "list"] }')),
      new Acl(parsePolicy('path "a" { capabilities = ["read", "list"] }\npath "a/" { capabilities = [] }')),
    );
    expect(trailing.removed.map(({ capability, witness }) => [capability, witness])).toEqual([["list", "a/"]]);
  });

  test("shows constraints that change", () => {
    const { added, removed, changed: rows } = changed('"common_name" = []', '"common_name" = ["web"]');
    expect([added, removed]).toEqual([[], []]);
    expect(rows).toMatchObject([
      {
        pattern: "pki/issue/web",
        capability: "update",
        witness: "pki/issue/web",
        constraintsBefore: { allowedParameters: { common_name: [] } },
        constraintsAfter: { allowedParameters: { common_name: ["web"] } },
      },
    ]);
  });

  test("agrees with the evaluator on every path", () => {
    const cases = fc.tuple(statements, statements).chain(([one, other]) =>
      fc.record({
        // Mostly alike, as before and after a change.
        both: fc.constantFrom<[PolicyStatement[], PolicyStatement[]]>(
          [one, other],
          [one, [...one, ...other.slice(0, 1)]],
          [one, one.slice(1)],
        ),
        paths: fc.array(pathsNear([...one, ...other].map(({ path }) => path)), { minLength: 20, maxLength: 20 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ both, paths }) => {
        const [before, after] = both.map((each) => new Acl(each)) as [Acl, Acl];
        const { added, removed } = accessDiff(before, after);
        for (const { witness, capability, pattern } of added) {
          expect([before.allows(witness, capability), after.allows(witness, capability)]).toEqual([false, true]);
          expect(after.ruleFor(witness, capability)?.pattern.text).toBe(pattern);
        }
        for (const { witness, capability } of removed)
          expect([before.allows(witness, capability), after.allows(witness, capability)]).toEqual([true, false]);
        for (const path of paths.filter((each) => !/^\/|\/\//.test(each)))
          for (const capability of CAPABILITIES) {
            const [had, has] = [before.allows(path, capability), after.allows(path, capability)];
            const rows = has && !had ? added : had && !has ? removed : undefined;
            if (rows === undefined) continue;
            const pattern = (has ? after : before).ruleFor(path, capability)?.pattern.text;
            const row = rows.find((each) => each.pattern === pattern && each.capability === capability);
            expect([path, row === undefined ? undefined : row.witness.length <= path.length]).toEqual([path, true]);
          }
      }),
      { numRuns: 150 },
    );
  });

  test("of two tenants with 200 policies each takes less than a second", () => {
    const [one, other] = [largeTenant("acme", 200), largeTenant("umbrella", 200)];
    // Processor time of the fastest of three, because other tests run as well and slow the processors down.
    const times = [1, 2, 3].map(() => {
      const start = process.cpuUsage();
      const diff = accessDiff(new Acl(one), new Acl(other));
      const { user, system } = process.cpuUsage(start);
      expect(diff.added.length).toBeGreaterThan(200 * 5);
      expect(diff.removed).toHaveLength(diff.added.length);
      return (user + system) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(1000);
  });
});
