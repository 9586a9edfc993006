import { z } from "zod";
import { checkRoleName } from "../../constructs/access/roles";
import { checkPostgresqlTls, checkRootRotation, Database } from "../../constructs/dynamic-db/database";
import { checkHost, checkHosts } from "../../constructs/dynamic-db/database-address";
import type { MongodbProps, MssqlProps, MysqlProps, PostgresqlProps } from "../../constructs/dynamic-db/database-props";
import { checkCredentialTtls } from "../../constructs/dynamic-db/dynamic-db";
import type {
  DynamicDbProps,
  DynamicDbRoleProps,
  DynamicDbStaticRoleProps,
} from "../../constructs/dynamic-db/dynamic-db-props";
import { checkMongodbRoles } from "../../constructs/dynamic-db/mongodb-statements";
import { checkUsernameTemplate } from "../../constructs/dynamic-db/username-template";
import { checkPasswordRules, type PasswordRules } from "../../constructs/dynamic-db/password-policy";
import { checkSchemas } from "../../constructs/dynamic-db/postgresql-statements";
import { boolean, choice, list, name, only, uniquelyNamed, validatedBy, whole } from "../builders";
import { duration, label, mountPath, port, secretRef } from "../fields";
import { shape, type InFile } from "../in-file";
import { passwordRuleList } from "./password-rules";

/** Permissions and lifetime of the credentials of a role. */
export type DatabaseRoleSpec = InFile<DynamicDbRoleProps>;

/** A user that exists, and whose password is changed regularly. */
export type StaticDatabaseRoleSpec = InFile<DynamicDbStaticRoleProps>;

/** Length and characters of generated passwords. */
export type PasswordRulesSpec = InFile<PasswordRules>;

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

/** A MongoDB server or replica set, and the roles for which credentials are created on it. */
export interface MongodbDatabaseSpec extends InFile<MongodbProps>, NamedDatabase {
  /**
   * Engine of the server.
   *
   * @changes not changeable: remove the database, and add the other server under another name
   */
  readonly engine: "mongodb";
}

/** A Microsoft SQL Server, and the roles for which credentials are created on it. */
export interface MssqlDatabaseSpec extends InFile<MssqlProps>, NamedDatabase {
  /**
   * Engine of the server.
   *
   * @changes not changeable: remove the database, and add the other server under another name
   */
  readonly engine: "mssql";
}

/** A database server, and the roles for which credentials are created on it. */
export type DatabaseSpec = PostgresqlDatabaseSpec | MysqlDatabaseSpec | MongodbDatabaseSpec | MssqlDatabaseSpec;

const roleName = (example: string) => validatedBy(name(example), (value) => checkRoleName("database", value));

const staticRole = shape<StaticDatabaseRoleSpec>()({
  name: roleName("batch"),
  username: name("batch"),
  rotationPeriod: duration.optional(),
  rotationSchedule: name("0 3 * * SAT").optional(),
  rotationWindow: duration.optional(),
  rotationStatements: list(name("ALTER ROLE ..."), '"ALTER ROLE ..."').optional(),
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

const passwordRules = validatedBy(
  shape<PasswordRulesSpec>()({
    length: whole("number of characters", 1).optional(),
    rules: passwordRuleList.optional(),
  }),
  (rules) => checkPasswordRules(rules),
);

/** Fields that every engine has. */
const common = {
  name: label,
  mount: mountPath.optional(),
  port: port.optional(),
  database: name("orders"),
  username: name("vault"),
  password: secretRef,
  usernameTemplate: name('{{printf "app-%s" (random 20)}}').optional(),
  passwordPolicy: passwordRules.optional(),
  verifyConnection: boolean.optional(),
  rotateRoot: boolean.optional(),
  roles: uniquelyNamed(role),
  staticRoles: uniquelyNamed(staticRole).optional(),
};

/** Fields of engines that keep connections open. */
const pooled = {
  ...common,
  maxOpenConnections: whole("number", 1).optional(),
  maxIdleConnections: whole("number", 1).optional(),
  maxConnectionLifetime: duration.optional(),
};

const postgresqlHost = validatedBy(name("postgres.customer10.internal"), checkHost);

const postgresql = validatedBy(
  shape<PostgresqlDatabaseSpec>()({
    ...pooled,
    engine: only("postgresql"),
    host: postgresqlHost,
    failoverHosts: list(postgresqlHost, '"postgres-2.customer10.internal"').optional(),
    caCertificatePath: name("/etc/ssl/postgresql.pem").optional(),
    clientCertificatePath: name("/etc/ssl/vault.pem").optional(),
    clientKeyPath: name("/etc/ssl/vault.key").optional(),
    sslMode: choice("verify-full", "verify-ca").optional(),
    schemas: validatedBy(list(name("sales"), '"sales"'), checkSchemas).optional(),
  }),
  (spec) => {
    checkHosts(spec);
    checkPostgresqlTls(spec);
    checkRootRotation(spec);
    checkUsernameTemplate(spec);
  },
);

const mysql = validatedBy(
  shape<MysqlDatabaseSpec>()({
    ...pooled,
    engine: choice("mysql", "mariadb"),
    host: validatedBy(name("mysql.customer10.internal"), checkHost),
    caCertificateFile: name("certificates/mysql.pem").optional(),
  }),
  (spec) => {
    checkRootRotation(spec);
    checkUsernameTemplate(spec);
  },
);

const mongodbHost = validatedBy(name("mongodb.customer10.internal"), checkHost);

const mongodb = validatedBy(
  shape<MongodbDatabaseSpec>()({
    ...common,
    engine: only("mongodb"),
    host: mongodbHost,
    failoverHosts: list(mongodbHost, '"mongodb-2.customer10.internal"').optional(),
    caCertificateFile: name("certificates/mongodb.pem").optional(),
  }),
  (spec) => {
    checkHosts(spec);
    checkRootRotation(spec);
    checkMongodbRoles(spec);
  },
);

const mssql = validatedBy(
  shape<MssqlDatabaseSpec>()({
    ...pooled,
    engine: only("mssql"),
    host: validatedBy(name("mssql.customer10.internal"), checkHost),
    caCertificatePath: name("/etc/ssl/mssql.pem").optional(),
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
  ["oracle", "vault-plugin-database-oracle"],
  ["redis", "redis-database-plugin"],
  ["redshift", "redshift-database-plugin"],
  ["snowflake", "snowflake-database-plugin"],
  ["valkey", "valkey-database-plugin"],
]);

/** The schema of a database. */
export const database = z.discriminatedUnion("engine", [postgresql, mysql, mongodb, mssql], {
  error: ({ input }) => {
    const { engine: written } = Object(input) as { readonly engine?: unknown };
    const plugin = typeof written === "string" ? OTHER_ENGINES.get(written) : undefined;
    return (
      plugin &&
      `"${written as string}" is not an engine of this file; write "postgresql", "mysql", "mariadb", "mongodb" or "mssql", or configure ${plugin} by hand in a mount of its own`
    );
  },
});

/** The server that a file describes. */
export function serverOf(spec: z.output<typeof database>): Database {
  switch (spec.engine) {
    case "postgresql":
      return Database.postgresql(spec);
    case "mysql":
      return Database.mysql(spec);
    case "mariadb":
      return Database.mariadb(spec);
    case "mongodb":
      return Database.mongodb(spec);
    case "mssql":
      return Database.mssql(spec);
  }
}
