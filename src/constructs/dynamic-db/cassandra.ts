import { Token } from "cdktf";
import { certificatesOf } from "../../core/certificate";
import { ValidationError } from "../../core/errors";
import { readCertificateFile } from "../../terraform/certificate-file";
import { checkHost, checkHosts, checkPort } from "./database-address";
import type { DatabaseDefinition } from "./database-definition";
import type { CassandraProps } from "./hooked-database-props";
import { safeTemplate } from "./username-template";

/** The newest version of the protocol that Cassandra 2.2 to 5 speak. The default of the engine is too old for Cassandra 4. */
const PROTOCOL_VERSION = 4;

/** A Cassandra cluster. The engine uses TLS only if it gets a CA, whatever else is set. */
export function cassandraDefinition(props: CassandraProps): DatabaseDefinition {
  const { port = 9042, caCertificateFile, tlsServerName, usernameTemplate } = props;
  const keyspace = checkKeyspace(props.keyspace);
  const hosts = checkHosts(props).map(checkHost);
  return {
    server: {
      engine: "cassandra",
      addresses: hosts.map((host) => `${host}:${checkPort("Cassandra", port)}`),
      database: keyspace,
    },
    connection: () => ({
      hosts,
      port,
      tls: true,
      pemJson: JSON.stringify({
        ca_chain: certificatesOf(readCertificateFile(caCertificateFile, "caCertificateFile")),
      }),
      protocolVersion: PROTOCOL_VERSION,
    }),
    newerArguments: () => ({
      tls_server_name: tlsServerName,
      username_template: safeTemplate("cassandra", usernameTemplate),
    }),
    statements: { readonlyRole: () => cassandraReadonlyStatements(keyspace), revocation: () => [REVOCATION] },
  };
}

/** @throws ValidationError if no keyspace can have the name. So it needs no escapes in a statement. */
export function checkKeyspace(keyspace: string): string {
  if (Token.isUnresolved(keyspace) || /^\w{1,48}$/.test(keyspace)) return keyspace;
  throw new ValidationError(
    "db-keyspace",
    `"${keyspace}" is not a valid keyspace; write a name of up to 48 letters, digits and underscores, as DESCRIBE KEYSPACES shows it without quotes.`,
  );
}

/** Statements that create a login which reads the tables of a keyspace, also those that are created later. */
export function cassandraReadonlyStatements(keyspace: string): string[] {
  return [
    "CREATE ROLE '{{username}}' WITH PASSWORD = '{{password}}' AND LOGIN = true AND SUPERUSER = false",
    `GRANT SELECT ON KEYSPACE "${keyspace}" TO '{{username}}'`,
  ];
}

const REVOCATION = "DROP ROLE IF EXISTS '{{username}}'";
