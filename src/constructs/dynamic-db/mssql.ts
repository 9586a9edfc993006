import { checkPort, encode, hostInUrl } from "./database-address";
import type { DatabaseDefinition } from "./database-definition";
import type { MssqlProps } from "./database-props";
import { MSSQL_READONLY } from "./mssql-statements";

/** A Microsoft SQL Server. */
export function mssqlDefinition(props: MssqlProps): DatabaseDefinition {
  const { host, database, port = 1433, caCertificatePath } = props;
  const address = `${hostInUrl(host)}:${checkPort("SQL Server", port)}`;
  const trust = caCertificatePath === undefined ? "" : `&certificate=${encode(caCertificatePath)}`;
  const parameters = `database=${encode(database)}&encrypt=true&TrustServerCertificate=false${trust}`;
  const url = `sqlserver://{{username}}:{{password}}@${address}?${parameters}`;
  return {
    server: { engine: "mssql", addresses: [address], database },
    connection: () => ({ connectionUrl: url }),
    // The engine's own ones disconnect the login, and remove it from every database.
    statements: { readonlyRole: () => MSSQL_READONLY, revocation: () => [] },
  };
}
