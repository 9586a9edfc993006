import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { Database, DynamicDb, SecretRef, type HookTarget } from "../../../src/index";
import { type InstanceSpec } from "../../../src/tenant";
import { CERTIFICATE } from "../../support/certificate";
import { configOf } from "../../support/config";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { synthesizeInVault, type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";

const folder = mkdtempSync(join(tmpdir(), "hooked-databases-"));
afterAll(() => rmSync(folder, { recursive: true }));
const OTHER_CA = join(folder, "ca.pem");
writeFileSync(OTHER_CA, CERTIFICATE.repeat(2));

type Setting = Readonly<Record<string, unknown>>;

const PASSWORD = { mount: "operator", path: "customer10/db", field: "password" };

const instance = (database: object): InstanceSpec => ({
  name: "main",
  product: "openbao",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  databases: [
    {
      name: "cache",
      host: "db.internal",
      username: "vault",
      password: PASSWORD,
      roles: [{ name: "readonly" }],
      ...database,
    },
  ] as unknown as NonNullable<InstanceSpec["databases"]>,
});

const MOUNT = "update vault_database_secrets_mount.main_database_cache_engine";
const ROLE = "update vault_database_secret_backend_role.main_database_cache_role_readonly: creation_statements.#";
const HOOK = "terraform_data.main_database_cache_hook";

function testEngine(title: string, database: object, changes: readonly FieldChange<Setting>[]): void {
  describe(title, () =>
    testChanges((setting: Setting) => {
      const central = { address: "https://central:8200" };
      return configOf(withFields(setting, instance(database)), {}, undefined, central);
    }, changes),
  );
}

const field = (name: string, value: unknown): Setting => ({ [`databases.0.${name}`]: value });

const rotated = field("password.revision", 2);
const NEW_PASSWORD = [`run ${HOOK}: description.revision`];

testEngine("Redis", { engine: "redis", caCertificateFile: "test/support/certificate.pem" }, [
  ["RedisDatabaseSpec.engine", {}, field("engine", "valkey"), []],
  ["RedisProps.host", {}, field("host", "other.internal"), [`${MOUNT}: redis.#.host`]],
  ["RedisProps.port", {}, field("port", 1000), [`${MOUNT}: redis.#.port`]],
  ["RedisProps.username", {}, field("username", "admin"), [`${MOUNT}: redis.#.username`]],
  ["RedisProps.password", {}, rotated, NEW_PASSWORD],
  ["RedisProps.caCertificateFile", {}, field("caCertificateFile", OTHER_CA), [`${MOUNT}: redis.#.ca_cert`]],
  ["RedisProps.keys", {}, field("keys", ["orders:*"]), [ROLE]],
]);

testEngine(
  "Cassandra",
  { engine: "cassandra", keyspace: "orders", caCertificateFile: "test/support/certificate.pem" },
  [
    [
      "CassandraDatabaseSpec.engine",
      {},
      { ...field("engine", "redis"), ...field("keyspace", REMOVED) },
      [`${ROLE}, creation_statements.#, db_name, revocation_statements.#`, `${MOUNT}: cassandra, redis`],
    ],
    ["CassandraProps.host", {}, field("host", "other.internal"), [`${MOUNT}: cassandra.#.hosts.#`]],
    ["CassandraProps.port", {}, field("port", 1000), [`${MOUNT}: cassandra.#.port`]],
    ["CassandraProps.username", {}, field("username", "admin"), [`${MOUNT}: cassandra.#.username`]],
    ["CassandraProps.password", {}, rotated, NEW_PASSWORD],
    ["CassandraProps.caCertificateFile", {}, field("caCertificateFile", OTHER_CA), [`${MOUNT}: cassandra.#.pem_json`]],
    ["CassandraProps.failoverHosts", {}, field("failoverHosts", ["b"]), [`${MOUNT}: cassandra.#.hosts.#`]],
    ["CassandraProps.keyspace", {}, field("keyspace", "shop"), [ROLE]],
    ["CassandraProps.tlsServerName", {}, field("tlsServerName", "a"), [`${MOUNT}: cassandra.#.tls_server_name`]],
  ],
);

const CA = field("caCertificateFile", "test/support/certificate.pem");
const SETTINGS = `run ${HOOK}: description.settings`;

testEngine("InfluxDB", { engine: "influxdb", database: "web" }, [
  [
    "InfluxdbDatabaseSpec.engine",
    {},
    { ...field("engine", "cassandra"), ...field("keyspace", "web"), ...field("database", REMOVED), ...CA },
    [
      "create vault_database_secrets_mount.main_database_cache_engine",
      "delete vault_mount.main_database_cache_engine",
      `${SETTINGS}, revision`,
      `${ROLE.replace(": ", ": backend, ")}, creation_statements.#, db_name, revocation_statements.#`,
    ],
  ],
  ["InfluxdbProps.host", {}, field("host", "other.internal"), [`${SETTINGS}.host`]],
  ["InfluxdbProps.port", {}, field("port", 1000), [`${SETTINGS}.port`]],
  ["InfluxdbProps.username", {}, field("username", "admin"), [`${SETTINGS}.username`]],
  ["InfluxdbProps.password", {}, field("password.revision", 2), [`run ${HOOK}: description.revision`]],
  ["InfluxdbProps.database", {}, field("database", "shop"), [ROLE]],
]);

const DYNAMIC_HOOK = "terraform_data.cache_hook";

function dynamicDb(hook: Partial<HookTarget>): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    new DynamicDb(stack, "Cache", {
      name: "cache",
      database: Database.influxdb({
        host: "a",
        database: "b",
        username: "c",
        password: SecretRef.centralVault(PASSWORD),
      }),
      roles: [],
      hook: { tenant: "customer10", name: "main", central: { address: "https://central:8200" }, ...hook },
      provider,
      centralProvider,
    });
  });
}

describe("the hook that writes the password of a database", () =>
  testChanges<Partial<HookTarget>>(
    dynamicDb,
    [
      [
        "DynamicDbProps.hook",
        {},
        { central: { address: "https://other:8200" } },
        [`command ${DYNAMIC_HOOK}: environment.VAULT_ADDR`],
      ],
    ],
    false,
  ));
