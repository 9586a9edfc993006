import type { SecretRef } from "../../core/secret-ref";
import type { DatabaseConnectionProps } from "./database-props";

/** How the instance uses a connection that the hook completes. */
export type HookedConnectionProps = Pick<DatabaseConnectionProps, "passwordPolicy" | "verifyConnection" | "rotateRoot">;

/** Address and administrator of a Redis or Valkey server. */
export interface RedisProps extends HookedConnectionProps {
  /**
   * Host name, IPv4 or IPv6 address of the server.
   *
   * @changes in place: logins that exist on the former server stay there; revoke them first if it is another server
   */
  readonly host: string;
  /**
   * Port of the server, on which it takes connections with TLS.
   *
   * @default 6379
   * @changes in place: as for the host
   */
  readonly port?: number;
  /**
   * A user that may execute `ACL SETUSER`, `ACL GETUSER` and `ACL DELUSER`.
   *
   * @changes in place: raise the revision of the password, which is another one
   */
  readonly username: string;
  /**
   * Where the central Vault holds the password of that user.
   *
   * @changes in place: raise its revision after the password has changed; leases that exist keep working
   */
  readonly password: SecretRef;
  /**
   * PEM file of the CA that signed the TLS certificate of the server, relative to the project. The engine trusts no other.
   *
   * @changes in place: leases that exist keep working
   */
  readonly caCertificateFile: string;
  /**
   * Patterns of the keys that a role without rules of its own reads, such as `orders:*`. With patterns, such a role cannot list the names
   * of keys, because the server would list all of them.
   *
   * @default - all keys
   * @changes in place: for logins that are created afterwards
   */
  readonly keys?: readonly string[];
}

/** Address and administrator of an Apache Cassandra cluster. */
export interface CassandraProps extends HookedConnectionProps, Pick<DatabaseConnectionProps, "usernameTemplate"> {
  /**
   * Host name or IPv4 address of a server.
   *
   * @changes in place: leases that exist keep working if it is the same cluster
   */
  readonly host: string;
  /**
   * Names or IPv4 addresses of further servers of the cluster, at the same port.
   *
   * @default - none: the cluster reports the others
   * @changes in place: leases that exist keep working
   */
  readonly failoverHosts?: readonly string[];
  /**
   * Port of the servers.
   *
   * @default 9042
   * @changes in place: as for the host
   */
  readonly port?: number;
  /**
   * Keyspace whose tables a role without statements of its own reads, by its exact name: `Orders` is another one than `orders`.
   *
   * @changes in place: for logins that are created afterwards
   */
  readonly keyspace: string;
  /**
   * A role that may create and drop all roles, and may grant what the roles use.
   *
   * @changes in place: raise the revision of the password, which is another one
   */
  readonly username: string;
  /**
   * Where the central Vault holds the password of that role.
   *
   * @changes in place: raise its revision after the password has changed; leases that exist keep working
   */
  readonly password: SecretRef;
  /**
   * PEM file of the CA that signed the TLS certificates of the servers, relative to the project. Without it, the engine would use no TLS.
   *
   * @changes in place: leases that exist keep working
   */
  readonly caCertificateFile: string;
  /**
   * Name in the TLS certificates of all servers.
   *
   * @default - the host, and then the IP address of each server that the cluster reports, which its certificate must have
   * @changes in place: another name replaces it; the provider cannot remove it, so rename the database
   */
  readonly tlsServerName?: string;
}

/** Address and administrator of an InfluxDB 1 server. */
export interface InfluxdbProps extends HookedConnectionProps, Pick<DatabaseConnectionProps, "usernameTemplate"> {
  /**
   * Host name, IPv4 or IPv6 address of the server. The machines of the instance must trust the CA of its TLS certificate, because the
   * engine takes no other.
   *
   * @changes in place: logins that exist on the former server stay there; revoke them first if it is another server
   */
  readonly host: string;
  /**
   * Port of the server.
   *
   * @default 8086
   * @changes in place: as for the host
   */
  readonly port?: number;
  /**
   * Name of the database that a role without statements of its own reads.
   *
   * @changes in place: for logins that are created afterwards
   */
  readonly database: string;
  /**
   * A user with all privileges.
   *
   * @changes in place: raise the revision of the password, which is another one
   */
  readonly username: string;
  /**
   * Where the central Vault holds the password of that user.
   *
   * @changes in place: raise its revision after the password has changed; leases that exist keep working
   */
  readonly password: SecretRef;
}
