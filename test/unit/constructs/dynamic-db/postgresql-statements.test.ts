import fc from "fast-check";
import { expect, test } from "vitest";
import {
  groupName,
  readonlyStatements,
  REVOCATION_STATEMENTS,
} from "../../../../src/constructs/dynamic-db/postgresql-statements";

test("D3: a login has the rights of a group and none of its own", () => {
  const [group, login, ...more] = readonlyStatements("vault-orders-readonly");
  expect(group).toContain('CREATE ROLE "vault-orders-readonly" NOLOGIN');
  expect(login).toBe(
    `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "vault-orders-readonly"`,
  );
  expect(more).toEqual([]);
});

test("D3: each administrator, database and role has a group of its own, whose name needs no quotes inside", () => {
  expect(groupName("vault", "orders", "readonly")).toBe("vault-orders-readonly");
  const part = fc.string({ minLength: 1, unit: "grapheme" });
  fc.assert(
    fc.property(part, part, part, (username, database, role) => {
      expect(groupName(username, database, role)).toMatch(/^(?!pg_)[A-Za-z0-9_-]{1,63}$/);
    }),
  );
  const names = ["a;b", 'a"b', "a".repeat(70), "a".repeat(71)].map((database) => groupName("vault", database, "r"));
  expect(new Set(names).size).toBe(names.length);
});

test("statements with semicolons inside contain the word END, without which the engine splits them", () => {
  const all = [...readonlyStatements("g"), ...REVOCATION_STATEMENTS];
  const blocks = all.filter((statement) => statement.includes(";"));
  expect(blocks).toHaveLength(2);
  for (const block of blocks) expect(block.replaceAll(/"[^"]*"|'[^']*'/g, "")).toMatch(/\bEND\b/);
});
