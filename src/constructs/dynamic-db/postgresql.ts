import { ValidationError } from "../../core/errors";
import { checkHosts, checkPort, encode, hostInUrl } from "./database-address";
import type { DatabaseDefinition } from "./database-definition";
import type { PostgresqlProps } from "./database-props";
import {
  checkSchemas,
  DEFAULT_SCHEMAS,
  groupName,
  readonlyStatements,
  REVOCATION_STATEMENTS,
} from "./postgresql-statements";

/** A PostgreSQL server, or a primary with its standbys. */
export function postgresqlDefinition(props: PostgresqlProps): DatabaseDefinition {
  const { database, username, port = 5432, schemas = DEFAULT_SCHEMAS } = props;
  checkSchemas(schemas);
  const servers = checkHosts(props).map((host) => `${hostInUrl(host)}:${checkPort("PostgreSQL", port)}`);
  const parameters = Object.entries({
    ...postgresqlTls(props),
    // Otherwise the instance would create logins on a standby, which refuses them.
    target_session_attrs: servers.length > 1 ? "read-write" : undefined,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encode(value)}`]));
  const url = `postgresql://{{username}}:{{password}}@${servers.join(",")}/${encode(database)}?${parameters.join("&")}`;
  return {
    server: { engine: "postgresql", addresses: servers, database },
    connection: () => ({ connectionUrl: url }),
    statements: {
      readonlyRole: (role) => readonlyStatements(groupName({ username, database, role, schemas }), schemas),
      revocation: () => REVOCATION_STATEMENTS,
    },
  };
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
