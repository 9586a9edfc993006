import type { DatabaseServer } from "../../contract/guide";
import { checkDurations } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkSecretRefs } from "../../core/secret-ref";
import type { ValueType } from "../../core/value-type";
import { Mount, type DatabaseSecretsMount } from "../../terraform/providers/vault";
import type { MissingEngine } from "../server-config/external-plugin";
import { cassandraDefinition } from "./cassandra";
import type { ConnectionArguments, DatabaseDefinition, Statements } from "./database-definition";
import type { DatabaseConnectionProps, MongodbProps, MssqlProps, MysqlProps, PostgresqlProps } from "./database-props";
import type { CassandraProps, InfluxdbProps, RedisProps } from "./hooked-database-props";
import { influxdbDefinition } from "./influxdb";
import { mongodbDefinition } from "./mongodb";
import { mssqlDefinition } from "./mssql";
import { mysqlDefinition } from "./mysql";
import { checkPasswordRules, type PasswordRules } from "./password-policy";
import { postgresqlDefinition } from "./postgresql";
import { redisDefinition } from "./redis";
import { checkUsernameTemplate, safeTemplate } from "./username-template";

/** Engines that OpenBao has as external plugins only. */
export const MISSING_DATABASES: Readonly<Partial<Record<DatabaseServer["engine"], MissingEngine>>> = {
  mongodb: missing("MongoDB", "mongodb-database-plugin"),
  mssql: missing("Microsoft SQL Server", "mssql-database-plugin"),
};

function missing(title: string, name: string): MissingEngine {
  return { type: "database", name, title, program: name };
}

/** A database server on which credentials are created. */
export class Database {
  /** PostgreSQL over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql */
  static postgresql(props: PostgresqlProps): Database {
    return new Database(props, postgresqlDefinition(props));
  }

  /** MySQL over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/mysql-maria */
  static mysql(props: MysqlProps): Database {
    return new Database(props, mysqlDefinition("mysql", props));
  }

  /** MariaDB over TLS; the name of the server is verified. Revoked logins are disconnected. */
  static mariadb(props: MysqlProps): Database {
    return new Database(props, mysqlDefinition("mariadb", props));
  }

  /**
   * MongoDB over TLS, of Vault, or of OpenBao with the plugin; the name of the server is verified;
   * https://developer.hashicorp.com/vault/docs/secrets/databases/mongodb
   */
  static mongodb(props: MongodbProps): Database {
    return new Database(props, mongodbDefinition(props));
  }

  /**
   * Microsoft SQL Server over TLS, of Vault, or of OpenBao with the plugin; the name of the server is verified;
   * https://developer.hashicorp.com/vault/docs/secrets/databases/mssql
   */
  static mssql(props: MssqlProps): Database {
    return new Database(props, mssqlDefinition(props));
  }

  /** Redis 6 or later over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/redis */
  static redis(props: RedisProps): Database {
    return new Database(props, redisDefinition("redis", props));
  }

  /** Valkey over TLS; the name of the server is verified; https://openbao.org/docs/secrets/databases/valkey/ */
  static valkey(props: RedisProps): Database {
    return new Database(props, redisDefinition("valkey", props));
  }

  /**
   * Apache Cassandra over TLS; the names of the servers are verified; https://developer.hashicorp.com/vault/docs/secrets/databases/cassandra
   */
  static cassandra(props: CassandraProps): Database {
    return new Database(props, cassandraDefinition(props));
  }

  /** InfluxDB 1 over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/influxdb */
  static influxdb(props: InfluxdbProps): Database {
    return new Database(props, influxdbDefinition(props));
  }

  private constructor(
    private readonly props: Administered,
    private readonly definition: DatabaseDefinition,
  ) {
    checkSecretRefs({ password: props.password });
    checkDurations(props, ["maxConnectionLifetime"]);
    checkRootRotation(props);
    checkUsernameTemplate({ ...props, engine: this.server.engine });
    checkPasswordRules(this.passwordRules);
  }

  /** Where clients reach it. */
  get server(): DatabaseServer {
    return this.definition.server;
  }

  /** Statements for roles that have none of their own. */
  get statements(): Statements {
    return this.definition.statements;
  }

  /** The URL by which the instance connects, without a password; empty if the engine takes none. */
  get connectionUrl(): string {
    return this.definition.connection().connectionUrl ?? "";
  }

  /** Whether a hook writes the administrator's password, because Terraform's state would have it. */
  get isHooked(): boolean {
    return HOOKED.includes(this.engine);
  }

  /** Whether only the instance knows the administrator's password. */
  get rotatesRoot(): boolean {
    return this.props.rotateRoot ?? false;
  }

  /** Whether the instance logs in before a connection is accepted. */
  get verifiesConnection(): boolean {
    return this.props.verifyConnection ?? true;
  }

  /** How passwords are generated. */
  get passwordRules(): PasswordRules {
    return this.props.passwordPolicy ?? {};
  }

  /** The plugin. OpenBao has that of Redis by the name of Valkey, too, which the provider does not know. */
  get engine(): Exclude<DatabaseServer["engine"], "mariadb" | "valkey"> {
    const { engine } = this.server;
    return engine === "mariadb" ? "mysql" : engine === "valkey" ? "redis" : engine;
  }

  /** The administrator. */
  get login(): Pick<PostgresqlProps, "username" | "password"> {
    return this.props;
  }

  /** Arguments of the connection. */
  get connection(): ConnectionArguments {
    const { username, usernameTemplate, verifyConnection, ...pool } = this.props;
    return {
      ...this.definition.connection(),
      username,
      maxOpenConnections: pool.maxOpenConnections,
      maxIdleConnections: pool.maxIdleConnections,
      maxConnectionLifetime: pool.maxConnectionLifetime?.toSeconds(),
      usernameTemplate: safeTemplate(this.server.engine, usernameTemplate),
      verifyConnection,
    };
  }

  /** The connection, if the hook writes it; undefined if Terraform does. */
  get settings(): DatabaseDefinition["settings"] {
    return this.definition.settings;
  }

  /** Whether the engine puts the password into its URL as it is. */
  get isPasswordInUrl(): boolean {
    return this.definition.isPasswordInUrl ?? false;
  }

  /** Arguments that the bindings do not know yet. */
  get newerArguments(): Readonly<Record<string, unknown>> {
    return this.definition.newerArguments?.() ?? {};
  }

  /** Name of the connection, as an attribute of its mount if that has it. */
  nameIn(mount: DatabaseSecretsMount | Mount, name: string): string {
    return mount instanceof Mount ? name : mount[this.engine].get(0).name;
  }
}

/** What all props have in common. */
type Administered = Partial<DatabaseConnectionProps> & Pick<PostgresqlProps, "username" | "password">;

/** Engines for whose passwords the provider has no write-only argument. */
const HOOKED: readonly string[] = ["redis", "cassandra", "influxdb"];

/**
 * A state of before the rotation writes the former password again. A server that verifies it refuses it, and keeps the one that only it
 * knows.
 *
 * @throws ValidationError if a connection whose password is rotated is not verified.
 */
export function checkRootRotation({ rotateRoot, verifyConnection }: DatabaseConnectionProps): void {
  if (rotateRoot !== true || verifyConnection !== false) return;
  throw new ValidationError(
    "rotate-root",
    "A connection with rotateRoot must be verified, so that a former password never replaces the present one; remove verifyConnection.",
  );
}

/** A database, for checks at run time. */
export const DATABASE: ValueType = {
  name: "Database",
  member: "statements",
  example: 'Database.postgresql({ host: "postgres.customer10.internal", ... })',
  required: true,
};
