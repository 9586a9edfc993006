import type { DatabaseServer } from "../../contract/guide";
import { checkDurations } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkSecretRefs } from "../../core/secret-ref";
import type { ValueType } from "../../core/value-type";
import { charactersOf } from "../../core/password-rules";
import { readCertificateFile } from "../../terraform/certificate-file";
import { Mount, type DatabaseSecretsMount } from "../../terraform/providers/vault";
import type { MissingEngine } from "../server-config/external-plugin";
import { cassandraDefinition } from "./cassandra";
import { checkHosts, checkPort, encode, hostInUrl } from "./database-address";
import type { ConnectionArguments, DatabaseDefinition, Statements } from "./database-definition";
import type { DatabaseConnectionProps, MongodbProps, MssqlProps, MysqlProps, PostgresqlProps } from "./database-props";
import type { CassandraProps, InfluxdbProps, RedisProps } from "./hooked-database-props";
import { influxdbDefinition } from "./influxdb";
import { mongodbReadonlyStatements, mongodbRevocation } from "./mongodb-statements";
import { MSSQL_READONLY } from "./mssql-statements";
import { checkPasswordRules, type PasswordRules } from "./password-policy";
import { MARIADB_REVOCATION, MYSQL_REVOCATION, mysqlReadonlyStatements } from "./mysql-statements";
import {
  checkSchemas,
  DEFAULT_SCHEMAS,
  groupName,
  readonlyStatements,
  REVOCATION_STATEMENTS,
} from "./postgresql-statements";
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
    const { database, username, port = 5432, schemas = DEFAULT_SCHEMAS } = props;
    checkSchemas(schemas);
    const servers = checkHosts(props).map((host) => `${hostInUrl(host)}:${checkPort("PostgreSQL", port)}`);
    const parameters = Object.entries({
      ...postgresqlTls(props),
      // Otherwise the instance would create logins on a standby, which refuses them.
      target_session_attrs: servers.length > 1 ? "read-write" : undefined,
    }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encode(value)}`]));
    const url = `postgresql://{{username}}:{{password}}@${servers.join(",")}/${encode(database)}?${parameters.join("&")}`;
    return new Database(props, {
      server: { engine: "postgresql", addresses: servers, database },
      connection: () => ({ connectionUrl: url }),
      statements: {
        readonlyRole: (role) => readonlyStatements(groupName({ username, database, role, schemas }), schemas),
        revocation: () => REVOCATION_STATEMENTS,
      },
    });
  }

  /** MySQL over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/mysql-maria */
  static mysql(props: MysqlProps): Database {
    return new Database(props, mysqlDefinition("mysql", "MySQL", props, MYSQL_REVOCATION));
  }

  /** MariaDB over TLS; the name of the server is verified. Revoked logins are disconnected. */
  static mariadb(props: MysqlProps): Database {
    return new Database(props, mysqlDefinition("mariadb", "MariaDB", props, MARIADB_REVOCATION));
  }

  /**
   * MongoDB over TLS, of Vault, or of OpenBao with the plugin; the name of the server is verified;
   * https://developer.hashicorp.com/vault/docs/secrets/databases/mongodb
   */
  static mongodb(props: MongodbProps): Database {
    const { database, port = 27_017 } = props;
    const addresses = checkHosts(props).map((host) => `${hostInUrl(host)}:${checkPort("MongoDB", port)}`);
    checkGeneratedInUrl(props);
    const url = `mongodb://${userInUrl(props)}:{{password}}@${addresses.join(",")}/admin?tls=true`;
    return new Database(props, {
      server: { engine: "mongodb", addresses, database },
      connection: () => ({ connectionUrl: url }),
      // The bindings are older than the CA of MongoDB.
      newerArguments: () => ({ tls_ca: certificateOf(props) }),
      isPasswordInUrl: true,
      statements: { readonlyRole: () => mongodbReadonlyStatements(database), revocation: mongodbRevocation },
    });
  }

  /**
   * Microsoft SQL Server over TLS, of Vault, or of OpenBao with the plugin; the name of the server is verified;
   * https://developer.hashicorp.com/vault/docs/secrets/databases/mssql
   */
  static mssql(props: MssqlProps): Database {
    const { host, database, port = 1433, caCertificatePath } = props;
    const address = `${hostInUrl(host)}:${checkPort("SQL Server", port)}`;
    const trust = caCertificatePath === undefined ? "" : `&certificate=${encode(caCertificatePath)}`;
    const parameters = `database=${encode(database)}&encrypt=true&TrustServerCertificate=false${trust}`;
    const url = `sqlserver://{{username}}:{{password}}@${address}?${parameters}`;
    return new Database(props, {
      server: { engine: "mssql", addresses: [address], database },
      connection: () => ({ connectionUrl: url }),
      // The engine's own ones disconnect the login, and remove it from every database.
      statements: { readonlyRole: () => MSSQL_READONLY, revocation: () => [] },
    });
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

/** Characters that mean nothing else in a URL. */
const IN_URL = /^[A-Za-z0-9\-._~]$/;

/**
 * The engine of MongoDB puts the administrator's password into its URL as it is, also one that it generated. It would lock itself out.
 *
 * @throws ValidationError if a rotation may generate such a password.
 */
export function checkGeneratedInUrl({ rotateRoot, passwordPolicy }: DatabaseConnectionProps): void {
  const wrong = charactersOf(passwordPolicy?.rules ?? []).find((character) => !IN_URL.test(character));
  if (rotateRoot !== true || wrong === undefined) return;
  throw new ValidationError(
    "rotate-root",
    `With rotateRoot, the password of MongoDB's administrator would contain "${wrong}", which its URL cannot; use letters, digits and - . _ ~ in passwordPolicy.`,
  );
}

/** The engine of MongoDB puts the administrator's name into its URL as it is. */
function userInUrl({ username }: Pick<MongodbProps, "username">): string {
  const encoded = encode(username);
  return encoded === username ? "{{username}}" : encoded;
}

type PostgresqlTls = Pick<PostgresqlProps, "sslMode" | "caCertificatePath" | "clientCertificatePath" | "clientKeyPath">;

/** What the client verifies, and the files on the disks of the instance. The Vault provider would keep a key in Terraform's state. */
function postgresqlTls(props: PostgresqlTls): Readonly<Record<string, string | undefined>> {
  checkPostgresqlTls(props);
  const { sslMode = "verify-full", caCertificatePath, clientCertificatePath, clientKeyPath } = props;
  return { sslmode: sslMode, sslrootcert: caCertificatePath, sslcert: clientCertificatePath, sslkey: clientKeyPath };
}

/** @throws ValidationError if the server is not verified, or a client certificate has no key. */
export function checkPostgresqlTls({ sslMode, clientCertificatePath, clientKeyPath }: PostgresqlTls): void {
  if (sslMode !== undefined && !/^verify-(full|ca)$/.test(sslMode))
    throw new ValidationError(
      "db-tls",
      `The sslMode ${JSON.stringify(sslMode)} does not verify the server; write "verify-full", or "verify-ca" if its certificate has another name.`,
    );
  if ((clientCertificatePath === undefined) === (clientKeyPath === undefined)) return;
  throw new ValidationError(
    "db-tls",
    "A client certificate needs its key, and a key its certificate; write both clientCertificatePath and clientKeyPath.",
  );
}

function mysqlDefinition(
  engine: "mysql" | "mariadb",
  product: string,
  { host, port = 3306, database, ...props }: MysqlProps,
  revocation: readonly string[],
): DatabaseDefinition {
  const address = `${hostInUrl(host)}:${checkPort(product, port)}`;
  // With a CA of its own, the engine sets the parameter of TLS itself.
  const tls = props.caCertificateFile === undefined ? "?tls=true" : "";
  return {
    server: { engine, addresses: [address], database },
    connection: () => ({
      connectionUrl: `{{username}}:{{password}}@tcp(${address})/${tls}`,
      tlsCa: certificateOf(props),
    }),
    statements: { readonlyRole: () => mysqlReadonlyStatements(database), revocation: () => revocation },
  };
}

function certificateOf({ caCertificateFile }: Pick<MysqlProps, "caCertificateFile">): string | undefined {
  return caCertificateFile === undefined ? undefined : readCertificateFile(caCertificateFile, "caCertificateFile");
}

/** A database, for checks at run time. */
export const DATABASE: ValueType = {
  name: "Database",
  member: "statements",
  example: 'Database.postgresql({ host: "postgres.customer10.internal", ... })',
  required: true,
};
