import { createHash } from "node:crypto";

/** PostgreSQL cuts longer names off. */
const LONGEST_NAME = 63;

/**
 * Name of the group that holds what the logins of a role may do. It names the administrator as well, because PostgreSQL lets
 * only the role that created a group grant it.
 */
export function groupName(...parts: readonly [username: string, database: string, role: string]): string {
  const name = parts.join("-");
  if (/^[A-Za-z0-9_-]+$/.test(name) && name.length <= LONGEST_NAME && !name.startsWith("pg_")) return name;
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
  return `vault-${digest}`;
}

/**
 * Statements that create a login which reads the tables of the schema public. The rights are those of a group, because
 * rights per login fill the access lists of the tables. The group gets what the administrator may grant at that moment, so
 * one table that belongs to somebody else does not stop all logins.
 *
 * The engine executes a statement as it is only if it contains the word END; it splits all others at semicolons.
 */
export function readonlyStatements(group: string): string[] {
  return [
    [
      "DO $$",
      "DECLARE tab regclass;",
      "BEGIN",
      // Two instances may share a database: concurrent changes of one access list fail.
      `PERFORM pg_advisory_xact_lock(hashtext('${group}'));`,
      `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${group}') THEN CREATE ROLE "${group}" NOLOGIN; END IF;`,
      `IF NOT has_database_privilege('${group}', current_database(), 'CONNECT') THEN`,
      `EXECUTE format('GRANT CONNECT ON DATABASE %I TO "${group}"', current_database()); END IF;`,
      `IF NOT has_schema_privilege('${group}', 'public', 'USAGE') THEN GRANT USAGE ON SCHEMA public TO "${group}"; END IF;`,
      "FOR tab IN SELECT oid::regclass FROM pg_class",
      "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')",
      `AND has_table_privilege(oid, 'SELECT WITH GRANT OPTION') AND NOT has_table_privilege('${group}', oid, 'SELECT')`,
      `LOOP EXECUTE format('GRANT SELECT ON TABLE %s TO "${group}"', tab); END LOOP;`,
      "END $$",
    ].join("\n"),
    `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE "${group}"`,
  ];
}

/**
 * Statements that remove a login. The administrator inherits what the login owns in this database, because the engine's own
 * statements fail if it owns anything. A login that owns objects in another database, or has rights that others granted,
 * cannot be dropped from here; it stays without the right to log in.
 */
export const REVOCATION_STATEMENTS: readonly string[] = [
  [
    "DO $$",
    "BEGIN",
    "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{{name}}') THEN RETURN; END IF;",
    'ALTER ROLE "{{name}}" NOLOGIN;',
    `IF NOT pg_has_role('{{name}}', 'USAGE') THEN GRANT "{{name}}" TO CURRENT_USER; END IF;`,
    "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}';",
    'REASSIGN OWNED BY "{{name}}" TO CURRENT_USER;',
    'DROP OWNED BY "{{name}}";',
    'BEGIN DROP ROLE "{{name}}";',
    "EXCEPTION WHEN dependent_objects_still_exist THEN",
    `RAISE WARNING '{{name}} has objects elsewhere or rights from others, and stays without the right to log in'; END;`,
    "END $$",
  ].join("\n"),
];
