import { expect, test } from "vitest";
import {
  MARIADB_REVOCATION,
  MYSQL_REVOCATION,
  mysqlReadonlyStatements,
} from "../../../../src/constructs/dynamic-db/mysql-statements";

test("a login reads the tables of one database", () => {
  expect(mysqlReadonlyStatements("orders")).toEqual([
    "CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'",
    "GRANT SELECT ON `orders`.* TO '{{name}}'@'%'",
  ]);
});

test.each([
  ["web_shop", "`web\\_shop`"],
  ["50%", "`50\\%`"],
  ["a`b\\c", "`a``b\\\\c`"],
])("the name %j stands for itself in a grant", (database, quoted) => {
  expect(mysqlReadonlyStatements(database)[1]).toBe(`GRANT SELECT ON ${quoted}.* TO '{{name}}'@'%'`);
});

test("only MariaDB can disconnect a login by its name", () => {
  expect(MARIADB_REVOCATION.filter((statement) => !MYSQL_REVOCATION.includes(statement))).toEqual([
    "KILL USER '{{name}}'",
  ]);
});
