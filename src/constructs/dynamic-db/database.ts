import { Token } from "cdktf";
import ipaddr from "ipaddr.js";
import type { DatabaseServer } from "../../contract/guide";
import { checkDurations } from "../../core/duration";
import { firstDuplicate } from "../../core/duplicates";
import { ValidationError } from "../../core/errors";
import { withoutBrackets } from "../../core/host";
import { checkSecretRefs } from "../../core/secret-ref";
import type { ValueType } from "../../core/value-type";
import { readCertificateFile } from "../../terraform/certificate-file";
import type { DatabaseSecretsMount, DatabaseSecretsMountPostgresql } from "../../terraform/providers/vault";
import type { DatabaseConnectionProps, MysqlProps, PostgresqlProps } from "./database-props";
import { MARIADB_REVOCATION, MYSQL_REVOCATION, mysqlReadonlyStatements } from "./mysql-statements";
import { groupName, readonlyStatements, REVOCATION_STATEMENTS } from "./postgresql-statements";

/** Statements for a role that has none of its own. */
interface Statements {
  readonly readonlyRole: (role: string) => readonly string[];
  readonly revocation: readonly string[];
}

/** A database server on which credentials are created. */
export class Database {
  /** PostgreSQL over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql */
  static postgresql(props: PostgresqlProps): Database {
    const { database, username, caCertificatePath, port = 5432 } = props;
    const trust = caCertificatePath === undefined ? "" : `&sslrootcert=${encode(caCertificatePath)}`;
    const servers = checkHosts(props).map((host) => `${hostInUrl(host)}:${checkPort("PostgreSQL", port)}`);
    // Otherwise the instance would create logins on a standby, which refuses them.
    const writer = servers.length > 1 ? "&target_session_attrs=read-write" : "";
    const parameters = `sslmode=verify-full${trust}${writer}`;
    const url = `postgresql://{{username}}:{{password}}@${servers.join(",")}/${encode(database)}?${parameters}`;
    const server: DatabaseServer = { engine: "postgresql", addresses: servers, database };
    return new Database(server, url, props, {
      readonlyRole: (role) => readonlyStatements(groupName(username, database, role)),
      revocation: REVOCATION_STATEMENTS,
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

  private constructor(
    /** Where clients reach it. */
    readonly server: DatabaseServer,
    readonly connectionUrl: string,
    private readonly props: PostgresqlProps | MysqlProps,
    readonly statements: Statements,
  ) {
    checkSecretRefs({ password: props.password });
    checkDurations(props, ["maxConnectionLifetime"]);
    checkRootRotation(props);
  }

  /** Whether only the instance knows the administrator's password. */
  get rotatesRoot(): boolean {
    return this.props.rotateRoot ?? false;
  }

  /** The plugin. */
  get engine(): "postgresql" | "mysql" {
    return this.server.engine === "postgresql" ? "postgresql" : "mysql";
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
    const { username, maxOpenConnections, maxIdleConnections, usernameTemplate, verifyConnection } = this.props;
    const caFile = "caCertificateFile" in this.props ? this.props.caCertificateFile : undefined;
    return {
      connectionUrl: this.connectionUrl,
      username,
      tlsCa: caFile === undefined ? undefined : readCertificateFile(caFile, "caCertificateFile"),
      maxOpenConnections,
      maxIdleConnections,
      maxConnectionLifetime: this.props.maxConnectionLifetime?.toSeconds(),
      usernameTemplate,
      verifyConnection,
    };
  }

  /** Name of the connection, as an attribute of its mount. */
  nameIn(mount: DatabaseSecretsMount): string {
    return this.engine === "postgresql" ? mount.postgresql.get(0).name : mount.mysql.get(0).name;
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

/** All servers of a cluster. @throws ValidationError if the client of PostgreSQL could not read the list. */
export function checkHosts({ host, failoverHosts = [] }: Pick<PostgresqlProps, "host" | "failoverHosts">): string[] {
  const hosts = [host, ...failoverHosts];
  const wrong = firstDuplicate(hosts) ?? (hosts.length > 1 ? hosts.find((each) => each.includes(":")) : undefined);
  if (wrong === undefined) return hosts;
  throw new ValidationError(
    "host",
    `"${wrong}" cannot be one of several hosts; write each once, as a name or an IPv4 address.`,
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
  return { readonlyRole: () => mysqlReadonlyStatements(database), revocation };
}

/** A database, for checks at run time. */
export const DATABASE: ValueType = {
  name: "Database",
  member: "statements",
  example: 'Database.postgresql({ host: "postgres.customer10.internal", ... })',
  required: true,
};

/** Labels of a name, or the numbers of an IPv4 address. */
const HOST = /^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;

/** @throws ValidationError if the host has a port, a path, a user or another part of a URL. */
export function checkHost(host: string): string {
  if (Token.isUnresolved(host) || HOST.test(host) || isIPv6(withoutBrackets(host))) return host;
  throw new ValidationError(
    "host",
    `"${host}" is not a valid host; write a host name or an IP address without a port, such as "postgres.customer10.internal".`,
  );
}

function hostInUrl(host: string): string {
  const address = withoutBrackets(checkHost(host));
  return isIPv6(address) ? `[${address}]` : host;
}

/** A zone such as `%eth0` means something on one machine only. */
function isIPv6(address: string): boolean {
  return ipaddr.IPv6.isValid(address) && !address.includes("%");
}

function checkPort(product: string, port: number): number {
  if (!Token.isUnresolved(port) && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new ValidationError(
      "port",
      `The ${product} port ${port} is not possible; give a whole number from 1 to 65535.`,
    );
  }
  return port;
}

/** A part of a URL; Terraform fills in what is known only when it runs. */
function encode(part: string): string {
  return Token.isUnresolved(part) ? part : encodeURIComponent(part);
}
