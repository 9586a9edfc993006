import { expect, test } from "vitest";
import { Database, SecretRef } from "../../../src/index";
import type { DatabaseBed, Login } from "./database-bed";
import { SHOP, SHOP_PASSWORD } from "./tenant";

/** Connections to databases: rotated passwords, long lifetimes, and a name with the characters of a URL. */
export function testConnections(bed: DatabaseBed): void {
  test("rotateRoot: nobody knows the administrator's password, and its logins work", async () => {
    for (const name of ["audit", "archive"]) {
      expect(await bed.isAlive({ username: name, password: bed.lab.passwords[1] ?? "" } as Login)).toBe(false);
      expect(await bed.isAlive(await bed.draw(`database/${name}`))).toBe(true);
    }
    expect(await bed.mariadb.client("vault", SHOP_PASSWORD, "SELECT 1")).toContain("Access denied");
    const { username, password: secret } = await bed.draw("database/shop");
    expect(await bed.mariadb.client(username, secret, `SELECT id FROM ${SHOP}.items`)).toBe("1");
  });

  test("rotateRoot: a former password does not replace the present one", async () => {
    for (const [name, engine, username, former] of [
      ["shop", "mysql", "vault", SHOP_PASSWORD],
      ["audit", "postgresql", "audit", bed.lab.passwords[1] ?? ""],
    ] as const) {
      const { connection_url } = await bed.connection(name);
      const body = { plugin_name: `${engine}-database-plugin`, connection_url, username, password: former };
      const path = `database/${name}/config/${name}`;
      expect((await bed.operator.send("POST", path, { body, accept: [400, 500] })).status).toBeGreaterThanOrEqual(400);
      await bed.draw(`database/${name}`);
    }
  });

  test("D4: a TTL longer than the server's own maximum is kept", async () => {
    expect((await bed.draw("database/orders", "owner")).seconds).toBe(60 * 86_400);
  });

  test("D5: a database of any name is reached", async () => {
    const name = "a b?sslmode=disable&x=%2f/ü";
    await bed.administer("postgres", `CREATE DATABASE "${name}"`);
    const { connectionUrl, engine } = Database.postgresql({
      host: "localhost",
      port: Number(new URL(String((await bed.connection("orders")).connection_url)).port),
      database: name,
      username: "vault",
      password: SecretRef.centralVault({ mount: "operator", path: "data/postgresql", field: "password" }),
      caCertificatePath: bed.lab.caCertificateFile,
    });
    const body = { plugin_name: `${engine}-database-plugin`, connection_url: connectionUrl, username: "vault2" };
    // The engine logs in before it answers.
    await bed.operator.send("POST", "database/orders/config/named", { body: { ...body, password: "second" } });
    await bed.operator.send("DELETE", "database/orders/config/named");
  });
}
