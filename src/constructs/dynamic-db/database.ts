import { Token } from "cdktf";
import ipaddr from "ipaddr.js";
import { ValidationError } from "../../core/errors";
import { withoutBrackets } from "../../core/host";
import { checkSecretRefs, type SecretRef } from "../../core/secret-ref";
import type { ValueType } from "../../core/value-type";
import { groupName, readonlyStatements, REVOCATION_STATEMENTS } from "./postgresql-statements";

/** Address and administrator of a PostgreSQL server. */
export interface PostgresqlProps {
  /**
   * Host name, IPv4 or IPv6 address of the server.
   *
   * @changes in place: logins that exist on the former server stay there until they expire; revoke them first if it is another server
   */
  readonly host: string;
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

/** A database server on which credentials are created. */
export class Database {
  /** PostgreSQL over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql */
  static postgresql(props: PostgresqlProps): Database {
    const { database, username, password, caCertificatePath, port = 5432 } = props;
    checkSecretRefs({ password });
    const trust = caCertificatePath === undefined ? "" : `&sslrootcert=${encode(caCertificatePath)}`;
    const server = `${hostInUrl(props.host)}:${checkPort(port)}`;
    const url = `postgresql://{{username}}:{{password}}@${server}/${encode(database)}?sslmode=verify-full${trust}`;
    return new Database("postgresql", url, props, {
      readonlyRole: (role) => readonlyStatements(groupName(username, database, role)),
      revocation: REVOCATION_STATEMENTS,
    });
  }

  private constructor(
    readonly engine: "postgresql",
    readonly connectionUrl: string,
    readonly login: Pick<PostgresqlProps, "username" | "password">,
    /** Statements for a role that has none of its own. */
    readonly statements: {
      readonly readonlyRole: (role: string) => readonly string[];
      readonly revocation: readonly string[];
    },
  ) {}
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

function checkPort(port: number): number {
  if (!Token.isUnresolved(port) && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new ValidationError(
      "port",
      `The PostgreSQL port ${port} is not possible; give a whole number from 1 to 65535.`,
    );
  }
  return port;
}

/** A part of a URL; Terraform fills in what is known only when it runs. */
function encode(part: string): string {
  return Token.isUnresolved(part) ? part : encodeURIComponent(part);
}
