import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLab, type Lab } from "../../lab/lab";
import { Progress } from "../../lab/progress";
import type { MariadbServer } from "../../lab/servers/mariadb-server";
import { waitUntil } from "../../lab/wait";
import { DeployedInstance } from "../../lab/proofs/instance";
import { Database, SecretRef } from "../../src/index";
import { Secret } from "../../src/core/secret";
import type { VaultClient } from "../../src/vault/client";
import { all } from "../support/all";
import { requireCertificate, startMariadb } from "./databases/servers";
import {
  changeHookedDatabases,
  HOOKED,
  HOOKED_CHANGED,
  HookedDatabases,
  testChangedDatabases,
  testHookedDatabases,
} from "./databases/hooked";
import {
  TENANT_FILE,
  REQUESTS,
  REQUEST,
  AUDIENCE,
  LITERAL,
  CLIENT,
  ODD_SCHEMA,
  password,
  OWNER,
  SHOP,
  SHOP_PASSWORD,
  MARIADB,
  FIRST as FIRST_OF_SQL,
  CHANGED as CHANGED_OF_SQL,
} from "./databases/tenant";
import { attempt } from "./support/attempts";
import { runCommand } from "./support/command";
import { removeLab } from "./support/lab";
import { TokenIssuer } from "./support/token-issuer";

const FIRST = { ...FIRST_OF_SQL, databases: [...FIRST_OF_SQL.databases, ...HOOKED] };
const CHANGED = { ...CHANGED_OF_SQL, databases: [...CHANGED_OF_SQL.databases, ...HOOKED_CHANGED] };

/** The tenant, as its engineer writes it. */
function writeTenantFile(engines: object, tenant: object = {}): void {
  const address = "https://127.0.0.1:19510";
  const deployment = { mode: "external", addresses: [address] };
  const instance = { name: "main", product: "openbao", address, deployment, ...jobs(), ...engines };
  const spec = JSON.stringify({ name: "data", ...tenant, instances: [instance] });
  mkdirSync(dirname(TENANT_FILE), { recursive: true });
  writeFileSync(TENANT_FILE, `export default ${spec};\n`);
}

/** Jobs of GitLab, and what the owners of their projects may request. */
function jobs(): object {
  if (issuer === undefined) return {};
  return {
    logins: { gitlab: { address: issuer.url, audience: AUDIENCE, caCertificate: lab.authority.certificate } },
    selfService: {
      folder: REQUESTS,
      limits: [{ gitlabProjects: [44], maxTtl: "1h", read: ["kv/shop"], databases: ["orders/readonly"] }],
    },
  };
}

/** Credentials, as a client has them. */
interface Login {
  readonly username: string;
  readonly password: string;
  readonly leaseId: string;
  readonly seconds: number;
}

/** How long the product's own client waits for an answer: 500 logins take some seconds, and more beside other tests. */
const CLIENT_TIMEOUT = 60_000;

let lab: Lab;
let operator: VaultClient;
let mariadb: MariadbServer;
let hooked: HookedDatabases;
let issuer: TokenIssuer | undefined;

async function draw(mount: string, role = "readonly", client = operator): Promise<Login> {
  const { body } = await client.send("GET", `${mount}/creds/${role}`, { timeout: CLIENT_TIMEOUT });
  const data = body.data as { username: string; password: string };
  return { ...data, leaseId: String(body.lease_id), seconds: Number(body.lease_duration) };
}

async function query(login: Login, ...statements: string[]): Promise<unknown[]> {
  return lab.postgresql.query(login.username, login.password, "orders", ...statements);
}

async function isAlive({ username, password: secret }: Login): Promise<boolean> {
  return lab.postgresql.canLogIn(username, secret, "orders");
}

/** As the administrator of the database server. */
async function administer(name: string, ...statements: string[]): Promise<unknown[]> {
  return lab.postgresql.query("postgres", lab.passwords[0] ?? "", name, ...statements);
}

async function revoke({ leaseId }: Login): Promise<void> {
  await operator.send("POST", "sys/leases/revoke", { body: { lease_id: leaseId, sync: true } });
}

async function mounts(): Promise<string[]> {
  const { body } = await operator.send("GET", "sys/mounts");
  return Object.keys(body.data as object);
}

async function read(path: string): Promise<unknown> {
  return (await operator.send("GET", path)).body.data;
}

beforeAll(async () => {
  writeTenantFile(FIRST);
  lab = await startLab(TENANT_FILE, new Progress(() => undefined), {
    centralNamespace: "team1",
    trustsAuthority: true,
  });
  issuer = await TokenIssuer.start(lab.authority);
  // The lab's app reads a compiled copy of the file.
  const requests = join(lab.deployFolder, REQUESTS);
  mkdirSync(requests);
  writeFileSync(join(requests, "shop-web.yaml"), REQUEST);
  writeTenantFile(FIRST);
  await administer("postgres", `CREATE ROLE vault2 LOGIN CREATEROLE PASSWORD 'second'`);
  for (const grant of ["ALL ON ALL TABLES IN SCHEMA public", "USAGE ON SCHEMA public", "CONNECT ON DATABASE orders"])
    await administer("orders", `GRANT ${grant} TO vault2 WITH GRANT OPTION`);
  await lab.central.keepPassword({ mount: "operator", path: "data/postgresql", field: "password-of-vault2" }, "second");
  await lab.central.keepPassword(MARIADB.password, SHOP_PASSWORD);
  [mariadb, hooked] = await Promise.all([startMariadb(lab), HookedDatabases.start(lab)]);
  await requireCertificate(lab, "certified");
  await administer(
    "postgres",
    "CREATE ROLE batch_user LOGIN PASSWORD 'first'",
    "GRANT batch_user TO vault WITH ADMIN OPTION",
  );
  await lab.cdktf.apply("central");
  await deploy();
  operator = (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).operator();
  hooked.operator = operator;
});
/** Deploys the changed tenant file. */
function deploy(): Promise<void> {
  return lab.cdktf.apply("data-access", "data-vault", "data-config");
}
afterAll(async () => {
  issuer?.stop();
  await Promise.all([mariadb.stop(), hooked.stop()]);
  await removeLab(lab);
  for (const file of [TENANT_FILE, ...CLIENT]) rmSync(file, { force: true });
});

describe("a deployed tenant", () => {
  test("C2: the central Vault works in a namespace, the instance in its root", async () => {
    expect(await lab.central.readRecord("data", "main")).toHaveProperty("root-token");
    expect(await mounts()).toContain("database/orders/");
    expect(await lab.cdktf.plan("data-config")).toMatch(/No changes/);
  });

  test.each([
    ["preflight", "data", { VAULT_NAMESPACE: "team1" }, "data: ready to deploy"],
    ["preflight", "data", {}, "data: ready to deploy"],
    ["status", "data/main", { VAULT_NAMESPACE: "team1" }, "healthy"],
    ["unseal", "data/main", { VAULT_NAMESPACE: "team1" }, "1 of 1 replicas unsealed"],
  ])("C2: tenant-vault %s %s with %j says %j", async (command, subject, namespace, answer) => {
    const { code, stdout, stderr } = await runCommand([command, subject], {
      ...lab.cdktf.environment,
      ...namespace,
      VAULT_ADDR: lab.central.server.address,
      VAULT_CACERT: lab.caCertificateFile,
      CDKTF_APP: `test -z "$VAULT_NAMESPACE" && ${lab.cdktf.compileApp()}`,
    });
    expect(stdout + stderr).toContain(answer);
    expect(code).toBe(0);
  });

  test("T2: texts of its file arrive as they are written", async () => {
    expect(await read("sys/mounts/kv/tune")).toMatchObject({ description: LITERAL });
    expect(await read("database/orders/roles/owner")).toMatchObject({ creation_statements: OWNER });
    await draw("database/orders", "owner");
  });

  test("D3: a table that the administrator may not grant stops nobody else", async () => {
    await administer("orders", "CREATE TABLE foreign_table (id int)");
    const login = await draw("database/orders");
    expect(await query(login, "SELECT id FROM orders")).toHaveLength(1);
    await expect(query(login, "SELECT id FROM foreign_table")).rejects.toThrow("permission denied");
    await expect(query(login, "DELETE FROM orders")).rejects.toThrow("permission denied");
    const rights = await administer("orders", "SELECT relacl::text AS acl FROM pg_class WHERE relname = 'orders'");
    expect(JSON.stringify(rights)).toMatch(/vault-orders-readonly[\\"]*=r\/vault/);
    expect(JSON.stringify(rights)).not.toContain(login.username);
    await revoke(login);
    expect(await isAlive(login)).toBe(false);
  });

  test("DatabaseConnectionProps.passwordPolicy: the passwords of logins and of static roles match it", async () => {
    const batch = (await read("database/orders/static-creds/batch")) as Login;
    for (const each of [await draw("database/orders"), await draw("database/shop"), batch]) {
      expect(each.password).toMatch(/^[A-HJ-NP-Z2-9!#$%&()*+,\-./:;<=>?@[\]^_|~]{40}$/);
      expect(each.password.replaceAll(/[A-Z]/g, "")).not.toBe(each.password);
      expect(each.password.replaceAll(/[^2-9]/g, "").length).toBeGreaterThanOrEqual(4);
      expect(each.password.replaceAll(/[A-Z2-9]/g, "").length).toBeGreaterThanOrEqual(8);
    }
    expect(await isAlive(batch)).toBe(true);
    expect(await isAlive(await draw("database/orders"))).toBe(true);
    const archive = await draw("database/archive");
    expect(archive.password).toMatch(/^(?=.*-)[A-Za-z0-9-]{24}$/);
    await revoke(archive);
  });

  test("the form of a database, DatabaseConnectionProps.usernameTemplate: its role gives logins of that name and lifetime", async () => {
    const login = await draw("pgsql");
    expect(login.username).toMatch(/^app-[A-Za-z0-9]{20}$/);
    expect(login.seconds).toBe(1800);
    expect(await query(login, "SELECT id FROM orders")).toHaveLength(1);
    await revoke(login);
    expect(await isAlive(login)).toBe(false);
  });

  test("DynamicDbRoleProps.renewStatements: a renewal executes them", async () => {
    const login = await draw("pgsql", "renewed");
    const role = `SELECT shobj_description(oid, 'pg_authid') AS text, rolvaliduntil FROM pg_roles WHERE rolname = '${login.username}'`;
    const [before] = (await administer("orders", role)) as { text: null; rolvaliduntil: Date }[];
    await operator.send("POST", "sys/leases/renew", { body: { lease_id: login.leaseId, increment: 7200 } });
    const [after] = (await administer("orders", role)) as { text: string; rolvaliduntil: Date }[];
    expect([before?.text, after?.text]).toEqual([null, expect.stringMatching(/^until 2/)]);
    expect(Number(after?.rolvaliduntil) - Number(before?.rolvaliduntil)).toBeGreaterThan(3_500_000);
    expect(await isAlive(login)).toBe(true);
    await revoke(login);
  });

  test("DynamicDbRoleProps.rollbackStatements: no engine executes them; PostgreSQL undoes a failed creation, MariaDB does not", async () => {
    await expect(draw("pgsql", "broken")).rejects.toThrow("division by zero");
    const left = "SELECT 1 FROM pg_roles WHERE rolname LIKE 'app-%' OR rolname = 'rolled_back'";
    expect(await administer("orders", left)).toEqual([]);
    await expect(draw("database/shop", "broken")).rejects.toThrow("nowhere");
    const users = "SELECT user FROM mysql.user WHERE user LIKE 'v-%-broken-%'";
    const user = await mariadb.client("root", "", users);
    expect(user).toMatch(/^v-\S+$/);
    await mariadb.client("root", "", `DROP USER '${user}'`);
  });

  test("PostgresqlProps.clientCertificatePath: a server that requires a certificate gets it", async () => {
    const [, secret = ""] = lab.passwords;
    expect(await isAlive({ username: "vault", password: secret } as Login)).toBe(true);
    expect(await isAlive({ username: "certified", password: secret } as Login)).toBe(false);
    const login = await draw("database/reports");
    expect(await isAlive(login)).toBe(true);
    await revoke(login);
  });

  test("PostgresqlProps.schemas: a login reads these, also new tables, and no others", async () => {
    const add = (table: string): string[] => [
      `CREATE TABLE ${table} AS SELECT 42 AS id`,
      `GRANT SELECT ON ${table} TO vault WITH GRANT OPTION`,
    ];
    const quoted = `"${ODD_SCHEMA.replaceAll('"', '""')}"`;
    await expect(draw("database/ledger")).rejects.toThrow("sales");
    for (const schema of ["sales", "hidden", quoted])
      await administer(
        "orders",
        `CREATE SCHEMA ${schema}`,
        `GRANT USAGE ON SCHEMA ${schema} TO vault WITH GRANT OPTION`,
        ...add(`${schema}.bills`),
      );
    const login = await draw("database/ledger");
    for (const schema of ["sales", quoted])
      expect(await query(login, `SELECT id FROM ${schema}.bills`)).toEqual([{ id: 42 }]);
    for (const table of ["hidden.bills", "public.orders"])
      await expect(query(login, `SELECT id FROM ${table}`)).rejects.toThrow("permission denied");
    await administer("orders", ...add("sales.later"));
    await revoke(await draw("database/ledger"));
    expect(await query(login, "SELECT id FROM sales.later")).toEqual([{ id: 42 }]);
    await revoke(login);
    expect(await isAlive(login)).toBe(false);
  });

  test("D2: a login that owns objects is removed; the administrator gets them", async () => {
    const login = await draw("database/orders", "owner");
    await administer("orders", "GRANT CREATE ON SCHEMA public TO PUBLIC");
    await query(login, "CREATE TABLE kept AS SELECT 42 AS answer");
    const session = query(login, "SELECT pg_sleep(30)");
    const ended = expect(session).rejects.toThrow();
    await revoke(login);
    await ended;
    expect(await isAlive(login)).toBe(false);
    expect(await administer("orders", `SELECT 1 FROM pg_roles WHERE rolname = '${login.username}'`)).toEqual([]);
    expect(await administer("orders", "SELECT tableowner FROM pg_tables WHERE tablename = 'kept'")).toEqual([
      { tableowner: "vault" },
    ]);
  });

  test("D2: a login that owns objects in another database can no longer log in", async () => {
    const login = await draw("database/orders", "owner");
    await administer("postgres", `CREATE SCHEMA elsewhere AUTHORIZATION "${login.username}"`);
    await revoke(login);
    expect(await isAlive(login)).toBe(false);
    await administer("postgres", "DROP SCHEMA elsewhere");
  });

  test("500 logins at once are 500 users, and none is left when they are revoked", async () => {
    const logins = await Promise.all(Array.from({ length: 500 }, () => draw("database/orders")));
    expect(new Set(logins.map(({ username }) => username)).size).toBe(500);
    const sample = logins.filter((_, index) => index % 50 === 0);
    expect(await Promise.all(sample.map(isAlive))).toEqual(sample.map(() => true));
    const readonly = "sys/leases/revoke-prefix/database/orders/creds/readonly";
    await operator.send("POST", readonly, { body: { sync: true }, timeout: CLIENT_TIMEOUT });
    expect(await administer("orders", "SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-%-readonly-%'")).toEqual([]);
  });

  test("a user whose lease ends while the database is down is removed once it is back", async () => {
    const { username, leaseId } = await draw("database/orders");
    const exists = async (): Promise<boolean> =>
      (await administer("orders", `SELECT 1 FROM pg_roles WHERE rolname = '${username}'`)).length > 0;
    expect(await exists()).toBe(true);
    await operator.send("POST", "sys/leases/renew", { body: { lease_id: leaseId, increment: 3 } });
    await lab.postgresql.stop();
    await waitUntil("its lease has ended", async () => {
      const { body } = await operator.send("POST", "sys/leases/lookup", { body: { lease_id: leaseId } });
      return (body.data as { ttl: number }).ttl <= 0;
    });
    await lab.postgresql.resume();
    await waitUntil("the user is gone", async () => !(await exists()));
  });

  test("MariaDB: a login reads its database, also new tables, and nothing else, until it is revoked", async () => {
    const { username, password: secret, leaseId } = await draw("database/shop");
    const as = (...statements: string[]): Promise<string> => mariadb.client(username, secret, ...statements);
    expect(await as(`SELECT id FROM ${SHOP}.items`)).toBe("1");
    await mariadb.client("owner", "owner", `CREATE TABLE ${SHOP}.later AS SELECT 42 AS id`);
    expect(await as(`SELECT id FROM ${SHOP}.later`)).toBe("42");
    expect(await as("SELECT id FROM webXshop.items")).toContain("SELECT command denied");
    expect(await as(`DELETE FROM ${SHOP}.items`)).toContain("DELETE command denied");

    const session = as("SELECT SLEEP(30)");
    const running = `SELECT COUNT(*) FROM information_schema.processlist WHERE user = '${username}'`;
    await expect.poll(() => mariadb.client("root", "", running), { timeout: 10_000 }).toBe("1");
    await operator.send("POST", "sys/leases/revoke", { body: { lease_id: leaseId, sync: true } });
    expect(await session).toMatch(/ERROR (2013|1927|1317|2026)/);
    expect(await as("SELECT 1")).toContain("Access denied");
  });

  test("a static role logs in with the password of the instance, and after a rotation with another one", async () => {
    const web = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("web");
    const credentials = async (): Promise<{ username: string; password: string }> =>
      (await web.send("GET", "database/orders/static-creds/batch")).body.data as { username: string; password: string };
    const canLogIn = (secret: string): Promise<boolean> => lab.postgresql.canLogIn("batch_user", secret, "orders");
    const before = await credentials();
    expect(before.username).toBe("batch_user");
    expect([await canLogIn(before.password), await canLogIn("first")]).toEqual([true, false]);
    await operator.send("POST", "database/orders/rotate-role/batch");
    const after = await credentials();
    expect([await canLogIn(after.password), await canLogIn(before.password)]).toEqual([true, false]);
    const comment = "SELECT shobj_description(oid, 'pg_authid') AS text FROM pg_roles WHERE rolname = 'batch_user'";
    expect(await administer("orders", comment)).toEqual([{ text: "changed by the instance" }]);
  });

  test("a job of a project draws what its owners requested, for an hour at most; it ends with the job's token", async () => {
    const claims = {
      sub: "a",
      aud: AUDIENCE,
      project_id: "44",
      ref: "main",
      ref_type: "branch",
      ref_protected: "true",
    };
    const jwt = issuer?.token(claims);
    const { body } = await operator.send("POST", "auth/gitlab/login", { body: { role: "request-shop-web", jwt } });
    const { client_token, lease_duration } = body.auth as { client_token: string; lease_duration: number };
    expect(lease_duration).toBe(3600);
    const job = operator.withToken(new Secret(client_token));
    const login = await draw("database/orders", "readonly", job);
    expect(login.seconds).toBeLessThanOrEqual(3600);
    expect(await query(login, "SELECT id FROM orders")).toHaveLength(1);
    expect(await attempt(job, "GET database/orders/creds/owner")).toBe(403);
    await job.send("POST", "auth/token/revoke-self");
    await waitUntil("the login is gone", async () => !(await isAlive(login)));
  });

  test("rotateRoot: nobody knows the administrator's password, and its logins work", async () => {
    for (const name of ["audit", "archive"]) {
      expect(await isAlive({ username: name, password: lab.passwords[1] ?? "" } as Login)).toBe(false);
      expect(await isAlive(await draw(`database/${name}`))).toBe(true);
    }
    expect(await mariadb.client("vault", SHOP_PASSWORD, "SELECT 1")).toContain("Access denied");
    const { username, password: secret } = await draw("database/shop");
    expect(await mariadb.client(username, secret, `SELECT id FROM ${SHOP}.items`)).toBe("1");
  });

  test("rotateRoot: a former password does not replace the present one", async () => {
    for (const [name, engine, username, former] of [
      ["shop", "mysql", "vault", SHOP_PASSWORD],
      ["audit", "postgresql", "audit", lab.passwords[1] ?? ""],
    ] as const) {
      const { connection_url } = await connection(name);
      const body = { plugin_name: `${engine}-database-plugin`, connection_url, username, password: former };
      const path = `database/${name}/config/${name}`;
      expect((await operator.send("POST", path, { body, accept: [400, 500] })).status).toBeGreaterThanOrEqual(400);
      await draw(`database/${name}`);
    }
  });

  test("D4: a TTL longer than the server's own maximum is kept", async () => {
    expect((await draw("database/orders", "owner")).seconds).toBe(60 * 86_400);
  });

  test("D5: a database of any name is reached", async () => {
    const name = "a b?sslmode=disable&x=%2f/ü";
    await administer("postgres", `CREATE DATABASE "${name}"`);
    const { connectionUrl, engine } = Database.postgresql({
      host: "localhost",
      port: Number(new URL(String((await connection("orders")).connection_url)).port),
      database: name,
      username: "vault",
      password: SecretRef.centralVault({ mount: "operator", path: "data/postgresql", field: "password" }),
      caCertificatePath: lab.caCertificateFile,
    });
    const body = { plugin_name: `${engine}-database-plugin`, connection_url: connectionUrl, username: "vault2" };
    // The engine logs in before it answers.
    await operator.send("POST", "database/orders/config/named", { body: { ...body, password: "second" } });
    await operator.send("DELETE", "database/orders/config/named");
  });

  test("T7: a role that may write deletes versions and restores them, and never destroys", async () => {
    const client = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("web");
    for (const a of [1, 2]) await client.send("POST", "kv/data/web", { body: { data: { a } } });
    const versions = { body: { versions: [1] } };
    await client.send("POST", "kv/delete/web", versions);
    expect((await client.send("GET", "kv/data/web?version=1", { accept: [404] })).status).toBe(404);
    await client.send("POST", "kv/undelete/web", versions);
    expect((await client.send("GET", "kv/data/web?version=1")).body.data).toMatchObject({ data: { a: 1 } });
    expect((await client.send("POST", "kv/destroy/web", { ...versions, accept: [403] })).status).toBe(403);
    expect((await client.send("DELETE", "kv/metadata/web", { accept: [403] })).status).toBe(403);
  });
});

describe("databases whose passwords the hook writes", () => testHookedDatabases(() => hooked));

async function connection(name: string): Promise<Record<string, unknown>> {
  const data = (await read(`database/${name}/config/${name}`)) as { connection_details: Record<string, unknown> };
  return data.connection_details;
}

/** What the database servers keep of the passwords of rotated administrators. */
async function rotatedPasswords(): Promise<Record<string, unknown>> {
  const names = "SELECT rolname, rolpassword FROM pg_authid WHERE rolname IN ('archive', 'audit')";
  const rows = (await administer("postgres", names)) as { rolname: string; rolpassword: string }[];
  const shop = await mariadb.client("root", "", "SELECT authentication_string FROM mysql.user WHERE user = 'vault'");
  return { ...Object.fromEntries(rows.map(({ rolname, rolpassword }) => [rolname, rolpassword])), shop };
}

describe("a changed tenant file", () => {
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
      before[name] = await draw(mount, role);
    token = await (await DeployedInstance.open(lab, lab.tenant.instances[0] as never)).client("ops");
    await operator.send("POST", "notes/data/kept", { body: { data: { answer: "42" } } });
    // A deployment that was killed after the rotation, before its state was written.
    const rotation = "vault_generic_endpoint.main_database_archive_root_rotation";
    await lab.cdktf.terraform("data-config", "state", "rm", rotation);
    await administer("postgres", "ALTER ROLE audit PASSWORD 'third'");
    await lab.central.keepPassword(password("password-of-audit"), "third");
    await operator.send("DELETE", "sys/policies/password/database.audit");
    passwordsBefore = await rotatedPasswords();
    hookedBefore = await changeHookedDatabases(hooked);
    writeTenantFile(CHANGED);
    await deploy();
  });
  const login = (name: string): Login => {
    const found = before[name];
    if (found === undefined) throw new Error(`No login ${name} was drawn.`);
    return found;
  };

  testChangedDatabases(
    () => hooked,
    () => hookedBefore,
  );

  test("plans nothing more afterwards", async () => {
    expect(await lab.cdktf.plan("data-config")).toMatch(/No changes/);
  });

  test("DatabaseConnectionProps.rotateRoot: a rotated password stays until another one is written, or the rotation was not recorded", async () => {
    const after = await rotatedPasswords();
    const changed = all(Object.keys(after)).filter((name) => after[name] !== passwordsBefore[name]);
    expect(changed.sort()).toEqual(["archive", "audit"]);
    expect(await isAlive({ username: "audit", password: "third" } as Login)).toBe(false);
    for (const name of ["audit", "archive"]) expect(await isAlive(await draw(`database/${name}`))).toBe(true);
    expect(await connection("shop")).toMatchObject({ max_open_connections: 4 });
    const { username, password: secret } = await draw("database/shop");
    expect(await mariadb.client(username, secret, `SELECT id FROM ${SHOP}.items`)).toBe("1");
  });

  test("DatabaseConnectionProps.passwordPolicy: one that is taken out becomes the default, and a deleted one is there again", async () => {
    expect((await draw("database/orders")).password).toMatch(/^(?=.*-)[A-Za-z0-9-]{24}$/);
    const { body } = await operator.send("LIST", "sys/policies/password");
    expect((body.data as { keys: string[] }).keys.sort()).toEqual(
      ["audit", "archive", "journal", "orders", "shop", "cache", "sessions", "metrics"]
        .map((name) => `database.${name}`)
        .concat("db.second")
        .sort(),
    );
  });

  test("D1: a database that is taken out loses its logins and its mount", async () => {
    expect(await isAlive(login("reports"))).toBe(false);
    expect(await mounts()).not.toContain("database/reports/");
  });

  test("D1: DynamicDbProps.name: the former logins are revoked, the new name gives others", async () => {
    expect(await isAlive(login("ledger"))).toBe(false);
    expect(await mounts()).not.toContain("database/ledger/");
    expect(await isAlive(await draw("database/journal"))).toBe(true);
  });

  test("D1: DynamicDbProps.mount: the former logins are revoked, the new path gives others", async () => {
    expect(await isAlive(login("stock"))).toBe(false);
    expect(await mounts()).not.toContain("pgsql/");
    expect(await isAlive(await draw("db/second"))).toBe(true);
  });

  test("D1: DynamicDbProps.roles, DynamicDbRoleProps.name: leases of a removed role stay and can be revoked, not renewed", async () => {
    const { leaseId } = login("temporary");
    expect(await isAlive(login("temporary"))).toBe(true);
    const renewal = await operator.send("POST", "sys/leases/renew", { body: { lease_id: leaseId }, accept: [400] });
    expect(renewal.status).toBe(400);
    await revoke(login("temporary"));
    expect(await isAlive(login("temporary"))).toBe(false);
  });

  test("PostgresqlProps.host, PostgresqlProps.username, PostgresqlProps.password: leases stay, and the new administrator revokes them", async () => {
    expect(await connection("orders")).toMatchObject({ username: "vault2" });
    expect(String((await connection("orders")).connection_url)).toContain("@localhost:");
    expect(await isAlive(login("orders"))).toBe(true);
    expect(await query(await draw("database/orders"), "SELECT id FROM orders")).toHaveLength(1);
  });

  test("DynamicDbRoleProps.defaultTtl, DynamicDbRoleProps.maxTtl: new leases have the new time, old ones after a renewal", async () => {
    expect((await draw("database/orders")).seconds).toBe(7200);
    const { leaseId, seconds } = login("orders");
    expect(seconds).toBe(3600);
    const { body } = await operator.send("POST", "sys/leases/renew", { body: { lease_id: leaseId, increment: 7200 } });
    expect(Number(body.lease_duration)).toBe(7200);
    expect(await read("sys/mounts/database/orders/tune")).toMatchObject({ max_lease_ttl: 30 * 86_400 });
    await revoke(login("orders"));
    expect(await isAlive(login("orders"))).toBe(false);
  });

  test("DynamicDbRoleProps.creationStatements: new logins are created by them", async () => {
    expect(await read("database/orders/roles/owner")).toMatchObject({ creation_statements: [OWNER[0]] });
    await revoke(await draw("database/orders", "owner"));
  });

  test("KeyValueProps.description, KeyValueProps.maxVersions, KeyValueProps.deleteVersionAfter: secrets stay", async () => {
    expect(await read("sys/mounts/kv/tune")).toMatchObject({ description: "Secrets" });
    expect(await read("kv/config")).toMatchObject({ max_versions: 2, delete_version_after: "720h0m0s" });
    expect(await read("kv/data/web?version=1")).toMatchObject({ data: { a: 1 } });
    await operator.send("POST", "kv/data/web", { body: { data: { a: 3 } } });
    expect((await operator.send("GET", "kv/data/web?version=1", { accept: [404] })).status).toBe(404);
  });

  test("AccessRoleProps.tokenTtl, AccessRoleProps.tokenMaxTtl, AccessRoleProps.secretIdTtl: tokens that exist keep their time", async () => {
    const { creation_ttl } = (await token.send("GET", "auth/token/lookup-self")).body.data as { creation_ttl: number };
    expect(creation_ttl).toBe(600);
    expect(await read("auth/approle/role/ops")).toMatchObject({
      token_ttl: 1200,
      token_max_ttl: 1500,
      secret_id_ttl: 86_400,
    });
  });

  test("a grant applies to tokens that exist", async () => {
    await token.send("POST", "kv/data/web", { body: { data: { a: 4 } } });
  });

  test("AccessRoleProps.boundCidrs: nobody logs in from elsewhere", async () => {
    const instance = await DeployedInstance.open(lab, lab.tenant.instances[0] as never);
    await expect(instance.client("web")).rejects.toThrow();
  });
});

describe("a mount of secrets that is taken out or renamed", () => {
  test("KeyValueProps.mount, KeyValueField.keyValue, KeyValueProps.deletionProtection: is refused, and the secrets stay", async () => {
    writeTenantFile({ ...CHANGED, keyValue: [CHANGED.keyValue[0], { mount: "papers" }] });
    await expect(deploy()).rejects.toThrow("notes/config");
    expect(await read("notes/data/kept")).toMatchObject({ data: { answer: "42" } });
  });

  test("KeyValueProps.deletionProtection: goes once the tenant file has said so", async () => {
    const renamed = [...CHANGED.keyValue, { mount: "papers" }];
    writeTenantFile({ ...CHANGED, keyValue: renamed }, { deletionProtection: false });
    await deploy();
    writeTenantFile({ ...CHANGED, keyValue: [CHANGED.keyValue[0]] }, { deletionProtection: false });
    await deploy();
    expect(await mounts()).not.toContain("notes/");
    expect(await read("kv/data/web")).toMatchObject({ data: { a: 4 } });
  });
});
