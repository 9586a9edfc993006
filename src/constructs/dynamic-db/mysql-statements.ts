/** Statements that create a login which reads the tables of a database, also those that are created later. */
export function mysqlReadonlyStatements(database: string): string[] {
  // In a grant, _ and % stand for any characters.
  const tables = `\`${database.replaceAll("`", "``").replaceAll(/[_%\\]/g, "\\$&")}\`.*`;
  return [`CREATE USER ${LOGIN} IDENTIFIED BY '{{password}}'`, `GRANT SELECT ON ${tables} TO ${LOGIN}`];
}

const LOGIN = "'{{name}}'@'%'";
const REVOKE = `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${LOGIN}`;
const DROP = `DROP USER IF EXISTS ${LOGIN}`;

/** Statements that remove a login. A session that is open keeps running until its client ends it. */
export const MYSQL_REVOCATION: readonly string[] = [REVOKE, DROP];

/** Statements that disconnect a login and remove it. Without its rights it cannot do harm if it connects in between. */
export const MARIADB_REVOCATION: readonly string[] = [REVOKE, "KILL USER '{{name}}'", DROP];
