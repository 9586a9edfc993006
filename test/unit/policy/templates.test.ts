import { describe, expect, test } from "vitest";
import { Acl } from "../../../src/policy/acl";
import type { PolicyStatement } from "../../../src/policy/statement";
import { resolveTemplates, type TemplateIdentity } from "../../../src/policy/templates";

const metadata = { team: "web", "a.b": "dotted", bad: "a/b" };
const IDENTITY: TemplateIdentity = {
  entity: {
    id: "e-1",
    name: "alice",
    metadata,
    aliases: [{ mountAccessor: "auth_1", id: "al-1", name: "alice@x", metadata, customMetadata: { shift: "night" } }],
  },
  groups: [{ id: "g-1", name: "devs", metadata }],
};

const statement = (path: string): PolicyStatement => ({ path, capabilities: ["read"], reason: "" });

function resolved(path: string, identity: TemplateIdentity = IDENTITY): string | undefined {
  return resolveTemplates([statement(path)], identity)[0]?.path;
}

test.each([
  ["identity.entity.id", "e-1"],
  ["identity.entity.name", "alice"],
  ["identity.entity.metadata.team", "web"],
  ["identity.entity.metadata.a.b", "dotted"],
  ["identity.entity.aliases.auth_1.name", "alice@x"],
  ["identity.entity.aliases.auth_1.custom_metadata.shift", "night"],
  ["identity.groups.names.devs.id", "g-1"],
  ["identity.groups.ids.g-1.name", "devs"],
  ["identity.groups.names.devs.metadata.team", "web"],
])("{{%s}}", (name, value) => {
  expect(resolved(`kv/{{ ${name} }}/x`)).toBe(`kv/${value}/x`);
});

test("a statement whose template has no value does not count for the client", () => {
  for (const name of ["identity.entity.metadata.none", "identity.groups.names.ops.id", "identity.entity.toString", "x"])
    expect(resolved(`kv/{{${name}}}`)).toBeUndefined();
  expect(resolved("kv/{{identity.entity.id}}", {})).toBeUndefined();
  expect(resolved("kv/x", {})).toBe("kv/x");
});

test("if a value contains a slash or a wildcard, OpenBao allows nothing", () => {
  const statements = ["kv/x", "kv/{{identity.entity.metadata.bad}}"].map(statement);
  expect(resolveTemplates(statements, IDENTITY)).toEqual([]);
  expect(new Acl(statements, { identity: IDENTITY }).allows("kv/x", "read")).toBe(false);
});

describe("Vault reads wildcards in values", () => {
  const allows = (value: string, path: string, pattern = "kv/{{identity.entity.metadata.team}}/x"): boolean => {
    const identity: TemplateIdentity = { entity: { id: "e-1", name: "alice", metadata: { team: value } } };
    return new Acl([pattern, "own"].map(statement), { product: "vault", identity }).allows(path, "read");
  };

  test.each([
    ["web", "kv/web/x", true],
    ["web", "kv/shop/x", false],
    ["+", "kv/shop/x", true],
    ["a/b", "kv/a/b/x", true],
    ["*", "kv/shop/x", false],
  ])("%s: %s", (value, path, isAllowed) => {
    expect(allows(value, path)).toBe(isAllowed);
  });

  test("at the end of a path", () => {
    expect(allows("*", "kv/shop/x", "kv/{{identity.entity.metadata.team}}")).toBe(true);
  });

  test("and refuses every request if a path then contains what no policy may", () => {
    expect(allows("+", "own")).toBe(true);
    expect(allows("+", "own", "kv/{{identity.entity.metadata.team}}*")).toBe(false);
  });
});

test("without a client, templates stand for themselves", () => {
  const acl = new Acl([{ path: "kv/{{identity.entity.id}}/*", capabilities: ["read"], reason: "" }]);
  expect(acl.allows("kv/{{identity.entity.id}}/x", "read")).toBe(true);
});

test("fails if a template is not balanced, or depends on the time", () => {
  expect(() => resolved("kv/{{a")).toThrow(/unbalanced templates; close each \{\{ by \}\}/);
  expect(() => resolved("kv/{{time.now}}")).toThrow(/depends on the time/);
});
