import { ValidationError } from "../../core/errors";
import type { SecretRef } from "../../core/secret-ref";

/** How a PostgreSQL server is reached and administered. */
export interface PostgresqlProps {
  readonly host: string;
  /** @default 5432 */
  readonly port?: number;
  readonly database: string;
  /** A role that may create and drop roles. */
  readonly username: string;
  readonly password: SecretRef;
  /**
   * PEM file of the CA of the server's TLS certificate, as the instance's own servers find it on their disks;
   * OpenBao takes no certificate over its API.
   *
   * @default - the certificates that the machines of the instance trust
   */
  readonly caCertificatePath?: string;
}

/** A database server that credentials are made on. */
export class Database {
  /** PostgreSQL over TLS, the server's name verified; https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql */
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
      // Vault fills in the braces. The role ends by itself as well, should the revocation never come.
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
