import { join } from "node:path";
import { expect, test } from "vitest";
import type { Lab } from "../../../lab/lab";
import { CassandraServer, type CassandraLogin } from "../../../lab/servers/cassandra-server";
import { obtainCassandra } from "../../../lab/tools/cassandra";
import { waitUntil } from "../../../lab/wait";
import { DATABASE_VARIABLE } from "../../../src/contract/database-passwords";
import type { VaultClient } from "../../../src/vault/client";
import { runCommand } from "../support/command";
import type { DatabaseBed } from "./database-bed";
import { password } from "./tenant";

const PORT = 19_524;
const STORAGE_PORT = 19_525;

/** What only those who deploy know, with characters that mean something elsewhere. */
const PASSWORDS = [`p@/"'x y;{}$%`, `second "'; --`] as const;
const [CREATE, DROP] = [
  "CREATE ROLE '{{username}}' WITH PASSWORD = '{{password}}' AND LOGIN = true",
  "DROP ROLE '{{username}}'",
];

const events = (revision: number, more: object = {}): object => ({
  name: "events",
  engine: "cassandra",
  host: "localhost",
  port: PORT,
  // Without quotes, Cassandra would read it in small letters.
  keyspace: "Web_1",
  username: "vault",
  password: { ...password("password-of-cassandra"), revision },
  caCertificateFile: "certificates/redis.pem",
  rotateRoot: true,
  roles: [
    { name: "readonly", defaultTtl: "10m", maxTtl: "20m" },
    {
      name: "owner",
      creationStatements: [CREATE, `GRANT CREATE ON KEYSPACE "Web_1" TO '{{username}}'`],
      revocationStatements: [DROP, "CREATE ROLE revoked"],
    },
    {
      name: "broken",
      creationStatements: [CREATE, `GRANT SELECT ON KEYSPACE nowhere TO '{{username}}'`],
      rollbackStatements: [DROP, "CREATE ROLE rolled_back"],
    },
  ],
  staticRoles: [{ name: "worker", username: "worker" }],
  ...more,
});

/** In the first tenant file. */
export const CASSANDRA = events(1);

/** In the changed tenant file. */
export const CASSANDRA_CHANGED = events(2, {
  host: "127.0.0.1",
  tlsServerName: "localhost",
  usernameTemplate: "app_{{random 12}}",
  roles: [{ name: "readonly" }],
});

/** A server with what the README tells the administrator to set up. */
export async function startCassandra({ serverFolder, authority, central }: Lab): Promise<CassandraServer> {
  const program = await obtainCassandra();
  const folder = join(serverFolder, "cassandra");
  const server = new CassandraServer({ program, port: PORT, storagePort: STORAGE_PORT, folder, authority });
  await server.start();
  const replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";
  const quoted = PASSWORDS[0].replaceAll("'", "''");
  await server.administer(
    ...["Web_1", "other"].flatMap((name) => [
      `CREATE KEYSPACE "${name}" WITH replication = ${replication}`,
      `CREATE TABLE "${name}".items (id int PRIMARY KEY)`,
      `INSERT INTO "${name}".items (id) VALUES (1)`,
    ]),
    "CREATE ROLE worker WITH PASSWORD = 'first' AND LOGIN = true",
    `CREATE ROLE vault WITH PASSWORD = '${quoted}' AND LOGIN = true`,
    ...["CREATE ON ALL ROLES", "DROP ON ALL ROLES", "ALTER ON ROLE worker"].map((right) => `GRANT ${right} TO vault`),
    ...["AUTHORIZE", "SELECT", "CREATE"].map((right) => `GRANT ${right} ON KEYSPACE "Web_1" TO vault`),
  );
  await central.keepPassword(password("password-of-cassandra"), PASSWORDS[0]);
  return server;
}

const READ = `SELECT id FROM "Web_1".items`;

/** Waits until nobody can log in with a password: the server caches passwords and rights for two seconds. */
function refused(bed: DatabaseBed, login: CassandraLogin): Promise<void> {
  return waitUntil("the login is refused", () =>
    bed.cassandra.query(login, READ).then(
      () => false,
      (error: unknown) => String(error).includes("are incorrect"),
    ),
  );
}

/** What holds after the first deployment. */
export function testCassandra(bed: DatabaseBed): void {
  const draw = (role?: string) => bed.draw("database/events", role);
  const query = (login: CassandraLogin, ...statements: string[]) => bed.cassandra.query(login, ...statements);

  test("Cassandra: a login reads its keyspace and nothing else, until it is revoked", async () => {
    const login = await draw();
    expect(login.seconds).toBe(600);
    const session = bed.cassandra.client(login);
    try {
      expect((await session.execute(READ)).rows).toMatchObject([{ id: 1 }]);
      for (const statement of [
        `INSERT INTO "Web_1".items (id) VALUES (2)`,
        `DROP TABLE "Web_1".items`,
        "SELECT id FROM other.items",
        "SELECT role FROM system_auth.roles",
        "CREATE ROLE mine",
        `GRANT SELECT ON KEYSPACE "Web_1" TO worker`,
      ])
        await expect(session.execute(statement), statement).rejects.toThrow(/has no \w+ permission|privileges/);
      await bed.revoke(login);
      await waitUntil("the session has lost its rights", () =>
        session.execute(READ).then(
          () => false,
          (error: unknown) => String(error).includes("no SELECT permission"),
        ),
      );
    } finally {
      await session.shutdown();
    }
    await refused(bed, login);
  });

  test("Cassandra: what a login created stays, and statements of a role revoke it", async () => {
    const login = await draw("owner");
    await query(login, `CREATE TABLE "Web_1".mine (id int PRIMARY KEY)`, `INSERT INTO "Web_1".mine (id) VALUES (7)`);
    await bed.revoke(login);
    await refused(bed, login);
    expect(await query(await draw(), `SELECT id FROM "Web_1".mine`)).toMatchObject([{ id: 7 }]);
    expect(await roles()).toContain("revoked");
  });

  test("Cassandra: the lease of a login that somebody dropped can be revoked", async () => {
    const login = await draw();
    await bed.cassandra.administer(`DROP ROLE '${login.username}'`);
    await bed.revoke(login);
  });

  test("Cassandra: a creation that fails is rolled back", async () => {
    await expect(draw("broken")).rejects.toThrow(/AUTHORIZE/);
    const found = await roles();
    expect(found).toContain("rolled_back");
    expect(found.filter((name) => name.includes("broken"))).toEqual([]);
  });

  test("Cassandra, MariaDB: people with a quote in their names get logins of their own", async () => {
    for (const name of ["o'brien", "'#"]) {
      const client = await clientOf(bed, `${name}@example.com`);
      const login = await bed.draw("database/events", "readonly", client);
      expect(await query(login, READ)).toMatchObject([{ id: 1 }]);
      const { username, password: secret } = await bed.draw("database/shop", "readonly", client);
      expect(username).toMatch(/^v-jwt2-[o#]/);
      expect(await bed.mariadb.client(username, secret, "SELECT id FROM web_shop.items")).toBe("1");
      expect(await bed.mariadb.client("v-jwt2-", "", "SELECT 1")).toContain("Access denied");
      // Which also revokes the logins.
      await bed.operator.send("DELETE", "sys/auth/jwt2");
      await refused(bed, login);
    }
  });

  test("Cassandra: a static role and the administrator have passwords of the instance", async () => {
    const { data } = (await bed.operator.send("GET", "database/events/static-creds/worker")).body;
    expect(await query(data as CassandraLogin, "SELECT key FROM system.local")).toHaveLength(1);
    for (const former of [
      { username: "worker", password: "first" },
      { username: "vault", password: PASSWORDS[0] },
    ])
      await refused(bed, former);
  });

  test("Cassandra: the hook refuses a wrong password and a wrong name of the server, and says what to do", async () => {
    const { lab } = bed;
    const run = async (connection: object) => {
      await bed.operator.send("POST", "database/events/config/events", {
        body: { ...connection, verify_connection: false },
      });
      const description = { tenant: "data", name: "main", mount: "database/events", connection: "events" };
      const secret = { password: password("password-of-cassandra"), revision: 9, verify: true };
      return runCommand(["database", "data/main"], {
        ...lab.cdktf.environment,
        VAULT_ADDR: lab.central.server.address,
        VAULT_CACERT: lab.caCertificateFile,
        VAULT_NAMESPACE: "team1",
        [DATABASE_VARIABLE]: JSON.stringify({ ...description, ...secret }),
      });
    };
    for (const [connection, answer] of [
      [{}, /username vault and\/or password are incorrect.*raise revision/],
      [{ tls_server_name: "elsewhere" }, /certificate is valid for .* not elsewhere.*correct its fields/],
      [{ tls_server_name: "localhost", port: 1 }, /connection refused.*correct its fields/],
    ] as const) {
      const { code, stderr } = await run(connection);
      expect([code, stderr]).toEqual([1, expect.stringMatching(answer)]);
      expect(stderr).not.toContain(PASSWORDS[0]);
    }
    await bed.operator.send("POST", "database/events/config/events", { body: { port: PORT } });
    await bed.revoke(await draw());
  });

  const roles = async (): Promise<string[]> =>
    (await query({ username: "cassandra", password: "cassandra" }, "LIST ROLES")).map((row) =>
      String((row as { role: unknown }).role),
    );
}

/** Another password of the administrator, which its owner sets and writes to the central Vault. */
export async function changeCassandra(bed: DatabaseBed): Promise<void> {
  await bed.cassandra.administer(`ALTER ROLE vault WITH PASSWORD = '${PASSWORDS[1].replaceAll("'", "''")}'`);
  await bed.lab.central.keepPassword(password("password-of-cassandra"), PASSWORDS[1]);
}

/** What holds after the changed tenant file is deployed. */
export function testChangedCassandra(bed: DatabaseBed): void {
  test("CassandraProps.password, CassandraProps.host, CassandraProps.tlsServerName: the hook writes another password", async () => {
    expect(await bed.connection("events")).toMatchObject({ hosts: "127.0.0.1", tls_server_name: "localhost" });
    await refused(bed, { username: "vault", password: PASSWORDS[1] });
    const login = await bed.draw("database/events");
    expect(login.username).toMatch(/^app_\w{12}$/);
    expect(await bed.cassandra.query(login, READ)).toMatchObject([{ id: 1 }]);
  });
}

/** A client whose token has the display name `jwt2-<name>`, and which may request credentials. */
async function clientOf(bed: DatabaseBed, name: string): Promise<VaultClient> {
  const { issuer, operator } = bed;
  const send = (method: string, path: string, body: object) => operator.send(method, path, { body });
  await send("POST", "sys/auth/jwt2", { type: "jwt" });
  await send("POST", "auth/jwt2/config", { jwks_url: issuer?.jwksUrl, jwks_ca_pem: bed.lab.authority.certificate });
  const policy = `path "database/+/creds/readonly" { capabilities = ["read"] }`;
  await send("POST", "sys/policies/acl/readonly", { policy });
  const role = { role_type: "jwt", user_claim: "email", bound_audiences: ["a"], token_policies: ["readonly"] };
  await send("POST", "auth/jwt2/role/r", role);
  const { body } = await send("POST", "auth/jwt2/login", { role: "r", jwt: issuer?.token({ email: name, aud: "a" }) });
  return (await bed.instance()).server(0).client((body.auth as { client_token: string }).client_token);
}
