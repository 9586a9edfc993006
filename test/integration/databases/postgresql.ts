import { expect, test } from "vitest";
import { waitUntil } from "../../../lab/wait";
import { CLIENT_TIMEOUT, type DatabaseBed, type Login } from "./database-bed";
import { ODD_SCHEMA } from "./tenant";

/** Logins to PostgreSQL: how the server lets them in, what they read, and that nothing is left of them. */
export function testPostgresql(bed: DatabaseBed): void {
  test("PostgresqlProps.clientCertificatePath: a server that requires a certificate gets it", async () => {
    const [, secret = ""] = bed.lab.passwords;
    expect(await bed.isAlive({ username: "vault", password: secret } as Login)).toBe(true);
    expect(await bed.isAlive({ username: "certified", password: secret } as Login)).toBe(false);
    const login = await bed.draw("database/reports");
    expect(await bed.isAlive(login)).toBe(true);
    await bed.revoke(login);
  });

  test("PostgresqlProps.schemas: a login reads these, also new tables, and no others", async () => {
    const add = (table: string): string[] => [
      `CREATE TABLE ${table} AS SELECT 42 AS id`,
      `GRANT SELECT ON ${table} TO vault WITH GRANT OPTION`,
    ];
    const quoted = `"${ODD_SCHEMA.replaceAll('"', '""')}"`;
    await expect(bed.draw("database/ledger")).rejects.toThrow("sales");
    for (const schema of ["sales", "hidden", quoted])
      await bed.administer(
        "orders",
        `CREATE SCHEMA ${schema}`,
        `GRANT USAGE ON SCHEMA ${schema} TO vault WITH GRANT OPTION`,
        ...add(`${schema}.bills`),
      );
    const login = await bed.draw("database/ledger");
    for (const schema of ["sales", quoted])
      expect(await bed.query(login, `SELECT id FROM ${schema}.bills`)).toEqual([{ id: 42 }]);
    for (const table of ["hidden.bills", "public.orders"])
      await expect(bed.query(login, `SELECT id FROM ${table}`)).rejects.toThrow("permission denied");
    await bed.administer("orders", ...add("sales.later"));
    await bed.revoke(await bed.draw("database/ledger"));
    expect(await bed.query(login, "SELECT id FROM sales.later")).toEqual([{ id: 42 }]);
    await bed.revoke(login);
    expect(await bed.isAlive(login)).toBe(false);
  });

  test("D2: a login that owns objects is removed; the administrator gets them", async () => {
    const login = await bed.draw("database/orders", "owner");
    await bed.administer("orders", "GRANT CREATE ON SCHEMA public TO PUBLIC");
    await bed.query(login, "CREATE TABLE kept AS SELECT 42 AS answer");
    const session = bed.query(login, "SELECT pg_sleep(30)");
    const ended = expect(session).rejects.toThrow();
    await bed.revoke(login);
    await ended;
    expect(await bed.isAlive(login)).toBe(false);
    expect(await bed.administer("orders", `SELECT 1 FROM pg_roles WHERE rolname = '${login.username}'`)).toEqual([]);
    expect(await bed.administer("orders", "SELECT tableowner FROM pg_tables WHERE tablename = 'kept'")).toEqual([
      { tableowner: "vault" },
    ]);
  });

  test("D2: a login that owns objects in another database can no longer log in", async () => {
    const login = await bed.draw("database/orders", "owner");
    await bed.administer("postgres", `CREATE SCHEMA elsewhere AUTHORIZATION "${login.username}"`);
    await bed.revoke(login);
    expect(await bed.isAlive(login)).toBe(false);
    await bed.administer("postgres", "DROP SCHEMA elsewhere");
  });

  test("500 logins at once are 500 users, and none is left when they are revoked", async () => {
    const logins = await Promise.all(Array.from({ length: 500 }, () => bed.draw("database/orders")));
    expect(new Set(logins.map(({ username }) => username)).size).toBe(500);
    const sample = logins.filter((_, index) => index % 50 === 0);
    expect(await Promise.all(sample.map((login) => bed.isAlive(login)))).toEqual(sample.map(() => true));
    const readonly = "sys/leases/revoke-prefix/database/orders/creds/readonly";
    await bed.operator.send("POST", readonly, { body: { sync: true }, timeout: CLIENT_TIMEOUT });
    expect(await bed.administer("orders", "SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-%-readonly-%'")).toEqual(
      [],
    );
  });

  test("a user whose lease ends while the database is down is removed once it is back", async () => {
    const { username, leaseId } = await bed.draw("database/orders");
    const exists = async (): Promise<boolean> =>
      (await bed.administer("orders", `SELECT 1 FROM pg_roles WHERE rolname = '${username}'`)).length > 0;
    expect(await exists()).toBe(true);
    await bed.operator.send("POST", "sys/leases/renew", { body: { lease_id: leaseId, increment: 3 } });
    await bed.lab.postgresql.stop();
    await waitUntil("its lease has ended", async () => {
      const { body } = await bed.operator.send("POST", "sys/leases/lookup", { body: { lease_id: leaseId } });
      return (body.data as { ttl: number }).ttl <= 0;
    });
    await bed.lab.postgresql.resume();
    await waitUntil("the user is gone", async () => !(await exists()));
  });
}
