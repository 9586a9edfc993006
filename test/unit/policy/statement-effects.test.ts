import fc from "fast-check";
import { expect, test } from "vitest";
import { accessDiff, isSameAccess, type AccessChange } from "../../../src/policy/access-diff";
import { Acl } from "../../../src/policy/acl";
import { parsePolicy } from "../../../src/policy/policy-reader";
import { statementEffects } from "../../../src/policy/statement-effects";
import { largeTenant } from "../../support/large-tenants";
import { statements } from "../../support/random-policies";

/** Paths of statements of a policy that can be deleted, and of those whose deletion allows more. */
function effects(policy: string): { readonly dead: string[]; readonly widening: string[] } {
  const found = statementEffects(parsePolicy(policy));
  return {
    dead: found.filter(({ isDead }) => isDead).map(({ statement }) => statement.path),
    widening: found.filter(({ widens }) => widens.length > 0).map(({ statement }) => statement.path),
  };
}

test("a deny that a more specific statement overrides on part of its paths is not dead", () => {
  expect(
    effects(`
      path "kv/data/+/prod" { capabilities = ["deny"] }
      path "kv/data/web/*" { capabilities = ["read"] }
      path "kv/data/*" { capabilities = ["read"] }`),
  ).toEqual({ dead: [], widening: ["kv/data/+/prod"] });
});

test("a deny that never takes effect is dead", () => {
  expect(
    effects(`
      path "kv/data/+/prod" { capabilities = ["deny"] }
      path "kv/data/web/*" { capabilities = ["read"] }`),
  ).toEqual({ dead: ["kv/data/+/prod"], widening: [] });
});

test("a deny dominates the statements of its own path", () => {
  expect(
    effects(`
      path "kv/data/web" { capabilities = ["read"] }
      path "kv/data/web" { capabilities = ["deny"] }`),
  ).toEqual({ dead: ["kv/data/web"], widening: ["kv/data/web"] });
});

test("a statement with fewer capabilities than a broader one narrows it", () => {
  expect(
    effects(`
      path "kv/*" { capabilities = ["read", "list"] }
      path "kv/web" { capabilities = ["read"] }`),
  ).toEqual({ dead: [], widening: ["kv/web"] });
});

test("the effects are those of the deletion from the whole set", () => {
  fc.assert(
    fc.property(statements, (all) => {
      for (const { statement, isDead, widens } of statementEffects(all)) {
        const others = all.filter((each) => each !== statement);
        const diff = accessDiff(new Acl(all), new Acl(others));
        const lengths = (rows: readonly AccessChange[]): object[] =>
          rows.map(({ witness, ...row }) => ({ ...row, length: witness.length }));
        expect([isDead, lengths(widens)]).toEqual([isSameAccess(diff), lengths(diff.added)]);
      }
    }),
    { numRuns: 40 },
  );
});

test("those of many policies are found at once", () => {
  const all = largeTenant("acme", 50);
  const found = statementEffects(all);
  expect(found.filter(({ isDead }) => isDead).map(({ statement }) => statement.path)).toContain(
    "auth/token/lookup-self",
  );
  const denied = found.filter(({ statement }) => statement.capabilities.some((each) => each === "deny"));
  expect(denied.every(({ widens }) => widens.length > 0)).toBe(true);
});
