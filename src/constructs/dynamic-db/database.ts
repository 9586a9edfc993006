import type { DatabaseServer } from "../../contract/guide";
import { checkDurations } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkSecretRefs } from "../../core/secret-ref";
import type { ValueType } from "../../core/value-type";
import { readCertificateFile } from "../../terraform/certificate-file";
import type { DatabaseSecretsMount, DatabaseSecretsMountPostgresql } from "../../terraform/providers/vault";
import type { MissingEngine } from "../server-config/external-plugin";
import { checkHosts, checkPort, encode, hostInUrl } from "./database-address";
import type { DatabaseConnectionProps, MongodbProps, MssqlProps, MysqlProps, PostgresqlProps } from "./database-props";
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
import { checkUsernameTemplate } from "./username-template";

/** Statements for a role that has none of its own. */
interface Statements {
  readonly readonlyRole: (role: string) => readonly string[];
  /** Statements that remove the logins which the others create. */
  readonly revocation: (creation: readonly string[]) => readonly string[];
}

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
    const server: DatabaseServer = { engine: "postgresql", addresses: servers, database };
    return new Database(server, url, props, {
      readonlyRole: (role) => readonlyStatements(groupName({ username, database, role, schemas }), schemas),
      revocation: () => REVOCATION_STATEMENTS,
    });
  }

  /** MySQL over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/mysql-maria */
  static mysql(props: MysqlProps): Database {
    const server = mysqlServer("mysql", props);
    return new Database(server, mysqlUrl("MySQL", props), props, mysqlStatements(props, MYSQL_REVOCATION));
  }

  /** MariaDB over TLS; the name of the server is verified. Revoked logins are disconnected. */
  static mariadb(props: MysqlProps): Database {
    const server = mysqlServer("mariadb", props);
    return new Database(server, mysqlUrl("MariaDB", props), props, mysqlStatements(props, MARIADB_REVOCATION));
  }

  /**
   * MongoDB over TLS, of Vault, or of OpenBao with the plugin; the name of the server is verified;
   * https://developer.hashicorp.com/vault/docs/secrets/databases/mongodb
   */
  static mongodb(props: MongodbProps): Database {
    const { database, port = 27_017 } = props;
    const addresses = checkHosts(props).map((host) => `${hostInUrl(host)}:${checkPort("MongoDB", port)}`);
    const url = `mongodb://{{username}}:{{password}}@${addresses.join(",")}/admin?tls=true`;
    return new Database({ engine: "mongodb", addresses, database }, url, props, {
      readonlyRole: () => mongodbReadonlyStatements(database),
      revocation: mongodbRevocation,
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
    return new Database({ engine: "mssql", addresses: [address], database }, url, props, {
      readonlyRole: () => MSSQL_READONLY,
      // The engine's own ones disconnect the login, and remove it from every database.
      revocation: () => [],
    });
  }

  private constructor(
    /** Where clients reach it. */
    readonly server: DatabaseServer,
    readonly connectionUrl: string,
    private readonly props: PostgresqlProps | MysqlProps | MongodbProps | MssqlProps,
    readonly statements: Statements,
  ) {
    checkSecretRefs({ password: props.password });
    const pool: Partial<DatabaseConnectionProps> = props;
    checkDurations(pool, ["maxConnectionLifetime"]);
    checkRootRotation(props);
    checkUsernameTemplate({ ...props, engine: server.engine });
    checkPasswordRules(this.passwordRules);
  }

  /** Whether only the instance knows the administrator's password. */
  get rotatesRoot(): boolean {
    return this.props.rotateRoot ?? false;
  }

  /** How passwords are generated. */
  get passwordRules(): PasswordRules {
    return this.props.passwordPolicy ?? {};
  }

  /** The plugin. */
  get engine(): Exclude<DatabaseServer["engine"], "mariadb"> {
    return this.server.engine === "mariadb" ? "mysql" : this.server.engine;
  }

  /** The administrator. */
  get login(): Pick<PostgresqlProps, "username" | "password"> {
    return this.props;
  }

  /** Arguments of the connection, which all engines have. */
  get connection(): Pick<
    DatabaseSecretsMountPostgresql,
    | "connectionUrl"
    | "username"
    | "tlsCa"
    | "maxOpenConnections"
    | "maxIdleConnections"
    | "maxConnectionLifetime"
    | "usernameTemplate"
    | "verifyConnection"
  > {
    const { username, usernameTemplate, verifyConnection } = this.props;
    const pool: Partial<DatabaseConnectionProps> = this.props;
    const caFile = "caCertificateFile" in this.props ? this.props.caCertificateFile : undefined;
    return {
      connectionUrl: this.connectionUrl,
      username,
      tlsCa: caFile === undefined ? undefined : readCertificateFile(caFile, "caCertificateFile"),
      maxOpenConnections: pool.maxOpenConnections,
      maxIdleConnections: pool.maxIdleConnections,
      maxConnectionLifetime: pool.maxConnectionLifetime?.toSeconds(),
      usernameTemplate,
      verifyConnection,
    };
  }

  /** Name of the connection, as an attribute of its mount. */
  nameIn(mount: DatabaseSecretsMount): string {
    return mount[this.engine].get(0).name;
  }
}

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

const MYSQL_PORT = 3306;

/** With a CA of its own, the engine sets the parameter of TLS itself. */
function mysqlUrl(product: string, { host, port = MYSQL_PORT, caCertificateFile }: MysqlProps): string {
  const tls = caCertificateFile === undefined ? "?tls=true" : "";
  return `{{username}}:{{password}}@tcp(${hostInUrl(host)}:${checkPort(product, port)})/${tls}`;
}

function mysqlServer(
  engine: DatabaseServer["engine"],
  { host, port = MYSQL_PORT, database }: MysqlProps,
): DatabaseServer {
  return { engine, addresses: [`${hostInUrl(host)}:${port}`], database };
}

function mysqlStatements({ database }: MysqlProps, revocation: readonly string[]): Statements {
  return { readonlyRole: () => mysqlReadonlyStatements(database), revocation: () => revocation };
}

/** A database, for checks at run time. */
export const DATABASE: ValueType = {
  name: "Database",
  member: "statements",
  example: 'Database.postgresql({ host: "postgres.customer10.internal", ... })',
  required: true,
};
