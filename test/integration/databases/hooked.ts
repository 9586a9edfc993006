import { join } from "node:path";
import { expect, test } from "vitest";
import type { Lab } from "../../../lab/lab";
import { filesBelow, filesWith, readTexts } from "../../../lab/secret-search";
import { InfluxdbServer } from "../../../lab/servers/influxdb-server";
import { RedisServer } from "../../../lab/servers/redis-server";
import { obtainInfluxdb } from "../../../lab/tools/influxdb";
import { obtainRedis } from "../../../lab/tools/redis";
import { waitUntil } from "../../../lab/wait";
import { DATABASE_VARIABLE } from "../../../src/contract/database-passwords";
import type { VaultClient } from "../../../src/vault/client";
import { runCommand } from "../support/command";
import { password } from "./tenant";

const REDIS_PORT = 19_521;
const INFLUXDB_PORT = 19_522;
const INFLUXDB_BACKUP_PORT = 19_523;

/** What only those who deploy know, with characters that mean something elsewhere. */
const REDIS_PASSWORDS = ["redis:a@b%c'd", "redis:second$e{f}"] as const;
const INFLUXDB_PASSWORD = "influxdb:a@b%c?d";

const cache = (revision: number, more: object = {}): object => ({
  name: "cache",
  engine: "redis",
  host: "127.0.0.1",
  port: REDIS_PORT,
  username: "vault",
  password: { ...password("password-of-redis"), revision },
  caCertificateFile: "certificates/redis.pem",
  keys: ["orders:*"],
  rotateRoot: true,
  roles: [{ name: "readonly" }, { name: "writer", creationStatements: ['["~orders:*","+set"]'] }],
  staticRoles: [{ name: "worker", username: "worker" }],
  ...more,
});

/** The same server, by the other name of the engine, with another administrator. */
const valkey = (name: string, username: string, more: object = {}): object => ({
  ...cache(1, { keys: undefined, staticRoles: undefined }),
  name,
  engine: "valkey",
  username,
  roles: [{ name: "readonly" }],
  ...more,
});

const metrics = (more: object = {}): object => ({
  name: "metrics",
  engine: "influxdb",
  host: "127.0.0.1",
  port: INFLUXDB_PORT,
  database: "web metrics",
  username: "vault",
  password: password("password-of-influxdb"),
  usernameTemplate: "app_{{random 12}}",
  rotateRoot: true,
  roles: [{ name: "readonly" }],
  ...more,
});

/** In the first tenant file. */
export const HOOKED = [
  cache(1),
  valkey("sessions", "vault2"),
  valkey("spare", "vault3", { rotateRoot: undefined }),
  metrics(),
];

/** In the changed tenant file. */
export const HOOKED_CHANGED = [
  cache(2, { host: "localhost", roles: [{ name: "readonly" }] }),
  valkey("sessions", "vault2"),
  metrics({ host: "localhost", roles: [{ name: "readonly" }, { name: "other" }] }),
];

interface Login {
  readonly username: string;
  readonly password: string;
  readonly leaseId: string;
}

/** Databases whose passwords the hook writes, and their real servers. */
export class HookedDatabases {
  static async start(lab: Lab): Promise<HookedDatabases> {
    const [programs, program] = [await obtainRedis(), await obtainInfluxdb()];
    const acl = "+ping +acl|setuser +acl|getuser +acl|deluser";
    const { authority, serverFolder } = lab;
    const redis = new RedisServer({
      programs,
      port: REDIS_PORT,
      folder: join(serverFolder, "redis"),
      authority,
      users: [
        "user default off",
        "user owner on >owner ~* +@all",
        ...["vault", "vault2", "vault3"].map((name) => `user ${name} on >${REDIS_PASSWORDS[0]} ${acl}`),
        "user worker on >first ~jobs:* +@all",
      ],
    });
    const influxdb = new InfluxdbServer({
      program,
      port: INFLUXDB_PORT,
      backupPort: INFLUXDB_BACKUP_PORT,
      folder: join(serverFolder, "influxdb"),
      authority,
      setup: [`CREATE DATABASE "web metrics"`, "CREATE DATABASE other"],
    });
    await Promise.all([redis.start(), influxdb.start({ username: "vault", password: INFLUXDB_PASSWORD })]);
    await lab.central.keepPassword(password("password-of-redis"), REDIS_PASSWORDS[0]);
    await lab.central.keepPassword(password("password-of-influxdb"), INFLUXDB_PASSWORD);
    await redis.client("owner", "owner", "MSET", "orders:1", "42", "users:1", "secret");
    return new HookedDatabases(lab, redis, influxdb);
  }

  /** The token of an operator; known after the first deployment. */
  operator: VaultClient | undefined;

  private constructor(
    readonly lab: Lab,
    readonly redis: RedisServer,
    readonly influxdb: InfluxdbServer,
  ) {}

  async stop(): Promise<void> {
    await Promise.all([this.redis.stop(), this.influxdb.stop()]);
  }

  async send(method: string, path: string, body?: object, accept?: number[]) {
    if (this.operator === undefined) throw new Error("nothing is deployed yet");
    return this.operator.send(method, path, { body, ...(accept === undefined ? {} : { accept }) });
  }

  async draw(mount: string, role = "readonly"): Promise<Login> {
    const { body } = await this.send("GET", `${mount}/creds/${role}`);
    return { ...(body.data as Login), leaseId: String(body.lease_id) };
  }

  async revoke({ leaseId }: Login): Promise<void> {
    await this.send("POST", "sys/leases/revoke", { lease_id: leaseId, sync: true });
  }

  /** Another password of the administrator of Redis, which its owner sets and writes to the central Vault. */
  async changePassword(): Promise<void> {
    await this.redis.client("owner", "owner", "ACL", "SETUSER", "vault", "RESETPASS", `>${REDIS_PASSWORDS[1]}`);
    await this.lab.central.keepPassword(password("password-of-redis"), REDIS_PASSWORDS[1]);
  }

  as({ username, password: secret }: Login, ...command: readonly string[]): Promise<string> {
    return this.redis.client(username, secret, ...command);
  }
}

const REFUSED = /WRONGPASS|AUTH failed/;

/** What holds after the first deployment. */
export function testHookedDatabases(bed: () => HookedDatabases): void {
  test("Redis: a login reads its keys, and neither others nor their names, until it is revoked", async () => {
    const login = await bed().draw("database/cache");
    const as = (...command: string[]): Promise<string> => bed().as(login, ...command);
    expect(await as("GET", "orders:1")).toBe("42");
    for (const command of ["GET users:1", "SET orders:1 0", "KEYS *", "SCAN 0", "RANDOMKEY", "CLIENT KILL ID 1"])
      expect(await as(...command.split(" "))).toContain("NOPERM");
    await bed().revoke(login);
    expect(await as("GET", "orders:1")).toMatch(REFUSED);
  });

  test("Valkey: a login of OpenBao's engine lists and reads all keys", async () => {
    const login = await bed().draw("database/sessions");
    expect((await bed().as(login, "MGET", "orders:1", "users:1")).split("\n")).toEqual(["42", "secret"]);
    expect(await bed().as(login, "SCAN", "0")).toContain("users:1");
    expect(await bed().as(login, "DEL", "users:1")).toContain("NOPERM");
    await bed().revoke(login);
  });

  test("Redis: a role's own rules; a login ends with its lease", async () => {
    const login = await bed().draw("database/cache", "writer");
    expect(await bed().as(login, "SET", "orders:2", "1")).toBe("OK");
    expect(await bed().as(login, "GET", "orders:2")).toContain("NOPERM");
    await bed().send("POST", "sys/leases/renew", { lease_id: login.leaseId, increment: 1 });
    await waitUntil("the login has ended", async () => REFUSED.test(await bed().as(login, "SET", "orders:2", "2")));
  });

  test("Redis: a static role has the password of the instance, and another one after a rotation", async () => {
    const read = async (): Promise<Login> =>
      (await bed().send("GET", "database/cache/static-creds/worker")).body.data as Login;
    const before = await read();
    expect(await bed().as(before, "SET", "jobs:1", "1")).toBe("OK");
    await bed().send("POST", "database/cache/rotate-role/worker");
    expect(await bed().as(before, "GET", "jobs:1")).toMatch(REFUSED);
    expect(await bed().as(await read(), "GET", "jobs:1")).toBe("1");
  });

  test("InfluxDB: a login reads its database, and nothing else, until it is revoked", async () => {
    const login = await bed().draw("database/metrics");
    expect(login.username).toMatch(/^app_\w{12}$/);
    const as = (statement: string, database: string): Promise<string> =>
      bed().influxdb.query(login, statement, database);
    expect(await as("SHOW MEASUREMENTS", "web metrics")).not.toContain("error");
    for (const [statement, database] of [
      ["SHOW MEASUREMENTS", "other"],
      ["DROP DATABASE other", "web metrics"],
    ] as const)
      expect(await as(statement, database)).toMatch(/not authorized|requires/);
    await bed().revoke(login);
    expect(await as("SHOW MEASUREMENTS", "web metrics")).toContain("authorization failed");
  });

  test("rotateRoot: nobody knows the password that the hook has written", async () => {
    expect(await bed().redis.client("vault", REDIS_PASSWORDS[0], "PING")).toMatch(REFUSED);
    expect(await bed().redis.client("vault2", REDIS_PASSWORDS[0], "PING")).toMatch(REFUSED);
    expect(await bed().redis.client("vault3", REDIS_PASSWORDS[0], "PING")).toBe("PONG");
    const former = { username: "vault", password: INFLUXDB_PASSWORD };
    expect(await bed().influxdb.query(former, "SHOW USERS")).toContain("authorization failed");
  });

  test("no file of the deployment has a password", async () => {
    const { deployFolder, cdktf } = bed().lab;
    const state = await cdktf.terraform("data-config", "state", "pull");
    for (const secret of [...REDIS_PASSWORDS, INFLUXDB_PASSWORD]) expect(state).not.toContain(secret);
    expect(state).toContain("written by tenant-vault database");
    const texts = readTexts(filesBelow(deployFolder));
    expect(texts.size).toBeGreaterThan(10);
    expect(filesWith(texts, [...REDIS_PASSWORDS, INFLUXDB_PASSWORD])).toEqual([]);
  });

  test("the hook: a former password does not replace the present one, and the error says what to do", async () => {
    const run = (connection: string, revision: number) =>
      runCommand(["database", "data/main"], {
        ...bed().lab.cdktf.environment,
        VAULT_ADDR: bed().lab.central.server.address,
        VAULT_CACERT: bed().lab.caCertificateFile,
        VAULT_NAMESPACE: "team1",
        [DATABASE_VARIABLE]: JSON.stringify({
          tenant: "data",
          name: "main",
          mount: "database/cache",
          connection,
          password: password("password-of-redis"),
          revision,
          verify: true,
        }),
      });
    const refused = await run("cache", 1);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/WRONGPASS.*raise revision/)]);
    expect(refused.stderr).not.toContain(REDIS_PASSWORDS[0]);
    await bed().revoke(await bed().draw("database/cache"));
    const missing = await run("elsewhere", 1);
    expect(missing.stderr).toContain("no connection database/cache/config/elsewhere of data/main");
  });
}

/** What somebody does before the changed tenant file is deployed. @returns Logins that exist. */
export async function changeHookedDatabases(bed: HookedDatabases): Promise<Record<string, Login>> {
  const logins = { spare: await bed.draw("database/spare"), cache: await bed.draw("database/cache") };
  await bed.changePassword();
  // By hand, to a server that is not there.
  await bed.send("POST", "database/sessions/config/sessions", { port: 1, verify_connection: false });
  expect(await bed.lab.cdktf.plan("data-config")).toMatch(/port += 1 -> 19521/);
  return logins;
}

/** What holds after that. */
export function testChangedDatabases(bed: () => HookedDatabases, before: () => Record<string, Login>): void {
  const login = (name: string): Login => {
    const found = before()[name];
    if (found === undefined) throw new Error(`No login ${name} was drawn.`);
    return found;
  };

  test("RedisProps.password, RedisProps.host: the hook writes another password, and the instance rotates it", async () => {
    expect(await bed().redis.client("vault", REDIS_PASSWORDS[1], "PING")).toMatch(REFUSED);
    expect((await bed().send("GET", "database/cache/config/cache")).body.data).toMatchObject({
      connection_details: { host: "localhost", username: "vault" },
    });
    expect(await bed().as(await bed().draw("database/cache"), "GET", "orders:1")).toBe("42");
    await bed().revoke(login("cache"));
    expect(await bed().as(login("cache"), "GET", "orders:1")).toMatch(REFUSED);
  });

  test("a connection that somebody changed is put back, and the rotated password stays", async () => {
    const reader = await bed().draw("database/sessions");
    expect(await bed().as(reader, "GET", "orders:1")).toBe("42");
    expect(await bed().redis.client("vault2", REDIS_PASSWORDS[0], "PING")).toMatch(REFUSED);
  });

  test("InfluxdbProps.host: the hook writes the changed connection, and the rotated password stays", async () => {
    expect((await bed().send("GET", "database/metrics/config/metrics")).body.data).toMatchObject({
      allowed_roles: ["readonly", "other"],
      connection_details: { host: "localhost" },
    });
    const reader = await bed().draw("database/metrics", "other");
    expect(await bed().influxdb.query(reader, "SHOW MEASUREMENTS", "web metrics")).not.toContain("error");
  });

  test("a removed database loses its logins first, and then its mount", async () => {
    expect(await bed().as(login("spare"), "GET", "users:1")).toMatch(REFUSED);
    expect((await bed().send("GET", "sys/mounts")).body.data).not.toHaveProperty("database/spare/");
  });
}
