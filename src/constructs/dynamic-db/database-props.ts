import type { Duration } from "../../core/duration";
import type { SecretRef } from "../../core/secret-ref";

/** How the instance uses its connections to a database server. */
export interface DatabaseConnectionProps {
  /**
   * Connections that the instance has open at most.
   *
   * @default 2
   * @changes in place: leases that exist keep working
   */
  readonly maxOpenConnections?: number;
  /**
   * Connections that stay open without being used.
   *
   * @default - as many as maxOpenConnections
   * @changes in place: leases that exist keep working
   */
  readonly maxIdleConnections?: number;
  /**
   * Time after which a connection is closed and opened again.
   *
   * @default - connections stay open
   * @changes in place: leases that exist keep working
   */
  readonly maxConnectionLifetime?: Duration;
  /**
   * Template of the names of logins, such as `{{printf "app-%s" (random 20)}}`. A database cuts off or refuses longer names: 63
   * characters in PostgreSQL, 32 in MySQL, 80 in MariaDB.
   *
   * @default - the template of the engine, which fits
   * @changes in place: for logins that are created afterwards
   */
  readonly usernameTemplate?: string;
  /**
   * Whether the instance logs in before it accepts the connection. Without it, a deployment does not fail if the server is down.
   *
   * @default true
   * @changes in place: leases that exist keep working
   */
  readonly verifyConnection?: boolean;
  /**
   * Whether the instance replaces the administrator's password by one that nobody knows, once after the first deployment. It does so
   * again after each change of `password`. No other connection or program may use the same administrator.
   *
   * @default false
   * @changes in place: true replaces the password; false keeps the one that nobody knows, until another revision of `password` is written
   */
  readonly rotateRoot?: boolean;
}

/** Address and administrator of a PostgreSQL server. */
export interface PostgresqlProps extends DatabaseConnectionProps {
  /**
   * Host name, IPv4 or IPv6 address of the server.
   *
   * @changes in place: logins that exist on the former server stay there until they expire; revoke them first if it is another server
   */
  readonly host: string;
  /**
   * Names or IPv4 addresses of further servers of the same cluster, at the same port. The instance connects to the first one that accepts
   * writes.
   *
   * @default - none
   * @changes in place: leases that exist keep working
   */
  readonly failoverHosts?: readonly string[];
  /**
   * Port of the server.
   *
   * @default 5432
   * @changes in place: as for the host
   */
  readonly port?: number;
  /**
   * Name of the database.
   *
   * @changes in place: leases that exist keep their rights in the former database until they expire or are revoked
   */
  readonly database: string;
  /**
   * A PostgreSQL role that may create and drop roles.
   *
   * @changes in place: the new role must be able to drop the logins of the former one, and objects that it inherited stay with it
   */
  readonly username: string;
  /**
   * Where the central Vault holds the password of that role.
   *
   * @changes in place: raise its revision after the password has changed; leases that exist keep working
   */
  readonly password: SecretRef;
  /**
   * PEM file of the CA that signed the TLS certificate of the server. It is a path on the disks of the instance's servers,
   * because OpenBao accepts no certificate over its API.
   *
   * @default - the certificates that the machines of the instance trust
   * @changes in place: leases that exist keep working
   */
  readonly caCertificatePath?: string;
}

/** Address and administrator of a MySQL or MariaDB server. */
export interface MysqlProps extends DatabaseConnectionProps {
  /**
   * Host name, IPv4 or IPv6 address of the server.
   *
   * @changes in place: logins that exist on the former server stay there until they expire; revoke them first if it is another server
   */
  readonly host: string;
  /**
   * Port of the server.
   *
   * @default 3306
   * @changes in place: as for the host
   */
  readonly port?: number;
  /**
   * Name of the database whose tables a role without statements of its own reads.
   *
   * @changes in place: leases that exist keep their rights in the former database until they expire or are revoked
   */
  readonly database: string;
  /**
   * A user that may create and drop users, and may grant what the roles use.
   *
   * @changes in place: the new user must be able to drop the logins of the former one
   */
  readonly username: string;
  /**
   * Where the central Vault holds the password of that user.
   *
   * @changes in place: raise its revision after the password has changed; leases that exist keep working
   */
  readonly password: SecretRef;
  /**
   * PEM file of the CA that signed the TLS certificate of the server, relative to the project.
   *
   * @default - the certificates that the machines of the instance trust
   * @changes in place: another file replaces it; the provider cannot remove it, so rename the database
   */
  readonly caCertificateFile?: string;
}
