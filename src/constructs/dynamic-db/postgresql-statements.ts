import { createHash } from "node:crypto";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";

/** PostgreSQL cuts longer names off. */
const LONGEST_NAME = 63;

/** Whose rights a group has. */
export interface GroupOwner {
  readonly username: string;
  readonly database: string;
  readonly role: string;
  readonly schemas: readonly string[];
}

/**
 * Name of the group that holds what the logins of a role may do. It names the administrator as well, because PostgreSQL lets
 * only the role that created a group grant it. Other schemas are another group, so that no login reads what was removed.
 */
export function groupName({ username, database, role, schemas }: GroupOwner): string {
  const parts = [username, database, role];
  const others = schemas.join() === DEFAULT_SCHEMAS.join() ? [] : [schemas.toSorted()];
  const name = parts.join("-");
  if (others.length === 0 && /^[A-Za-z0-9_-]+$/.test(name) && name.length <= LONGEST_NAME && !name.startsWith("pg_"))
    return name;
  const digest = createHash("sha256")
    .update(JSON.stringify([...parts, ...others]))
    .digest("hex")
    .slice(0, 16);
  return `vault-${digest}`;
}

/** What a role reads by default. */
export const DEFAULT_SCHEMAS: readonly string[] = ["public"];

/** Schemas of PostgreSQL itself, and what ends the quotes of a block or is filled in by the engine. */
const NO_SCHEMA = /^pg_|^information_schema$|[$\\]|\{\{|\p{Cc}|^$/u;

/** @throws ValidationError if nobody could read a schema by a role, or its name could not be a part of a statement. */
export function checkSchemas(schemas: readonly string[]): void {
  const wrong = schemas.find((each) => NO_SCHEMA.test(each) || Buffer.byteLength(each) > LONGEST_NAME);
  if (wrong !== undefined)
    throw new ValidationError(
      "db-schemas",
      `${JSON.stringify(wrong)} is not a schema that a role can read; write the name of a schema as the database has it, without quotes.`,
    );
  const twice = firstDuplicate(schemas);
  if (twice === undefined && schemas.length > 0) return;
  throw new ValidationError(
    "db-schemas",
    twice === undefined
      ? "schemas is empty, so that no role can read anything; name a schema, or give each role creationStatements."
      : `schemas contains ${JSON.stringify(twice)} twice; remove one.`,
  );
}

/**
 * Statements that create a login which reads the tables of schemas. The rights are those of a group, because rights per login
 * fill the access lists of the tables. The group gets what the administrator may grant at that moment, so one table that belongs
 * to somebody else does not stop all logins.
 *
 * The engine executes a statement as it is only if it contains the word END; it splits all others at semicolons.
 */
export function readonlyStatements(group: string, schemas: readonly string[]): string[] {
  const names = schemas.map((name) => `'${name.replaceAll("'", "''")}'`).join(", ");
  return [
    [
      "DO $$",
      "DECLARE sch text; tab regclass;",
      "BEGIN",
      // Two instances may share a database: concurrent changes of one access list fail.
      `PERFORM pg_advisory_xact_lock(hashtext('${group}'));`,
      `IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${group}') THEN CREATE ROLE "${group}" NOLOGIN; END IF;`,
      `IF NOT has_database_privilege('${group}', current_database(), 'CONNECT') THEN`,
      `EXECUTE format('GRANT CONNECT ON DATABASE %I TO "${group}"', current_database()); END IF;`,
      `FOREACH sch IN ARRAY ARRAY[${names}] LOOP`,
      `IF NOT has_schema_privilege('${group}', sch, 'USAGE') THEN`,
      `EXECUTE format('GRANT USAGE ON SCHEMA %I TO "${group}"', sch); END IF;`,
      "FOR tab IN SELECT oid::regclass FROM pg_class",
      "WHERE relnamespace = quote_ident(sch)::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')",
      `AND has_table_privilege(oid, 'SELECT WITH GRANT OPTION') AND NOT has_table_privilege('${group}', oid, 'SELECT')`,
      `LOOP EXECUTE format('GRANT SELECT ON TABLE %s TO "${group}"', tab); END LOOP;`,
      "END LOOP;",
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
