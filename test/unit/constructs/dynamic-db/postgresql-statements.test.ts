import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkSchemas,
  groupName,
  readonlyStatements,
  REVOCATION_STATEMENTS,
} from "../../../../src/constructs/dynamic-db/postgresql-statements";

test("D3: a login has the rights of a group and none of its own", () => {
  const [group, login, ...more] = readonlyStatements("vault-orders-readonly", ["public"]);
  expect(group).toContain('CREATE ROLE "vault-orders-readonly" NOLOGIN');
  expect(login).toBe(
    `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "vault-orders-readonly"`,
  );
  expect(more).toEqual([]);
});

test("D3: each administrator, database and role has a group of its own, whose name needs no quotes inside", () => {
  const schemas = ["public"];
  const orders = { username: "vault", database: "orders", role: "readonly", schemas };
  expect(groupName(orders)).toBe("vault-orders-readonly");
  const part = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(
    fc.property(part, part, part, (username, database, role) => {
      expect(groupName({ username, database, role, schemas })).toMatch(/^(?!pg_)[A-Za-z0-9_-]{1,63}$/);
    }),
  );
  const names = ["a;b", 'a"b', "a".repeat(70), "a".repeat(71)].map((database) => groupName({ ...orders, database }));
  expect(new Set(names).size).toBe(names.length);
  const groups = [["a"], ["a", "b"], ["b", "a"], ["public", "a"]].map((each) =>
    groupName({ ...orders, schemas: each }),
  );
  expect(groups[1]).toBe(groups[2]);
  expect(new Set([...groups, groupName(orders)]).size).toBe(4);
});

test("the names of schemas are texts", () => {
  const [block] = readonlyStatements("g", ["sales", `it's "odd"`]);
  expect(block).toContain(`ARRAY['sales', 'it''s "odd"']`);
});

test.each([
  [[""]],
  [["pg_catalog"]],
  [["information_schema"]],
  [["a$$b"]],
  [["{{name}}"]],
  [["a\\"]],
  [["ä".repeat(32)]],
])("fails if %j are no schemas that a role can read", (schemas) => {
  expect(() => checkSchemas(schemas)).toThrow("is not a schema");
});

test("fails if there are no schemas, or two of the same name", () => {
  expect(() => checkSchemas([])).toThrow("schemas is empty");
  expect(() => checkSchemas(["a", "a"])).toThrow('contains "a" twice');
  expect(() => checkSchemas(["Sales 2026", "ä".repeat(31)])).not.toThrow();
});

test("statements with semicolons inside contain the word END, without which the engine splits them", () => {
  const all = [...readonlyStatements("g", ["public"]), ...REVOCATION_STATEMENTS];
  const blocks = all.filter((statement) => statement.includes(";"));
  expect(blocks).toHaveLength(2);
  for (const block of blocks) expect(block.replaceAll(/"[^"]*"|'[^']*'/g, "")).toMatch(/\bEND\b/);
});
