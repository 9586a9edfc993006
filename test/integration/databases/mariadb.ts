import { expect, test } from "vitest";
import type { DatabaseBed } from "./database-bed";
import { SHOP } from "./tenant";

/** Logins to MariaDB. */
export function testMariadb(bed: DatabaseBed): void {
  test("MariaDB: a login reads its database, also new tables, and nothing else, until it is revoked", async () => {
    const { username, password: secret, leaseId } = await bed.draw("database/shop");
    const as = (...statements: string[]): Promise<string> => bed.mariadb.client(username, secret, ...statements);
    expect(await as(`SELECT id FROM ${SHOP}.items`)).toBe("1");
    await bed.mariadb.client("owner", "owner", `CREATE TABLE ${SHOP}.later AS SELECT 42 AS id`);
    expect(await as(`SELECT id FROM ${SHOP}.later`)).toBe("42");
    expect(await as("SELECT id FROM webXshop.items")).toContain("SELECT command denied");
    expect(await as(`DELETE FROM ${SHOP}.items`)).toContain("DELETE command denied");

    const session = as("SELECT SLEEP(30)");
    const running = `SELECT COUNT(*) FROM information_schema.processlist WHERE user = '${username}'`;
    await expect.poll(() => bed.mariadb.client("root", "", running), { timeout: 10_000 }).toBe("1");
    await bed.operator.send("POST", "sys/leases/revoke", { body: { lease_id: leaseId, sync: true } });
    expect(await session).toMatch(/ERROR (2013|1927|1317|2026)/);
    expect(await as("SELECT 1")).toContain("Access denied");
  });
}
