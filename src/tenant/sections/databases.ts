import { z } from "zod";
import { checkHost, checkHosts, checkRootRotation, Database } from "../../constructs/dynamic-db/database";
import type { MysqlProps, PostgresqlProps } from "../../constructs/dynamic-db/database-props";
import { checkCredentialTtls, databaseMount, DynamicDb } from "../../constructs/dynamic-db/dynamic-db";
import type {
  DynamicDbProps,
  DynamicDbRoleProps,
  DynamicDbStaticRoleProps,
} from "../../constructs/dynamic-db/dynamic-db-props";
import { ValidationError } from "../../core/errors";
import { boolean, choice, list, name, only, uniquelyNamed, validatedBy, whole } from "../builders";
import { checkRoleName } from "../../constructs/access/roles";
import { duration, label, mountPath, path, port, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { engine, unknownName } from "./engine";

/** Permissions and lifetime of the credentials of a role. */
export type DatabaseRoleSpec = InFile<DynamicDbRoleProps>;

/** A user that exists, and whose password is changed regularly. */
export type StaticDatabaseRoleSpec = InFile<DynamicDbStaticRoleProps>;

/** The database of a connection, and its roles. */
type NamedDatabase = InFile<Pick<DynamicDbProps, "name" | "mount" | "roles" | "staticRoles">>;

/** A PostgreSQL server, and the roles for which credentials are created on it. */
export interface PostgresqlDatabaseSpec extends InFile<PostgresqlProps>, NamedDatabase {
  /**
   * Engine of the server.
   *
   * @changes not changeable: remove the database, and add the other server under another name
   */
  readonly engine: "postgresql";
}

/** A MySQL or MariaDB server, and the roles for which credentials are created on it. */
export interface MysqlDatabaseSpec extends InFile<MysqlProps>, NamedDatabase {
  /**
   * Engine of the server.
   *
   * @changes not changeable: remove the database, and add the other server under another name
   */
  readonly engine: "mysql" | "mariadb";
}

/** A database server, and the roles for which credentials are created on it. */
export type DatabaseSpec = PostgresqlDatabaseSpec | MysqlDatabaseSpec;

/** The field of an instance. */
export interface DatabasesField {
  /**
   * Databases on which credentials are created.
   *
   * @default - none
   * @changes in place: leases of a removed database are revoked while the connection exists
   */
  readonly databases?: readonly DatabaseSpec[];
}

/** The field of a role. */
export interface DatabasesGrants {
  /**
   * Database roles whose credentials may be requested, as `<database>/<role>`.
   *
   * @default - none
   * @changes in place: tokens that exist get the new rights at once
   */
  readonly databases?: readonly string[];
}

const roleName = (example: string) => validatedBy(name(example), (value) => checkRoleName("database", value));

const staticRole = shape<StaticDatabaseRoleSpec>()({
  name: roleName("batch"),
  username: name("batch"),
  rotationPeriod: duration.optional(),
  rotationSchedule: name("0 3 * * SAT").optional(),
  rotationWindow: duration.optional(),
});

const role = validatedBy(
  shape<DatabaseRoleSpec>()({
    name: roleName("readonly"),
    creationStatements: list(name("CREATE ROLE ..."), '"CREATE ROLE ..."').optional(),
    revocationStatements: list(name("DROP ROLE ..."), '"DROP ROLE ..."').optional(),
    renewStatements: list(name("ALTER ROLE ..."), '"ALTER ROLE ..."').optional(),
    rollbackStatements: list(name("DROP ROLE ..."), '"DROP ROLE ..."').optional(),
    defaultTtl: duration.optional(),
    maxTtl: duration.optional(),
  }),
  checkCredentialTtls,
);

/** Fields that every engine has. */
const common = {
  name: label,
  mount: mountPath.optional(),
  port: port.optional(),
  database: name("orders"),
  username: name("vault"),
  password: secretRef,
  maxOpenConnections: whole("number", 1).optional(),
  maxIdleConnections: whole("number", 1).optional(),
  maxConnectionLifetime: duration.optional(),
  usernameTemplate: name('{{printf "app-%s" (random 20)}}').optional(),
  verifyConnection: boolean.optional(),
  rotateRoot: boolean.optional(),
  roles: uniquelyNamed(role),
  staticRoles: uniquelyNamed(staticRole).optional(),
};

const postgresqlHost = validatedBy(name("postgres.customer10.internal"), checkHost);

const postgresql = validatedBy(
  shape<PostgresqlDatabaseSpec>()({
    ...common,
    engine: only("postgresql"),
    host: postgresqlHost,
    failoverHosts: list(postgresqlHost, '"postgres-2.customer10.internal"').optional(),
    caCertificatePath: name("/etc/ssl/postgresql.pem").optional(),
  }),
  (spec) => {
    checkHosts(spec);
    checkRootRotation(spec);
  },
);

const mysql = validatedBy(
  shape<MysqlDatabaseSpec>()({
    ...common,
    engine: choice("mysql", "mariadb"),
    host: validatedBy(name("mysql.customer10.internal"), checkHost),
    caCertificateFile: name("certificates/mysql.pem").optional(),
  }),
  checkRootRotation,
);

/** Plugins of engines that the file does not describe: Terraform's state would have their passwords, or no product has them. */
const OTHER_ENGINES: ReadonlyMap<string, string> = new Map([
  ["cassandra", "cassandra-database-plugin"],
  ["couchbase", "couchbase-database-plugin"],
  ["elasticsearch", "elasticsearch-database-plugin"],
  ["hana", "hana-database-plugin"],
  ["influxdb", "influxdb-database-plugin"],
  ["mongodb", "mongodb-database-plugin"],
  ["mssql", "mssql-database-plugin"],
  ["oracle", "vault-plugin-database-oracle"],
  ["redis", "redis-database-plugin"],
  ["redshift", "redshift-database-plugin"],
  ["snowflake", "snowflake-database-plugin"],
  ["valkey", "valkey-database-plugin"],
]);

const database = z.discriminatedUnion("engine", [postgresql, mysql], {
  error: ({ input }) => {
    const { engine: written } = Object(input) as { readonly engine?: unknown };
    const plugin = typeof written === "string" ? OTHER_ENGINES.get(written) : undefined;
    return (
      plugin &&
      `"${written as string}" is not an engine of this file; write "postgresql", "mysql" or "mariadb", or configure ${plugin} by hand in a mount of its own`
    );
  },
});

/** The server that a file describes. */
function serverOf(spec: z.output<typeof database>): Database {
  if (spec.engine === "postgresql") return Database.postgresql(spec);
  return spec.engine === "mysql" ? Database.mysql(spec) : Database.mariadb(spec);
}

/** @throws ValidationError if the rotation of one connection's password would lock another one out. */
function checkAdministrators(specs: readonly z.output<typeof database>[]): void {
  const rotated = specs.filter(({ rotateRoot }) => rotateRoot === true);
  for (const spec of rotated) {
    const other = specs.find((each) => each !== spec && administratorOf(each) === administratorOf(spec));
    if (other === undefined) continue;
    throw new ValidationError(
      "rotate-root",
      `rotateRoot of ${spec.name} replaces the password of ${spec.username}, which ${other.name} uses, too; create an administrator for each.`,
    );
  }
}

function administratorOf(spec: z.output<typeof database>): string {
  const [address = ""] = serverOf(spec).server.addresses;
  return `${spec.username}@${address}`;
}

/**
 * By the mount, so that Terraform replaces a database that is renamed on its mount: it removes the former one first. Two
 * resources would be changed at the same time, and their mounts would be in each other's way.
 */
function constructId(spec: Pick<DynamicDbProps, "name" | "mount">): string {
  const path = databaseMount(spec);
  const byDefault = databaseMount({ name: "" });
  return path.startsWith(byDefault) ? `Database-${path.slice(byDefault.length)}` : `Database-at-${path}`;
}

export const databases = engine<DatabasesField, DatabasesGrants>()({
  field: "databases",
  schema: validatedBy(uniquelyNamed(database), checkAdministrators),
  grants: { databases: list(path, '"orders/readonly"').optional() },
  mounts: (specs) => specs.map(databaseMount),
  refuse: (specs = [], _field, entry) =>
    unknownName(
      entry,
      specs.flatMap((spec) => [...spec.roles, ...(spec.staticRoles ?? [])].map((each) => `${spec.name}/${each.name}`)),
    ),
  create: (scope, specs, { product, provider, centralProvider }) =>
    new Map(
      specs.map((spec) => [
        spec.name,
        new DynamicDb(scope, constructId(spec), {
          name: spec.name,
          mount: spec.mount,
          database: serverOf(spec),
          roles: spec.roles,
          staticRoles: spec.staticRoles,
          product,
          centralProvider,
          provider,
        }),
      ]),
    ),
  grant: (created, grantee, { databases: granted = [] }) => {
    for (const entry of granted) {
      const [database = "", each = ""] = entry.split("/");
      created.get(database)?.grantCredentials(grantee, each);
    }
  },
});
