import { describe, expect, test } from "vitest";
import { Acl } from "../../../src/policy/acl";
import { parsePolicy } from "../../../src/policy/policy-reader";

function acl(...paths: readonly string[]): Acl {
  return new Acl(paths.map((path) => ({ path, capabilities: ["read"], reason: "" })));
}

/** The pattern that decides. */
function decides(patterns: readonly string[], path: string): string | undefined {
  return acl(...patterns).ruleFor(path, "read")?.pattern.text;
}

describe("of all patterns that match, the most specific one decides", () => {
  test.each([
    ["an exact path before all others", ["kv/web", "kv/+", "kv/*", "kv/we*"], "kv/web", "kv/web"],
    ["the later wildcard", ["kv/+/prod", "kv/web/*"], "kv/web/prod", "kv/web/*"],
    ["at the same place the one without *", ["kv/+/prod", "kv/+/*"], "kv/web/prod", "kv/+/prod"],
    ["fewer +", ["kv/+/+/x", "kv/+/b/x"], "kv/a/b/x", "kv/+/b/x"],
    ["the longer one", ["kv/+/pr*", "kv/+/p*"], "kv/web/prod", "kv/+/pr*"],
    ["none", ["kv/+", "kv/web/x"], "kv/web/y", undefined],
    ["a + beside other characters stands for itself", ["kv/+x"], "kv/ax", undefined],
    ["and so does a * in the middle", ["kv/*/x"], "kv/a/x", undefined],
    ["a slash at the start does not count", ["/kv/x"], "//kv/x", "kv/x"],
    ["+ matches the empty segment after a trailing slash", ["kv/+"], "kv/", "kv/+"],
  ])("%s", (_, patterns, path, pattern) => {
    expect(decides(patterns, path)).toBe(pattern);
  });
});

test("statements of one path are merged, and deny dominates", () => {
  const policy = 'path "a" { capabilities = ["read"] }\npath "/a" { capabilities = ["list"] }';
  expect(new Acl(parsePolicy(policy)).capabilities("a")).toEqual(["read", "list"]);
  expect(new Acl(parsePolicy(`${policy}\npath "a" { capabilities = ["deny", "sudo"] }`)).capabilities("a")).toEqual([
    "deny",
  ]);
});

test("constraints of one path are merged as a server merges them", () => {
  const policies = `
    path "a" {
      capabilities = ["update"]
      allowed_parameters = { TTL = ["1h"] }
      required_parameters = ["ttl"]
      max_wrapping_ttl = "1h"
    }
    path "a" {
      capabilities = ["update"]
      allowed_parameters = { ttl = ["2h"] "*" = [] }
      denied_parameters = { x = ["1"] }
      required_parameters = ["name"]
      max_wrapping_ttl = "30m"
      mfa_methods = ["totp"]
    }
    path "a" { denied_parameters = { x = [] } }`;
  expect(new Acl(parsePolicy(policies)).ruleFor("a", "update")?.constraints).toEqual({
    allowedParameters: { "*": [], ttl: ["1h", "2h"] },
    deniedParameters: { x: [] },
    requiredParameters: ["name", "ttl"],
    maxWrappingTtl: 1800,
    further: { mfa_methods: ["totp"] },
  });
});

describe("a path with a trailing slash", () => {
  const policy =
    'path "kv/x" { capabilities = ["read", "list", "sudo"] }\npath "kv/+" { capabilities = ["read", "list"] }';

  test("is also looked up without it, for lists alone", () => {
    const one = new Acl(parsePolicy(policy));
    expect([one.allows("kv/x/", "list"), one.allows("kv/x/", "sudo"), one.allows("kv/x/", "read")]).toEqual([
      ...[true, true, false],
    ]);
    expect(one.capabilities("kv/x/")).toEqual(["read", "list", "sudo"]);
  });

  test("is looked up with it first on OpenBao, and without it first on Vault", () => {
    const both = parsePolicy('path "kv/+" { capabilities = ["list"] }\npath "kv/+/" { capabilities = ["deny"] }');
    expect(new Acl(both).allows("kv/x/", "list")).toBe(false);
    expect(new Acl(both, { product: "vault" }).allows("kv/x/", "list")).toBe(true);
  });
});

test("a statement that has expired does not count", () => {
  const policy = 'path "a" { capabilities = ["read"] expiration = "2026-01-01T00:00:00Z" }';
  const at = (time: string): Acl => new Acl(parsePolicy(policy), { at: new Date(time) });
  expect(at("2025-12-31T00:00:00Z").allows("a", "read")).toBe(true);
  expect(at("2026-01-02T00:00:00Z").allows("a", "read")).toBe(false);
  expect(new Acl(parsePolicy(policy)).allows("a", "read")).toBe(true);
  const seconds = parsePolicy('path "a" { capabilities = ["read"] expiration = "1767225600" }');
  expect(new Acl(seconds, { at: new Date("2026-01-02T00:00:00Z") }).allows("a", "read")).toBe(false);
});
