import { checkPort, hostInUrl } from "./database-address";
import type { DatabaseDefinition } from "./database-definition";
import type { InfluxdbProps } from "./hooked-database-props";
import { safeTemplate } from "./username-template";

/** An InfluxDB 1 server. The engine builds a URL of the host, and trusts the certificates of its machine alone. */
export function influxdbDefinition(props: InfluxdbProps): DatabaseDefinition {
  const { host, port = 8086, database, username, usernameTemplate } = props;
  const address = hostInUrl(host);
  return {
    server: { engine: "influxdb", addresses: [`${address}:${checkPort("InfluxDB", port)}`], database },
    connection: () => ({}),
    // The provider 5 ends with a panic at each change of such a connection.
    settings: {
      plugin_name: "influxdb-database-plugin",
      host: address,
      port,
      tls: true,
      username,
      username_template: safeTemplate("influxdb", usernameTemplate),
    },
    statements: { readonlyRole: () => influxdbReadonlyStatements(database), revocation: () => [REVOCATION] },
  };
}

/** Statements that create a login which reads a database. */
export function influxdbReadonlyStatements(database: string): string[] {
  return [
    `CREATE USER "{{username}}" WITH PASSWORD '{{password}}'`,
    `GRANT READ ON "${database.replaceAll(/["\\]/g, String.raw`\$&`)}" TO "{{username}}"`,
  ];
}

const REVOCATION = `DROP USER "{{username}}"`;
