import { expect, type DeployedInstance } from "./instance";

/** Proves that new credentials can log in, and no longer can after their lease was revoked. */
export async function proveDatabase(instance: DeployedInstance): Promise<string | undefined> {
  const { lab, description, target } = instance;
  const granted = (description.databases ?? [])
    // The lab has no server of another engine.
    .filter((database) => database.engine === "postgresql")
    .flatMap((database) => database.roles.map((role) => ({ database, role, path: `${database.name}/${role.name}` })));
  const chosen = granted.find(({ path }) => instance.roleWith("databases", path) !== undefined);
  if (chosen === undefined) return undefined;
  const { database, role } = chosen;

  const client = await instance.client(instance.roleWith("databases", chosen.path) ?? "");
  const { body } = await client.send("GET", `database/${database.name}/creds/${role.name}`);
  const { username, password } = body.data as { username: string; password: string };
  instance.secrets.push(password);
  const rows = await lab.postgresql.query(username, password, database.database, "SELECT id FROM orders");
  expect(rows.length === 1, `credentials of ${target} read the table of ${database.database}`);
  const writes = await lab.postgresql.query(username, password, database.database, "DELETE FROM orders").then(
    () => true,
    () => false,
  );
  expect(role.creationStatements !== undefined || !writes, `read-only credentials of ${target} cannot write`);

  await instance.operator().send("POST", "sys/leases/revoke", { body: { lease_id: body.lease_id, sync: true } });
  expect(
    !(await lab.postgresql.canLogIn(username, password, database.database)),
    "revoked credentials no longer log in to PostgreSQL",
  );
  return `credentials from ${target} log in to PostgreSQL, and no longer do after their lease was revoked`;
}
