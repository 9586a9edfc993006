import { z } from "zod";
import { checkRootRotation, Database } from "../../constructs/dynamic-db/database";
import { checkHost, checkHosts } from "../../constructs/dynamic-db/database-address";
import type { MongodbProps, MssqlProps, MysqlProps, PostgresqlProps } from "../../constructs/dynamic-db/database-props";
import { checkGeneratedInUrl } from "../../constructs/dynamic-db/mongodb";
import { checkPostgresqlTls } from "../../constructs/dynamic-db/postgresql";
import { checkSchemas } from "../../constructs/dynamic-db/postgresql-statements";
import { checkRoleStatements } from "../../constructs/dynamic-db/role-statements";
import { checkUsernameTemplate } from "../../constructs/dynamic-db/username-template";
import { choice, list, name, only, validatedBy } from "../builders";
import { shape, type InFile } from "../in-file";
import { common, pooled, type NamedDatabase } from "./database-fields";
import {
  cassandra,
  influxdb,
  redis,
  type CassandraDatabaseSpec,
  type InfluxdbDatabaseSpec,
  type RedisDatabaseSpec,
} from "./hooked-databases";

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
export type DatabaseSpec =
  | PostgresqlDatabaseSpec
  | MysqlDatabaseSpec
  | MongodbDatabaseSpec
  | MssqlDatabaseSpec
  | RedisDatabaseSpec
  | CassandraDatabaseSpec
  | InfluxdbDatabaseSpec;

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
    checkGeneratedInUrl(spec);
    checkRoleStatements("mongodb", spec);
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
  ["couchbase", "couchbase-database-plugin"],
  ["elasticsearch", "elasticsearch-database-plugin"],
  ["hana", "hana-database-plugin"],
  ["oracle", "vault-plugin-database-oracle"],
  ["redshift", "redshift-database-plugin"],
  ["snowflake", "snowflake-database-plugin"],
]);

const ENGINES = '"postgresql", "mysql", "mariadb", "mongodb", "mssql", "redis", "valkey", "cassandra" or "influxdb"';

/** The schema of a database. */
export const database = z.discriminatedUnion(
  "engine",
  [postgresql, mysql, mongodb, mssql, redis, cassandra, influxdb],
  {
    error: ({ input }) => {
      const { engine: written } = Object(input) as { readonly engine?: unknown };
      const plugin = typeof written === "string" ? OTHER_ENGINES.get(written) : undefined;
      return (
        plugin &&
        `"${written as string}" is not an engine of this file; write one of ${ENGINES}, or configure ${plugin} by hand in a mount of its own`
      );
    },
  },
);

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
    case "redis":
      return Database.redis(spec);
    case "valkey":
      return Database.valkey(spec);
    case "cassandra":
      return Database.cassandra(spec);
    case "influxdb":
      return Database.influxdb(spec);
  }
}
