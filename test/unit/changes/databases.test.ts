import { describe, expect, test } from "vitest";
import { type InstanceSpec } from "../../../src/tenant";
import { configOf } from "../../support/config";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";

type Setting = Readonly<Record<string, unknown>>;

const INSTANCE: InstanceSpec = {
  name: "main",
  product: "vault",
  address: "https://main.example:8200",
  deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
  databases: [
    {
      name: "orders",
      engine: "postgresql",
      host: "postgres.customer10.internal",
      database: "orders",
      username: "vault",
      password: { mount: "operator", path: "customer10/postgresql", field: "password" },
      roles: [],
      staticRoles: [{ name: "batch", username: "batch_user", rotationSchedule: "0 3 * * SAT", rotationWindow: "2h" }],
    },
  ],
};

const config = (setting: Setting): Synthesized => configOf(withFields(setting, INSTANCE));

const BATCH = "vault_database_secret_backend_static_role.main_database_orders_static_role_batch";
const field = (name: string): string => `databases.0.staticRoles.0.${name}`;

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "DynamicDbStaticRoleProps.rotationSchedule",
    {},
    { [field("rotationSchedule")]: "0 4 * * *" },
    [`update ${BATCH}: rotation_schedule`],
  ],
  [
    "DynamicDbStaticRoleProps.rotationWindow",
    {},
    { [field("rotationWindow")]: REMOVED },
    [`update ${BATCH}: rotation_window`],
  ],
];

const server = (engine: "mongodb" | "mssql"): InstanceSpec => ({
  ...INSTANCE,
  databases: [
    {
      name: "orders",
      engine,
      host: "db.customer10.internal",
      database: "orders",
      username: "vault",
      password: { mount: "operator", path: "customer10/db", field: "password" },
      roles: [{ name: "readonly" }],
    },
  ],
});

const MOUNT = "update vault_database_secrets_mount.main_database_orders_engine";
const ROLE = "update vault_database_secret_backend_role.main_database_orders_role_readonly";
describe("MongoDB", () => {
  testChanges(
    (setting: Setting) => configOf(withFields(setting, server("mongodb"))),
    [
      [
        "MongodbDatabaseSpec.engine",
        {},
        { "databases.0.engine": "mssql" },
        [
          `${ROLE}: creation_statements.#, creation_statements.#, creation_statements.#, db_name, revocation_statements.#`,
          `${MOUNT}: mongodb, mssql`,
        ],
      ],
      ["MongodbProps.host", {}, { "databases.0.host": "other.internal" }, [`${MOUNT}: mongodb.#.connection_url`]],
      ["MongodbProps.port", {}, { "databases.0.port": 1000 }, [`${MOUNT}: mongodb.#.connection_url`]],
      ["MongodbProps.username", {}, { "databases.0.username": "admin" }, [`${MOUNT}: mongodb.#.username`]],
      [
        "MongodbProps.password",
        {},
        { "databases.0.password.revision": 2 },
        [`${MOUNT}: mongodb.#.password_wo_version`],
      ],
      [
        "MongodbProps.database",
        {},
        { "databases.0.database": "shop" },
        [`${ROLE}: creation_statements.#, revocation_statements.#`],
      ],
      [
        "MongodbProps.failoverHosts",
        {},
        { "databases.0.failoverHosts": ["b.internal"] },
        [`${MOUNT}: mongodb.#.connection_url`],
      ],
      [
        "MongodbProps.caCertificateFile",
        {},
        { "databases.0.caCertificateFile": "test/support/certificate.pem" },
        [`${MOUNT}: mongodb.#.tls_ca`],
      ],
    ],
  );

  test("OpenBao needs the plugin", () => {
    const openbao = { ...server("mongodb"), product: "openbao" as const };
    expect(() => configOf(openbao)).toThrow(
      /databases\[0\]\.engine: OpenBao has no engine for MongoDB; add the database plugin "mongodb-database-plugin"/,
    );
  });
});

describe("Microsoft SQL Server", () =>
  testChanges(
    (setting: Setting) => configOf(withFields(setting, server("mssql"))),
    [
      [
        "MssqlDatabaseSpec.engine",
        {},
        { "databases.0.engine": "mongodb" },
        [
          `${ROLE}: creation_statements.#, creation_statements.#, creation_statements.#, db_name, revocation_statements.#`,
          `${MOUNT}: mongodb, mssql`,
        ],
      ],
      ["MssqlProps.host", {}, { "databases.0.host": "other.internal" }, [`${MOUNT}: mssql.#.connection_url`]],
      ["MssqlProps.port", {}, { "databases.0.port": 1000 }, [`${MOUNT}: mssql.#.connection_url`]],
      ["MssqlProps.username", {}, { "databases.0.username": "admin" }, [`${MOUNT}: mssql.#.username`]],
      ["MssqlProps.password", {}, { "databases.0.password.revision": 2 }, [`${MOUNT}: mssql.#.password_wo_version`]],
      ["MssqlProps.database", {}, { "databases.0.database": "shop" }, [`${MOUNT}: mssql.#.connection_url`]],
      [
        "MssqlProps.caCertificatePath",
        {},
        { "databases.0.caCertificatePath": "/ca.pem" },
        [`${MOUNT}: mssql.#.connection_url`],
      ],
    ],
  ));

test("DynamicDbProps.plugins: an instance with the plugin has the same databases", () => {
  const plugin = { type: "database", command: "p", version: "v0.1.0", sha256sum: "a".repeat(64) } as const;
  const { resource } = configOf({
    ...server("mongodb"),
    product: "openbao",
    plugins: [{ ...plugin, name: "mongodb-database-plugin" }],
  });
  expect(Object.keys(resource.vault_database_secrets_mount ?? {})).toEqual(["main_database_orders_engine"]);
});

describe("schedules of a tenant file", () => testChanges(config, CHANGES));

test("DynamicDbProps.product: the other product is refused", () => {
  expect(() => config({ product: "openbao" })).toThrow(
    /instances\[0\]\.databases\[0\]\.staticRoles\[0\]: .* has a rotationSchedule, which OpenBao does not know/,
  );
});
