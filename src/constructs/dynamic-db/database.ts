import { ValidationError } from "../../core/errors";
import type { SecretRef } from "../../core/secret-ref";

/** Address and administrator of a PostgreSQL server. */
export interface PostgresqlProps {
  /** Host name or IPv4 address of the server. */
  readonly host: string;
  /**
   * Port of the server.
   *
   * @default 5432
   */
  readonly port?: number;
  /** Name of the database. */
  readonly database: string;
  /** A PostgreSQL role that may create and drop roles. */
  readonly username: string;
  /** Where the central Vault holds the password of that role. */
  readonly password: SecretRef;
  /**
   * PEM file of the CA that signed the TLS certificate of the server. It is a path on the disks of the instance's servers,
   * because OpenBao accepts no certificate over its API.
   *
   * @default - the certificates that the machines of the instance trust
   */
  readonly caCertificatePath?: string;
}

/** A database server on which credentials are created. */
export class Database {
  /** PostgreSQL over TLS; the name of the server is verified; https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql */
  static postgresql(props: PostgresqlProps): Database {
    const port = props.port ?? 5432;
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new ValidationError(
        "port",
        `The PostgreSQL port ${port} is not possible; give a whole number from 1 to 65535.`,
      );
    }
    const trust =
      props.caCertificatePath === undefined ? "" : `&sslrootcert=${encodeURIComponent(props.caCertificatePath)}`;
    const url = `postgresql://{{username}}:{{password}}@${props.host}:${port}/${props.database}?sslmode=verify-full${trust}`;
    return new Database("postgresql", url, props, {
      // Vault fills in the braces. The role also expires in PostgreSQL, in case its revocation fails.
      readonlyRole: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
        `GRANT CONNECT ON DATABASE "${props.database}" TO "{{name}}"`,
        `GRANT USAGE ON SCHEMA public TO "{{name}}"`,
        `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}"`,
      ],
    });
  }

  private constructor(
    readonly engine: "postgresql",
    readonly connectionUrl: string,
    readonly login: Pick<PostgresqlProps, "username" | "password">,
    readonly statements: { readonly readonlyRole: readonly string[] },
  ) {}
}
