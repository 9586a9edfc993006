import type { Duration } from "../../core/duration";
import type { SecretRef } from "../../core/secret-ref";
import type { PasswordRules } from "./password-policy";

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
   * Template of the names of logins, such as `{{printf "app-%s" (random 20)}}`. PostgreSQL cuts off names of more than 63 characters. MySQL
   * refuses more than 32, MariaDB more than 80. A template whose names are always longer is refused. If a name also contains that of the
   * role or of the token, end the template with a filter, such as `| truncate 32`. Of the name of the token (`.DisplayName`), quotes and other
   * characters that could end a statement are left out, because it may be what a client says of itself.
   *
   * @default - the template of the engine, which fits
   * @changes in place: for logins that are created afterwards
   */
  readonly usernameTemplate?: string;
  /**
   * How the instance generates the passwords of logins, of static roles and of a rotated administrator.
   *
   * @default - 24 characters: lower-case letters, upper-case letters, digits and "-", each at least once
   * @changes in place: for passwords that are generated afterwards
   */
  readonly passwordPolicy?: PasswordRules;
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
  /**
   * PEM file of the certificate that the instance shows to the server. It is a path on the disks of the instance's servers, as that of
   * its key, so that the key is neither in the tenant file nor in Terraform's state.
   *
   * @default - none: the password alone
   * @changes in place: leases that exist keep working
   */
  readonly clientCertificatePath?: string;
  /**
   * PEM file of the key of that certificate, on the same disks. Only the account of the instance may read it.
   *
   * @default - none
   * @changes in place: leases that exist keep working
   */
  readonly clientKeyPath?: string;
  /**
   * What the instance verifies: with `verify-ca`, the certificate of the server may have another name than `host`. A connection that does
   * not verify the server is not possible.
   *
   * @default "verify-full"
   * @changes in place: leases that exist keep working
   */
  readonly sslMode?: "verify-full" | "verify-ca";
  /**
   * Schemas whose tables a role without statements of its own reads.
   *
   * @default - the schema public
   * @changes in place: for logins that are created afterwards
   */
  readonly schemas?: readonly string[];
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

/** Address and administrator of a MongoDB server or replica set. */
export interface MongodbProps extends Omit<
  DatabaseConnectionProps,
  "maxOpenConnections" | "maxIdleConnections" | "maxConnectionLifetime"
> {
  /**
   * Host name, IPv4 or IPv6 address of the server.
   *
   * @changes in place: logins that exist on the former server stay there until they expire; revoke them first if it is another server
   */
  readonly host: string;
  /**
   * Port of the server.
   *
   * @default 27017
   * @changes in place: as for the host
   */
  readonly port?: number;
  /**
   * Name of the database that a role without statements of its own reads. The engine creates its logins there.
   *
   * @changes in place: logins in the former database must be revoked first, because the engine looks for them in the new one
   */
  readonly database: string;
  /**
   * A user of the database `admin` that may create and drop users.
   *
   * @changes in place: the new one must be able to drop the logins of the former one
   */
  readonly username: string;
  /**
   * Where the central Vault holds the password of that user.
   *
   * @changes in place: raise its revision after the password has changed; leases that exist keep working
   */
  readonly password: SecretRef;
  /**
   * Names or IPv4 addresses of further members of the replica set, at the same port.
   *
   * @default - none
   * @changes in place: leases that exist keep working
   */
  readonly failoverHosts?: readonly string[];
  /**
   * PEM file of the CA that signed the TLS certificate of the server, relative to the project.
   *
   * @default - the certificates that the machines of the instance trust
   * @changes in place: another file replaces it; the provider cannot remove it, so rename the database
   */
  readonly caCertificateFile?: string;
}

/** Address and administrator of a Microsoft SQL Server. */
export interface MssqlProps extends DatabaseConnectionProps {
  /**
   * Host name, IPv4 or IPv6 address of the server.
   *
   * @changes in place: logins that exist on the former server stay there until they expire; revoke them first if it is another server
   */
  readonly host: string;
  /**
   * Port of the server.
   *
   * @default 1433
   * @changes in place: as for the host
   */
  readonly port?: number;
  /**
   * Name of the database whose tables, of the schema dbo, a role without statements of its own reads.
   *
   * @changes in place: leases that exist keep their rights in the former database until they expire or are revoked
   */
  readonly database: string;
  /**
   * A login that may create and drop logins and users, and may grant what the roles use.
   *
   * @changes in place: the new one must be able to drop the logins of the former one
   */
  readonly username: string;
  /**
   * Where the central Vault holds the password of that user.
   *
   * @changes in place: raise its revision after the password has changed; leases that exist keep working
   */
  readonly password: SecretRef;
  /**
   * PEM file of the CA that signed the TLS certificate of the server. It is a path on the disks of the instance's servers.
   *
   * @default - the certificates that the machines of the instance trust
   * @changes in place: leases that exist keep working
   */
  readonly caCertificatePath?: string;
}
