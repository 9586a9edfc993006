import { beforeAll, expect, test } from "vitest";
import type { VaultClient } from "../../../src/vault/client";
import { all } from "../../support/all";
import { CHANGED, type DatabaseBed, type Login } from "./database-bed";
import { changeCassandra, testChangedCassandra } from "./cassandra";
import { changeHookedDatabases, testChangedDatabases } from "./hooked";
import { OWNER, password, SHOP } from "./tenant";

/** What a changed tenant file does to the logins, tokens and secrets that exist. */
export function testChangedTenantFile(bed: DatabaseBed): void {
  const before: Record<string, Login> = {};
  let hookedBefore: Awaited<ReturnType<typeof changeHookedDatabases>>;
  let passwordsBefore: Record<string, unknown>;
  let token: VaultClient;
  beforeAll(async () => {
    for (const [name, mount, role] of [
      ["orders", "database/orders", "readonly"],
      ["temporary", "database/orders", "temporary"],
      ["reports", "database/reports", "readonly"],
      ["ledger", "database/ledger", "readonly"],
      ["stock", "pgsql", "readonly"],
    ] as const)
      before[name] = await bed.draw(mount, role);
    token = await (await bed.instance()).client("ops");
    await bed.operator.send("POST", "notes/data/kept", { body: { data: { answer: "42" } } });
    // A deployment that was killed after the rotation, before its state was written.
    const rotation = "vault_generic_endpoint.main_database_archive_root_rotation";
    await bed.lab.cdktf.terraform("data-config", "state", "rm", rotation);
    await bed.administer("postgres", "ALTER ROLE audit PASSWORD 'third'");
    await bed.lab.central.keepPassword(password("password-of-audit"), "third");
    await bed.operator.send("DELETE", "sys/policies/password/database.audit");
    passwordsBefore = await rotatedPasswords(bed);
    hookedBefore = await changeHookedDatabases(bed.hooked);
    await changeCassandra(bed);
    bed.writeTenantFile(CHANGED);
    await bed.deploy();
  });
  const login = (name: string): Login => {
    const found = before[name];
    if (found === undefined) throw new Error(`No login ${name} was drawn.`);
    return found;
  };

  testChangedDatabases(
    () => bed.hooked,
    () => hookedBefore,
  );
  testChangedCassandra(bed);

  test("plans nothing more afterwards", async () => {
    expect(await bed.lab.cdktf.plan("data-config")).toMatch(/No changes/);
  });

  test("DatabaseConnectionProps.rotateRoot: a rotated password stays until another one is written, or the rotation was not recorded", async () => {
    const after = await rotatedPasswords(bed);
    const changed = all(Object.keys(after)).filter((name) => after[name] !== passwordsBefore[name]);
    expect(changed.sort()).toEqual(["archive", "audit"]);
    expect(await bed.isAlive({ username: "audit", password: "third" } as Login)).toBe(false);
    for (const name of ["audit", "archive"]) expect(await bed.isAlive(await bed.draw(`database/${name}`))).toBe(true);
    expect(await bed.connection("shop")).toMatchObject({ max_open_connections: 4 });
    const { username, password: secret } = await bed.draw("database/shop");
    expect(await bed.mariadb.client(username, secret, `SELECT id FROM ${SHOP}.items`)).toBe("1");
  });

  test("DatabaseConnectionProps.passwordPolicy: one that is taken out becomes the default, and a deleted one is there again", async () => {
    expect((await bed.draw("database/orders")).password).toMatch(/^(?=.*-)[A-Za-z0-9-]{24}$/);
    const { body } = await bed.operator.send("LIST", "sys/policies/password");
    expect((body.data as { keys: string[] }).keys.sort()).toEqual(
      ["audit", "archive", "journal", "orders", "shop", "cache", "sessions", "metrics", "events"]
        .map((name) => `database.${name}`)
        .concat("db.second")
        .sort(),
    );
  });

  test("D1: a database that is taken out loses its logins and its mount", async () => {
    expect(await bed.isAlive(login("reports"))).toBe(false);
    expect(await bed.mounts()).not.toContain("database/reports/");
  });

  test("D1: DynamicDbProps.name: the former logins are revoked, the new name gives others", async () => {
    expect(await bed.isAlive(login("ledger"))).toBe(false);
    expect(await bed.mounts()).not.toContain("database/ledger/");
    expect(await bed.isAlive(await bed.draw("database/journal"))).toBe(true);
  });

  test("D1: DynamicDbProps.mount: the former logins are revoked, the new path gives others", async () => {
    expect(await bed.isAlive(login("stock"))).toBe(false);
    expect(await bed.mounts()).not.toContain("pgsql/");
    expect(await bed.isAlive(await bed.draw("db/second"))).toBe(true);
  });

  test("D1: DynamicDbProps.roles, DynamicDbRoleProps.name: leases of a removed role stay and can be revoked, not renewed", async () => {
    const { leaseId } = login("temporary");
    expect(await bed.isAlive(login("temporary"))).toBe(true);
    const renewal = await bed.operator.send("POST", "sys/leases/renew", { body: { lease_id: leaseId }, accept: [400] });
    expect(renewal.status).toBe(400);
    await bed.revoke(login("temporary"));
    expect(await bed.isAlive(login("temporary"))).toBe(false);
  });

  test("PostgresqlProps.host, PostgresqlProps.username, PostgresqlProps.password: leases stay, and the new administrator revokes them", async () => {
    expect(await bed.connection("orders")).toMatchObject({ username: "vault2" });
    expect(String((await bed.connection("orders")).connection_url)).toContain("@localhost:");
    expect(await bed.isAlive(login("orders"))).toBe(true);
    expect(await bed.query(await bed.draw("database/orders"), "SELECT id FROM orders")).toHaveLength(1);
  });

  test("DynamicDbRoleProps.defaultTtl, DynamicDbRoleProps.maxTtl: new leases have the new time, old ones after a renewal", async () => {
    expect((await bed.draw("database/orders")).seconds).toBe(7200);
    const { leaseId, seconds } = login("orders");
    expect(seconds).toBe(3600);
    const { body } = await bed.operator.send("POST", "sys/leases/renew", {
      body: { lease_id: leaseId, increment: 7200 },
    });
    expect(Number(body.lease_duration)).toBe(7200);
    expect(await bed.read("sys/mounts/database/orders/tune")).toMatchObject({ max_lease_ttl: 30 * 86_400 });
    await bed.revoke(login("orders"));
    expect(await bed.isAlive(login("orders"))).toBe(false);
  });

  test("DynamicDbRoleProps.creationStatements: new logins are created by them", async () => {
    expect(await bed.read("database/orders/roles/owner")).toMatchObject({ creation_statements: [OWNER[0]] });
    await bed.revoke(await bed.draw("database/orders", "owner"));
  });

  test("KeyValueProps.description, KeyValueProps.maxVersions, KeyValueProps.deleteVersionAfter: secrets stay", async () => {
    expect(await bed.read("sys/mounts/kv/tune")).toMatchObject({ description: "Secrets" });
    expect(await bed.read("kv/config")).toMatchObject({ max_versions: 2, delete_version_after: "720h0m0s" });
    expect(await bed.read("kv/data/web?version=1")).toMatchObject({ data: { a: 1 } });
    await bed.operator.send("POST", "kv/data/web", { body: { data: { a: 3 } } });
    expect((await bed.operator.send("GET", "kv/data/web?version=1", { accept: [404] })).status).toBe(404);
  });

  test("AccessRoleProps.tokenTtl, AccessRoleProps.tokenMaxTtl, AccessRoleProps.secretIdTtl: tokens that exist keep their time", async () => {
    const { creation_ttl } = (await token.send("GET", "auth/token/lookup-self")).body.data as { creation_ttl: number };
    expect(creation_ttl).toBe(600);
    expect(await bed.read("auth/approle/role/ops")).toMatchObject({
      token_ttl: 1200,
      token_max_ttl: 1500,
      secret_id_ttl: 86_400,
    });
  });

  test("a grant applies to tokens that exist", async () => {
    await token.send("POST", "kv/data/web", { body: { data: { a: 4 } } });
  });

  test("AccessRoleProps.boundCidrs: nobody logs in from elsewhere", async () => {
    const instance = await bed.instance();
    await expect(instance.client("web")).rejects.toThrow();
  });
}

/** What the database servers keep of the passwords of rotated administrators. */
async function rotatedPasswords(bed: DatabaseBed): Promise<Record<string, unknown>> {
  const names = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname IN ('archive', 'audit')";
  const rows = (await bed.administer("postgres", names)) as { rolname: string; rolpassword: string }[];
  const shop = await bed.mariadb.client(
    "root",
    "",
    "SELECT authentication_string FROM mysql.user WHERE user = 'vault'",
  );
  return { ...Object.fromEntries(rows.map(({ rolname, rolpassword }) => [rolname, rolpassword])), shop };
}
