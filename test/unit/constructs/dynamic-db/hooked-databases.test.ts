import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDatabasePassword, UNSET_PASSWORD } from "../../../../src/contract/database-passwords";
import { Database, DynamicDb, SecretRef, type DynamicDbProps, type RedisProps } from "../../../../src/index";
import { CERTIFICATE } from "../../../support/certificate";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

const CA = join(tmpdir(), `tenant-vault-ca-${process.pid}.pem`);
writeFileSync(CA, CERTIFICATE);

const ADMINISTRATOR = {
  username: "vault",
  password: SecretRef.centralVault({ mount: "operator", path: "customer10/cache", field: "password" }),
};
const REDIS: RedisProps = { ...ADMINISTRATOR, host: "redis.customer10.internal", caCertificateFile: CA };
const CASSANDRA = { ...ADMINISTRATOR, host: "cassandra.internal", keyspace: "orders", caCertificateFile: CA };
const INFLUXDB = { ...ADMINISTRATOR, host: "influxdb.internal", database: "web metrics" };
const HOOK = { tenant: "customer10", name: "main", central: { address: "https://central:8200" } };

function db(database: Database, props: Partial<DynamicDbProps> = {}): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    const roles = [{ name: "readonly" }];
    new DynamicDb(stack, "Cache", { name: "cache", database, roles, hook: HOOK, provider, centralProvider, ...props });
  });
}

const mountOf = ({ resource }: Synthesized) => only(resource, "vault_database_secrets_mount");
const hookOf = ({ resource }: Synthesized) => only(resource, "terraform_data");

test("Terraform has all of the connection but the password, and the hook writes that", () => {
  const json = db(Database.redis(REDIS), { staticRoles: [{ name: "worker", username: "worker" }] });
  expect(mountOf(json)).toMatchObject({
    redis: [
      {
        name: "cache",
        allowed_roles: ["readonly", "worker"],
        host: "redis.customer10.internal",
        port: 6379,
        tls: true,
        ca_cert: CERTIFICATE,
        username: "vault",
        password: UNSET_PASSWORD,
        verify_connection: false,
      },
    ],
  });
  expect(json.ephemeral).toBeUndefined();
  const {
    triggers_replace: triggers,
    lifecycle,
    provisioner,
  } = hookOf(json) as {
    triggers_replace: { description: object };
    lifecycle: unknown;
    provisioner: unknown;
  };
  expect(parseDatabasePassword(JSON.stringify(triggers.description))).toEqual({
    tenant: "customer10",
    name: "main",
    mount: "database/cache",
    connection: "cache",
    password: { mount: "operator", path: "customer10/cache", field: "password" },
    revision: expect.any(Number) as number,
    verify: true,
  });
  expect(lifecycle).toEqual({ replace_triggered_by: ["vault_database_secrets_mount.cache_engine.redis"] });
  expect(JSON.stringify(provisioner)).toContain("main.js database customer10/main");
  for (const type of ["vault_database_secret_backend_role", "vault_database_secret_backend_static_role"])
    expect(only(json.resource, type).depends_on).toEqual(["terraform_data.cache_hook"]);
});

test("rotateRoot: the password is rotated when the hook has written one, and not after another change", () => {
  const { resource } = db(Database.redis({ ...REDIS, rotateRoot: true }));
  const rotation = Object.entries(resource.vault_generic_endpoint ?? {}).find(([name]) => name.endsWith("rotation"));
  expect(rotation?.[1]).toMatchObject({
    path: "${vault_database_secrets_mount.cache_engine.path}/rotate-root/cache",
    depends_on: ["terraform_data.cache_hook"],
    lifecycle: {
      replace_triggered_by: [
        "vault_database_secrets_mount.cache_engine.accessor",
        "terraform_data.cache_hook.triggers_replace.description.revision",
      ],
    },
  });
});

test("verifyConnection: the hook verifies, and Terraform never does", () => {
  const json = db(Database.redis({ ...REDIS, verifyConnection: false }));
  expect(hookOf(json)).toMatchObject({ triggers_replace: { description: { verify: false } } });
  expect(mountOf(json)).toMatchObject({ redis: [{ verify_connection: false }] });
});

test("Redis and Valkey: a login reads the keys that match, and lists names only if it may read all", () => {
  const rules = (keys?: readonly string[]): unknown => {
    const [statement = ""] = Database.redis({ ...REDIS, ...(keys && { keys }) }).statements.readonlyRole("readonly");
    return JSON.parse(statement);
  };
  expect(rules()).toEqual(["~*", "+@read", "+@connection", "-@dangerous"]);
  expect(rules(["a:*", 'b"*'])).toEqual(
    ["~a:*", '~b"*', "+@read", "+@connection", "-@dangerous"].concat("-scan", "-randomkey"),
  );
  for (const keys of [[], [""], ["a b"], ["a\n"]]) expect(() => rules(keys)).toThrow(/keys is empty|not a pattern/);
  expect(Database.valkey(REDIS)).toMatchObject({ engine: "redis", server: { engine: "valkey" } });
  expect(mountOf(db(Database.valkey({ ...REDIS, host: "[fd00::5]" })))).toMatchObject({ redis: [{ host: "fd00::5" }] });
  expect(Database.redis({ ...REDIS, host: "fd00::5" }).server.addresses).toEqual(["[fd00::5]:6379"]);
});

test("Cassandra: TLS with the CA, a protocol that servers of today speak, and a login that reads a keyspace", () => {
  const more = { failoverHosts: ["b"], tlsServerName: "cassandra", usernameTemplate: "u{{random 9}}" };
  const json = db(Database.cassandra({ ...CASSANDRA, ...more }));
  expect(mountOf(json)).toMatchObject({
    cassandra: [
      {
        hosts: ["cassandra.internal", "b"],
        port: 9042,
        tls: true,
        protocol_version: 4,
        tls_server_name: "cassandra",
        username_template: "u{{random 9}}",
      },
    ],
  });
  const { cassandra } = mountOf(json) as { cassandra: { pem_json: string }[] };
  expect(JSON.parse(cassandra[0]?.pem_json ?? "")).toEqual({ ca_chain: [CERTIFICATE.trim()] });
  expect(only(json.resource, "vault_database_secret_backend_role")).toMatchObject({
    creation_statements: [
      "CREATE ROLE '{{username}}' WITH PASSWORD = '{{password}}' AND LOGIN = true AND SUPERUSER = false",
      `GRANT SELECT ON KEYSPACE "orders" TO '{{username}}'`,
    ],
    revocation_statements: ["DROP ROLE IF EXISTS '{{username}}'"],
  });
  expect(() => Database.cassandra({ ...CASSANDRA, host: "fe80::1", failoverHosts: ["b"] })).toThrow(/several hosts/);
});

test("Cassandra: a keyspace has the name of one, so that it cannot end a statement", () => {
  for (const keyspace of ["", 'a"b', "a;b", "a-b", "{{username}}", "a".repeat(49)])
    expect(() => Database.cassandra({ ...CASSANDRA, keyspace })).toThrow(/is not a valid keyspace; write a name of up/);
  expect(Database.cassandra({ ...CASSANDRA, keyspace: "Web_1" }).statements.readonlyRole("r")[1]).toContain('"Web_1"');
});

test("Cassandra: by default, the name of a login has no quote of who requests it", () => {
  const { cassandra } = mountOf(db(Database.cassandra(CASSANDRA))) as { cassandra: { username_template: string }[] };
  expect(cassandra[0]?.username_template).toContain(`| replace "'" ""`);
});

test("InfluxDB: the hook writes the whole connection, with TLS, and a login reads a database", () => {
  const json = db(Database.influxdb({ ...INFLUXDB, port: 9999, usernameTemplate: "u{{random 9}}" }));
  expect(only(json.resource, "vault_mount")).toMatchObject({
    path: "database/cache",
    type: "database",
    max_lease_ttl_seconds: 86_400,
  });
  expect(hookOf(json)).not.toHaveProperty("lifecycle");
  const { triggers_replace: triggers } = hookOf(json) as { triggers_replace: { description: object } };
  expect(parseDatabasePassword(JSON.stringify(triggers.description)).settings).toEqual({
    plugin_name: "influxdb-database-plugin",
    host: "influxdb.internal",
    port: 9999,
    tls: true,
    username: "vault",
    username_template: "u{{random 9}}",
    allowed_roles: ["readonly"],
    password_policy: expect.stringContaining("trimprefix") as string,
  });
  expect(only(json.resource, "vault_database_secret_backend_role")).toMatchObject({ db_name: "cache" });
  expect(only(json.resource, "vault_database_secret_backend_role")).toMatchObject({
    creation_statements: [
      `CREATE USER "{{username}}" WITH PASSWORD '{{password}}'`,
      `GRANT READ ON "web metrics" TO "{{username}}"`,
    ],
    revocation_statements: [`DROP USER "{{username}}"`],
  });
  const [, grant] = Database.influxdb({ ...INFLUXDB, database: 'a"b\\' }).statements.readonlyRole("r");
  expect(grant).toContain(String.raw`ON "a\"b\\" TO`);
});

test("fails without a hook, with statements that nobody executes, and with a file that is not there", () => {
  expect(() => db(Database.redis(REDIS), { hook: undefined })).toThrow(
    /The database cache has a password that only the hook may write, .*; pass hook\./,
  );
  const roles = [{ name: "r", renewStatements: ["x"] }];
  expect(() => db(Database.influxdb(INFLUXDB), { roles })).toThrow(/the role r has renewStatements/);
  expect(() => db(Database.redis({ ...REDIS, caCertificateFile: "none.pem" }))).toThrow(/cannot be read/);
  expect(() => Database.redis({ ...REDIS, rotateRoot: true, verifyConnection: false })).toThrow(/must be verified/);
});
