import { readCertificateFile } from "../../terraform/certificate-file";
import { checkPort, hostInUrl } from "./database-address";
import type { DatabaseDefinition } from "./database-definition";
import type { MysqlProps } from "./database-props";
import { MARIADB_REVOCATION, MYSQL_REVOCATION, mysqlReadonlyStatements } from "./mysql-statements";

/** How the two differ. */
const PRODUCTS = {
  mysql: { product: "MySQL", revocation: MYSQL_REVOCATION },
  mariadb: { product: "MariaDB", revocation: MARIADB_REVOCATION },
};

/** A MySQL or MariaDB server. One engine is for both. */
export function mysqlDefinition(
  engine: keyof typeof PRODUCTS,
  { host, port = 3306, database, caCertificateFile }: MysqlProps,
): DatabaseDefinition {
  const { product, revocation } = PRODUCTS[engine];
  const address = `${hostInUrl(host)}:${checkPort(product, port)}`;
  // With a CA of its own, the engine sets the parameter of TLS itself.
  const tls = caCertificateFile === undefined ? "?tls=true" : "";
  return {
    server: { engine, addresses: [address], database },
    connection: () => ({
      connectionUrl: `{{username}}:{{password}}@tcp(${address})/${tls}`,
      tlsCa: caCertificateFile === undefined ? undefined : readCertificateFile(caCertificateFile, "caCertificateFile"),
    }),
    statements: { readonlyRole: () => mysqlReadonlyStatements(database), revocation: () => revocation },
  };
}
