import { chmodSync } from "node:fs";
import { join } from "node:path";
import type { LabAuthority } from "../../../lab/certificates";
import { freePort } from "../../../lab/ports";
import { PostgresqlServer } from "../../../lab/servers/postgresql-server";
import { unprivilegedAccount } from "../../../lab/servers/unprivileged";
import { copyFromCache } from "../../../lab/tools/cache";
import { obtainPostgresql } from "../../../lab/tools/postgresql";

/**
 * Starts a PostgreSQL below a folder of a test, with the same password for its administrator.
 *
 * @returns The server, and its port on loopback.
 */
export async function startPostgresql(
  parent: string,
  authority: LabAuthority,
  password: string,
): Promise<{ server: PostgresqlServer; port: number }> {
  // The unprivileged account of PostgreSQL reaches its own folder there.
  chmodSync(parent, 0o711);
  const [programs, account, port] = [await obtainPostgresql(), await unprivilegedAccount(), await freePort()];
  const reachable = (path: string): string => (account.ids === undefined ? path : copyFromCache(path, parent));
  const server = new PostgresqlServer({
    programs: { initdb: reachable(programs.initdb), postgres: reachable(programs.postgres) },
    port,
    folder: join(parent, "postgresql"),
    authority,
    account,
    password,
  });
  await server.start();
  return { server, port };
}
