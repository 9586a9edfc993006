import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../lab/lab";
import { MariadbServer } from "../../../lab/servers/mariadb-server";
import { writeFor } from "../../../lab/servers/unprivileged";
import { copyFromCache } from "../../../lab/tools/cache";
import { obtainMariadb } from "../../../lab/tools/mariadb";
import { CLIENT, MARIADB_PORT, SHOP, SHOP_PASSWORD } from "./tenant";

/** A server with an administrator, and a database that a careless grant would include. */
export async function startMariadb({ serverFolder, authority, account }: Lab): Promise<MariadbServer> {
  const found = await obtainMariadb();
  const reachable = (path: string): string => (account.ids === undefined ? path : copyFromCache(path, serverFolder));
  const [install, server, client] = [found.install, found.server, found.client].map(reachable) as [
    string,
    string,
    string,
  ];
  const programs = {
    install,
    server,
    client,
    base: found.base && reachable(found.base),
    libraries: found.libraries.map(reachable),
  };
  const grants = ["CREATE USER, CONNECTION ADMIN ON *.*", "SELECT ON `web\\_shop`.*"];
  const setup = [
    ...[SHOP, "webXshop"].flatMap((name) => [`CREATE DATABASE ${name}`, `CREATE TABLE ${name}.items (id int)`]),
    `INSERT INTO ${SHOP}.items VALUES (1)`,
    `CREATE USER vault IDENTIFIED BY '${SHOP_PASSWORD.replace("'", "''")}'`,
    ...grants.map((grant) => `GRANT ${grant} TO vault WITH GRANT OPTION`),
    `CREATE USER owner IDENTIFIED BY 'owner'`,
    `GRANT ALL ON ${SHOP}.* TO owner`,
  ];
  const folder = join(serverFolder, "mariadb");
  const started = new MariadbServer({ programs, port: MARIADB_PORT, folder, authority, account, setup });
  await started.start();
  return started;
}

/** Makes PostgreSQL refuse a user without a certificate of the lab's authority. */
export async function requireCertificate(lab: Lab, user: string): Promise<void> {
  const folder = join(lab.serverFolder, "postgresql");
  const { certificate, key } = await lab.authority.issue(user);
  writeFileSync(CLIENT[0], certificate);
  writeFileSync(CLIENT[1], key, { mode: 0o600 });
  const rules = join(folder, "data", "pg_hba.conf");
  const rule = `hostssl all ${user} 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n`;
  writeFileSync(rules, rule + readFileSync(rules, "utf8"));
  const authority = writeFor(lab.account, join(folder, "clients.pem"), lab.authority.certificate);
  const statements = [`ALTER SYSTEM SET ssl_ca_file = '${authority}'`, "SELECT pg_reload_conf()"];
  await lab.postgresql.query("postgres", lab.passwords[0] ?? "", "postgres", ...statements);
}
