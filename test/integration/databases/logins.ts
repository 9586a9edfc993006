import { expect, test } from "vitest";
import type { DatabaseBed, Login } from "./database-bed";

/** What a connection and its roles say about logins: their rights, passwords, names and statements. */
export function testLogins(bed: DatabaseBed): void {
  test("D3: a table that the administrator may not grant stops nobody else", async () => {
    await bed.administer("orders", "CREATE TABLE foreign_table (id int)");
    const login = await bed.draw("database/orders");
    expect(await bed.query(login, "SELECT id FROM orders")).toHaveLength(1);
    await expect(bed.query(login, "SELECT id FROM foreign_table")).rejects.toThrow("permission denied");
    await expect(bed.query(login, "DELETE FROM orders")).rejects.toThrow("permission denied");
    const rights = await bed.administer("orders", "SELECT relacl::text AS acl FROM pg_class WHERE relname = 'orders'");
    expect(JSON.stringify(rights)).toMatch(/vault-orders-readonly[\\"]*=r\/vault/);
    expect(JSON.stringify(rights)).not.toContain(login.username);
    await bed.revoke(login);
    expect(await bed.isAlive(login)).toBe(false);
  });

  test("DatabaseConnectionProps.passwordPolicy: the passwords of logins and of static roles match it", async () => {
    const batch = (await bed.read("database/orders/static-creds/batch")) as Login;
    for (const each of [await bed.draw("database/orders"), await bed.draw("database/shop"), batch]) {
      expect(each.password).toMatch(/^[A-HJ-NP-Z2-9!#$%&()*+,\-./:;<=>?@[\]^_|~]{40}$/);
      expect(each.password.replaceAll(/[A-Z]/g, "")).not.toBe(each.password);
      expect(each.password.replaceAll(/[^2-9]/g, "").length).toBeGreaterThanOrEqual(4);
      expect(each.password.replaceAll(/[A-Z2-9]/g, "").length).toBeGreaterThanOrEqual(8);
    }
    expect(await bed.isAlive(batch)).toBe(true);
    expect(await bed.isAlive(await bed.draw("database/orders"))).toBe(true);
    const archive = await bed.draw("database/archive");
    expect(archive.password).toMatch(/^(?=.*-)[A-Za-z0-9-]{24}$/);
    await bed.revoke(archive);
  });

  test("the form of a database, DatabaseConnectionProps.usernameTemplate: its role gives logins of that name and lifetime", async () => {
    const login = await bed.draw("pgsql");
    expect(login.username).toMatch(/^app-[A-Za-z0-9]{20}$/);
    expect(login.seconds).toBe(1800);
    expect(await bed.query(login, "SELECT id FROM orders")).toHaveLength(1);
    await bed.revoke(login);
    expect(await bed.isAlive(login)).toBe(false);
  });

  test("DynamicDbRoleProps.renewStatements: a renewal executes them", async () => {
    const login = await bed.draw("pgsql", "renewed");
    const role = `SELECT shobj_description(oid, 'pg_authid') AS text, rolvaliduntil FROM pg_roles WHERE rolname = '${login.username}'`;
    const [before] = (await bed.administer("orders", role)) as { text: null; rolvaliduntil: Date }[];
    await bed.operator.send("POST", "sys/leases/renew", { body: { lease_id: login.leaseId, increment: 7200 } });
    const [after] = (await bed.administer("orders", role)) as { text: string; rolvaliduntil: Date }[];
    expect([before?.text, after?.text]).toEqual([null, expect.stringMatching(/^until 2/)]);
    expect(Number(after?.rolvaliduntil) - Number(before?.rolvaliduntil)).toBeGreaterThan(3_500_000);
    expect(await bed.isAlive(login)).toBe(true);
    await bed.revoke(login);
  });

  test("DynamicDbRoleProps.rollbackStatements: no engine executes them; PostgreSQL undoes a failed creation, MariaDB does not", async () => {
    await expect(bed.draw("pgsql", "broken")).rejects.toThrow("division by zero");
    const left = "SELECT 1 FROM pg_roles WHERE rolname LIKE 'app-%' OR rolname = 'rolled_back'";
    expect(await bed.administer("orders", left)).toEqual([]);
    await expect(bed.draw("database/shop", "broken")).rejects.toThrow("nowhere");
    const users = "SELECT user FROM mysql.user WHERE user LIKE 'v-%-broken-%'";
    const user = await bed.mariadb.client("root", "", users);
    expect(user).toMatch(/^v-\S+$/);
    await bed.mariadb.client("root", "", `DROP USER '${user}'`);
  });
}
