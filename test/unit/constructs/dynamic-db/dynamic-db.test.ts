import { describe, expect, test } from "vitest";
import {
  Database,
  Duration,
  DynamicDb,
  SecretRef,
  type DynamicDbProps,
  type MysqlProps,
  type PostgresqlProps,
} from "../../../../src/index";
import type { IGrantee } from "../../../../src/spi";
import { CERTIFICATE } from "../../../support/certificate";
import { only, synthesizeInVault, type Synthesized } from "../../../support/synth";

const SERVER: PostgresqlProps = {
  host: "postgres.customer10.internal",
  database: "orders",
  username: "vault",
  password: SecretRef.centralVault({ mount: "operator", path: "customer10/postgresql", field: "password" }),
};

function db(props: Partial<DynamicDbProps> = {}, use: (db: DynamicDb) => void = () => undefined): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) =>
    use(
      new DynamicDb(stack, "Orders", {
        name: "orders",
        database: Database.postgresql(SERVER),
        roles: [{ name: "readonly" }],
        provider,
        centralProvider,
        ...props,
      }),
    ),
  );
}

function connection(server: Partial<PostgresqlProps>): unknown {
  const json = db({ database: Database.postgresql({ ...SERVER, ...server }) });
  const { postgresql } = only(json.resource, "vault_database_secrets_mount") as { postgresql: unknown[] };
  return postgresql[0];
}

test("by default is a verified connection whose password Terraform never keeps, and a role that reads", () => {
  const json = db();
  expect(json).toMatchSnapshot();
  expect(only(json.ephemeral, "vault_kv_secret_v2")).toEqual({
    provider: "vault.central",
    mount: "operator",
    name: "customer10/postgresql",
  });
});

test("static roles: the instance changes the passwords of users that exist", () => {
  const granted: string[] = [];
  const grantee: IGrantee = { grant: ({ path }) => void granted.push(path) };
  const { resource } = db({ staticRoles: [{ name: "batch", username: "batch_user" }] }, (it) => {
    it.grantCredentials(grantee, "batch");
    expect(() => it.grantCredentials(grantee, "other")).toThrow(/there are: readonly, batch/);
    it.grantRotate(grantee, "batch");
    expect(() => it.grantRotate(grantee, "readonly")).toThrow(/no static database role "readonly"; there are: batch/);
  });
  expect(granted).toEqual(["database/orders/static-creds/batch", "database/orders/rotate-role/batch"]);
  expect(only(resource, "vault_database_secret_backend_static_role")).toMatchObject({
    name: "batch",
    username: "batch_user",
    rotation_period: 86_400,
  });
  expect((only(resource, "vault_database_secrets_mount") as { postgresql: unknown[] }).postgresql[0]).toMatchObject({
    allowed_roles: ["readonly", "batch"],
  });
  const period = db({ staticRoles: [{ name: "batch", username: "b", rotationPeriod: Duration.hours(1) }] }).resource;
  expect(only(period, "vault_database_secret_backend_static_role").rotation_period).toBe(3600);
  expect(() => db({ staticRoles: [{ name: "readonly", username: "b" }] })).toThrow(/Two roles are named "readonly"/);
});

describe("properties", () => {
  test("limits and names of the connection", () => {
    const more = {
      maxOpenConnections: 8,
      maxIdleConnections: 2,
      maxConnectionLifetime: Duration.hours(1),
      usernameTemplate: '{{printf "app-%s" (random 20)}}',
      verifyConnection: false,
    };
    expect(connection(more)).toMatchObject({
      max_open_connections: 8,
      max_idle_connections: 2,
      max_connection_lifetime: 3600,
      username_template: '{{printf "app-%s" (random 20)}}',
      verify_connection: false,
    });
    expect(() => connection({ maxConnectionLifetime: "1h" as never })).toThrow(/not a Duration/);
  });

  test("rotationStatements change the password of a static role", () => {
    const rotationStatements = [`ALTER ROLE "{{name}}" WITH PASSWORD '{{password}}'`];
    const of = (role: object): unknown =>
      only(
        db({ staticRoles: [{ name: "batch", username: "b", ...role }] }).resource,
        "vault_database_secret_backend_static_role",
      ).rotation_statements;
    expect([of({ rotationStatements }), of({})]).toEqual([rotationStatements, undefined]);
  });

  test("schemas: the tables that a role reads", () => {
    const of = (server: Partial<PostgresqlProps>): unknown[] => {
      const { resource } = db({ database: Database.postgresql({ ...SERVER, ...server }) });
      return only(resource, "vault_database_secret_backend_role").creation_statements as unknown[];
    };
    expect(of({ schemas: ["public"] })).toEqual(of({}));
    expect(of({ schemas: ["sales"] })[0]).toContain("ARRAY['sales']");
    expect(() => of({ schemas: [] })).toThrow(/schemas is empty/);
  });

  test("passwordPolicy: a policy of each mount, with a name that every server accepts", () => {
    const policyOf = (mount: string | undefined, server: Partial<PostgresqlProps> = {}): Record<string, unknown> =>
      only(db({ mount, database: Database.postgresql({ ...SERVER, ...server }) }).resource, "vault_generic_endpoint");
    expect(connection({})).toMatchObject({
      password_policy: '${trimprefix(vault_generic_endpoint.orders_passwords.path, "sys/policies/password/")}',
    });
    expect(policyOf(undefined, { passwordPolicy: { length: 40 } }).data_json).toContain("length = 40");
    const names = ["db/a.b", "db-", "-db", "ü/db"].map((mount) => policyOf(mount).path);
    expect(names).toEqual(["db.a.b", "_db-_", "_-db_", "_..db_"].map((name) => `sys/policies/password/${name}`));
    expect(() => connection({ passwordPolicy: { length: 8 } })).toThrow(/can be guessed/);
  });

  test("MySQL and MariaDB", () => {
    const { database: name, username, password } = SERVER;
    const of = (server: Partial<MysqlProps>, kind: "mysql" | "mariadb" = "mysql"): Synthesized["resource"] =>
      db({ database: Database[kind]({ host: "fd00::5", database: name, username, password, ...server }) }).resource;
    const engine = (resource: Synthesized["resource"]): unknown =>
      (only(resource, "vault_database_secrets_mount") as { mysql: unknown[] }).mysql[0];
    expect(engine(of({}))).toMatchObject({
      name: "orders",
      connection_url: "{{username}}:{{password}}@tcp([fd00::5]:3306)/?tls=true",
      username: "vault",
      password_wo: '${ephemeral.vault_kv_secret_v2.orders_password.data["password"]}',
    });
    expect(engine(of({ port: 3307, caCertificateFile: "test/support/certificate.pem" }))).toMatchObject({
      connection_url: "{{username}}:{{password}}@tcp([fd00::5]:3307)/",
      tls_ca: CERTIFICATE,
    });
    expect(only(of({}), "vault_database_secret_backend_role")).toMatchObject({
      db_name: "${vault_database_secrets_mount.orders_engine.mysql[0].name}",
      creation_statements: [
        "CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'",
        "GRANT SELECT ON `orders`.* TO '{{name}}'@'%'",
      ],
      revocation_statements: [
        "REVOKE ALL PRIVILEGES, GRANT OPTION FROM '{{name}}'@'%'",
        "DROP USER IF EXISTS '{{name}}'@'%'",
      ],
    });
    expect(only(of({}, "mariadb"), "vault_database_secret_backend_role").revocation_statements).toContain(
      "KILL USER '{{name}}'",
    );
    expect(() => of({ port: 0 })).toThrow(/The MySQL port 0 is not possible/);
    expect(() => of({ host: "a:1" }, "mariadb")).toThrow(/is not a valid host/);
    expect(() => of({ caCertificateFile: "nowhere.pem" })).toThrow(/nowhere.pem", which cannot be read/);
  });

  test("MongoDB and SQL Server, of Vault or of a plugin", () => {
    const { database: name, username, password } = SERVER;
    const server = { host: "a.internal", database: name, username, password };
    const mongodb = Database.mongodb({
      ...server,
      failoverHosts: ["b.internal"],
      caCertificateFile: "test/support/certificate.pem",
    });
    const mssql = Database.mssql({ ...server, database: "a&b", caCertificatePath: "/ca.pem" });
    const made = (database: Database): [unknown, Record<string, unknown>] => {
      const { resource } = db({ database, product: "vault" });
      const mount = only(resource, "vault_database_secrets_mount") as Record<string, unknown[]>;
      return [mount[database.engine]?.[0], only(resource, "vault_database_secret_backend_role")];
    };
    const [connection, role] = made(mongodb);
    expect(connection).toMatchObject({
      connection_url: "mongodb://{{username}}:{{password}}@a.internal:27017,b.internal:27017/admin?tls=true",
      tls_ca: CERTIFICATE,
      // The engine puts it into the URL as it is.
      password_wo: '${replace(urlencode(ephemeral.vault_kv_secret_v2.orders_password.data["password"]), "+", "%20")}',
    });
    // The name, too. It is a part of the URL if the URL cannot contain it as it is.
    expect(made(Database.mongodb({ ...server, username: "vault@corp:a/b%" }))[0]).toMatchObject({
      connection_url: "mongodb://vault%40corp%3Aa%2Fb%25:{{password}}@a.internal:27017/admin?tls=true",
      username: "vault@corp:a/b%",
    });
    const generated = (charset: string) => () =>
      Database.mongodb({ ...server, rotateRoot: true, passwordPolicy: { rules: [{ charset }] } });
    expect(generated("abcdefghijklmnopqrstuvwxyz-._~")).not.toThrow();
    expect(generated("abcdefghijklmnopqrstuvwxyz@")).toThrow(
      'With rotateRoot, the password of MongoDB\'s administrator would contain "@"',
    );
    expect(role).toMatchObject({
      db_name: "${vault_database_secrets_mount.orders_engine.mongodb[0].name}",
      creation_statements: ['{"db":"orders","roles":[{"role":"read"}]}'],
      revocation_statements: ['{"db":"orders"}'],
    });
    const [sqlServer, login] = made(mssql);
    expect(sqlServer).toMatchObject({
      connection_url:
        "sqlserver://{{username}}:{{password}}@a.internal:1433?database=a%26b&encrypt=true&TrustServerCertificate=false&certificate=%2Fca.pem",
    });
    expect(login).toMatchObject({ revocation_statements: [] });
    const plugin = { type: "database", command: "p", version: "v1", sha256sum: "0" } as const;
    for (const [database, plugged] of [
      [mongodb, "mongodb-database-plugin"],
      [mssql, "mssql-database-plugin"],
    ] as const) {
      expect(() => db({ database })).toThrow(`add the database plugin "${plugged}" to plugins`);
      expect(() => db({ database, plugins: [{ ...plugin, name: plugged }] })).not.toThrow();
    }
    // The server tells the version that it has chosen.
    const engineOf = (plugins: readonly { readonly name: string }[]): unknown =>
      only(
        db({ database: mongodb, product: "vault", plugins: plugins.map((each) => ({ ...plugin, ...each })) }).resource,
        "vault_database_secrets_mount",
      ).lifecycle;
    expect(engineOf([{ name: "mongodb-database-plugin" }])).toEqual({ ignore_changes: ["mongodb[0].plugin_version"] });
    expect(engineOf([{ name: "other" }])).toBeUndefined();
    const staticRoles = [{ name: "b", username: "b", rotationStatements: ["x"] }];
    expect(() => db({ database: mongodb, product: "vault", staticRoles })).toThrow(/does not execute/);
  });

  test("port and caCertificatePath", () => {
    expect(connection({ port: 6432, caCertificatePath: "/etc/ca.pem" })).toMatchObject({
      connection_url:
        "postgresql://{{username}}:{{password}}@postgres.customer10.internal:6432/orders?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
    });
  });

  test("failoverHosts: the server that accepts writes", () => {
    const { connection_url: url } = connection({ failoverHosts: ["b.internal", "10.0.0.3"] }) as Record<string, string>;
    expect(url).toBe(
      "postgresql://{{username}}:{{password}}@postgres.customer10.internal:5432,b.internal:5432,10.0.0.3:5432/orders?sslmode=verify-full&target_session_attrs=read-write",
    );
    expect(connection({ failoverHosts: [] })).toEqual(connection({}));
    for (const failoverHosts of [["fd00::5"], [SERVER.host], ["b:1"], ["b", "b"]])
      expect(() => connection({ failoverHosts })).toThrow(/cannot be one of several hosts|is not a valid host/);
  });

  test("a new revision of the password, or another one, writes it again", () => {
    const location = { mount: "operator", path: "db", field: "password" };
    const versions = [location, { ...location, revision: 2 }, { ...location, path: "other" }].map(
      (at) =>
        (connection({ password: SecretRef.centralVault(at) }) as { password_wo_version: number }).password_wo_version,
    );
    expect(new Set(versions).size).toBe(3);
  });

  test("rotateRoot: Terraform replaces the password after each time that it has written one", () => {
    const rotating = (server: Partial<PostgresqlProps>, staticRoles: DynamicDbProps["staticRoles"] = []): Synthesized =>
      db({ database: Database.postgresql({ ...SERVER, ...server }), staticRoles });
    expect(rotating({ rotateRoot: false })).toEqual(rotating({}));
    expect(connection({ rotateRoot: true })).toEqual(connection({}));
    const { resource } = rotating({ rotateRoot: true }, [{ name: "batch", username: "b" }]);
    expect(resource.vault_generic_endpoint?.orders_root_rotation).toMatchObject({
      path: "${vault_database_secrets_mount.orders_engine.path}/rotate-root/orders",
      data_json: "{}",
      disable_read: true,
      disable_delete: true,
      depends_on: ["vault_database_secret_backend_static_role.orders_static_role_batch"],
      lifecycle: {
        replace_triggered_by: [
          "vault_database_secrets_mount.orders_engine.accessor",
          "vault_database_secrets_mount.orders_engine.postgresql[0].password_wo_version",
        ],
      },
    });
    const { host, database, username, password } = SERVER;
    const mysql = db({ database: Database.mysql({ host, database, username, password, rotateRoot: true }) }).resource;
    expect(JSON.stringify(mysql.vault_generic_endpoint?.orders_root_rotation)).toContain(
      "orders_engine.mysql[0].password_wo_version",
    );
    expect(() => rotating({ rotateRoot: true, verifyConnection: false })).toThrow(/with rotateRoot must be verified/);
  });

  test("statements and TTLs of a role", () => {
    const roles = [
      {
        name: "r",
        creationStatements: ["CREATE"],
        revocationStatements: ["DROP"],
        renewStatements: ["ALTER"],
        rollbackStatements: ["UNDO"],
        defaultTtl: Duration.minutes(5),
        maxTtl: Duration.minutes(10),
      },
    ];
    expect(only(db({ roles }).resource, "vault_database_secret_backend_role")).toMatchObject({
      creation_statements: ["CREATE"],
      revocation_statements: ["DROP"],
      renew_statements: ["ALTER"],
      rollback_statements: ["UNDO"],
      default_ttl: 300,
      max_ttl: 600,
    });
  });

  test("mount is of the connection's own unless it is named", () => {
    expect(only(db().resource, "vault_database_secrets_mount").path).toBe("database/orders");
    expect(only(db({ mount: "db" }).resource, "vault_database_secrets_mount").path).toBe("db");
  });
});

test("D1: mount and connection are one resource, so that Terraform revokes the leases while the connection exists", () => {
  const { resource, removed } = db();
  expect(Object.keys(resource).sort()).toEqual([
    "vault_database_secret_backend_role",
    "vault_database_secrets_mount",
    "vault_generic_endpoint",
  ]);
  // What earlier releases had is left alone.
  expect(removed).toEqual([
    { from: "vault_mount.orders_mount", lifecycle: { destroy: false } },
    { from: "vault_database_secret_backend_connection.orders", lifecycle: { destroy: false } },
  ]);
});

describe("D4: the mount allows the longest TTL of its roles", () => {
  test.each<[string, DynamicDbProps["roles"], number | undefined]>([
    ["longer than Vault's own maximum", [{ name: "a", maxTtl: Duration.days(60) }, { name: "b" }], 5_184_000],
    ["by default", [{ name: "a" }], 86_400],
    ["without roles", [], undefined],
  ])("%s", (_title, roles, seconds) => {
    expect(only(db({ roles }).resource, "vault_database_secrets_mount").max_lease_ttl_seconds).toBe(seconds);
  });
});

test("a grant allows drawing credentials", () => {
  const granted: unknown[] = [];
  const grantee: IGrantee = { grant: ({ path, capabilities }) => void granted.push([path, capabilities]) };
  db({}, (created) => {
    created.grantCredentials(grantee, "readonly");
    expect(() => created.grantCredentials(grantee, "admin")).toThrow(/no database role "admin"; there are: readonly/);
  });
  expect(granted).toEqual([["database/orders/creds/readonly", ["read"]]]);
});

describe("fails when", () => {
  test("credentials would live longer than they may", () => {
    const short = db({ roles: [{ name: "r", maxTtl: Duration.minutes(30) }] });
    expect(only(short.resource, "vault_database_secret_backend_role")).toMatchObject({
      default_ttl: 1800,
      max_ttl: 1800,
    });
    const roles = [{ name: "r", defaultTtl: Duration.hours(2), maxTtl: Duration.hours(1) }];
    expect(() => db({ roles })).toThrow(/defaultTtl of 2h, longer than its maxTtl of 1h/);
  });

  test.each(["sys", "identity/db", "auth/x", "cubbyhole"])("T3: the mount is %s", (mount) => {
    expect(() => db({ mount })).toThrow(/belongs to Vault itself; choose another path/);
  });

  test("two roles have one name", () => {
    expect(() => db({ roles: [{ name: "r" }, { name: "r" }] })).toThrow(/Two roles are named "r"/);
  });
});
