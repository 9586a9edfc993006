import { dirname, join } from "node:path";
import { PROJECT } from "../../../lab/cdktf";

/** As deep in the project as the lab's own, so that its imports hold. */
export const TENANT_FILE = join(PROJECT, ".lab", `data-tenant-${process.pid}.ts`);

/** What the owners of a project request, in a folder beside the file. */
export const REQUESTS = "requests";
export const REQUEST = `login:
  gitlab: { projectId: 44, ref: main }
ttl: 1h
read: [kv/shop/web/prod]
databases: [orders/readonly]
`;
export const AUDIENCE = "https://vault.data.example:8200";

/** A text that Terraform must not read. */
export const LITERAL = "${HOME} %{if}";

/** Certificate and key with which the instance logs in to PostgreSQL. */
export const CLIENT = ["pem", "key"].map((end) => join(dirname(TENANT_FILE), `client-${process.pid}.${end}`)) as [
  string,
  string,
];

/** Passwords with what separates the parts of statements and connections. */
const PASSWORDS = {
  length: 40,
  rules: [
    { charset: "ABCDEFGHJKLMNPQRSTUVWXYZ" },
    { charset: "23456789", minChars: 4 },
    { charset: "!#$%&()*+,-./:;<=>?@[]^_|~", minChars: 8 },
  ],
};

/** A schema whose name needs quotes. */
export const ODD_SCHEMA = `it's "odd"`;

export const password = (field: string): { mount: string; path: string; field: string } => ({
  mount: "operator",
  path: "data/postgresql",
  field,
});

const database = (name: string, more: object): object => ({
  name,
  engine: "postgresql",
  host: "127.0.0.1",
  database: "orders",
  username: "vault",
  password: password("password"),
  roles: [{ name: "readonly" }],
  ...more,
});

export const OWNER = [
  `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
  `COMMENT ON ROLE "{{name}}" IS '${LITERAL}'`,
];

/** What makes a login, and then fails. */
const BROKEN = {
  name: "broken",
  creationStatements: [OWNER[0], "SELECT 1 / 0"],
  rollbackStatements: ["CREATE ROLE rolled_back"],
};

/** The form of a database, at a mount of its own: a role and its lifetimes. */
const FORM = {
  mount: "pgsql",
  usernameTemplate: '{{printf "app-%s" (random 20)}}',
  roles: [
    { name: "readonly", defaultTtl: "30m", maxTtl: "2h" },
    {
      name: "renewed",
      creationStatements: [OWNER[0]],
      renewStatements: [
        `ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}'`,
        `COMMENT ON ROLE "{{name}}" IS 'until {{expiration}}'`,
      ],
    },
    BROKEN,
  ],
};

const BATCH_ROTATION = [
  `ALTER ROLE "{{name}}" WITH PASSWORD '{{password}}'`,
  `COMMENT ON ROLE "{{name}}" IS 'changed by the instance'`,
];

/** Of the server that these tests start. The lab has none. */
export const MARIADB_PORT = 19_520;

/** Underscores stand for any character in a grant of MySQL. */
export const SHOP = "web_shop";

/** What only those who deploy know. It has the characters that separate the parts of a connection. */
export const SHOP_PASSWORD = "a:b@c/d?e&f%g'h";

export const MARIADB = {
  name: "shop",
  engine: "mariadb",
  host: "127.0.0.1",
  port: MARIADB_PORT,
  database: SHOP,
  username: "vault",
  password: password("password-of-mariadb"),
  rotateRoot: true,
  passwordPolicy: PASSWORDS,
  roles: [
    { name: "readonly" },
    {
      name: "broken",
      creationStatements: [`CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'`, `SELECT id FROM ${SHOP}.nowhere`],
      rollbackStatements: [`DROP USER '{{name}}'@'%'`],
    },
  ],
};

/** A database whose administrator has a password that only the instance knows. */
const rotated = (name: string, revision = 1): object =>
  database(name, { username: name, rotateRoot: true, password: { ...password(`password-of-${name}`), revision } });

export const FIRST = {
  databases: [
    database("orders", {
      roles: [
        { name: "readonly" },
        { name: "owner", creationStatements: OWNER, defaultTtl: "60d", maxTtl: "90d" },
        { name: "temporary" },
      ],
      staticRoles: [
        { name: "batch", username: "batch_user", rotationPeriod: "1d", rotationStatements: BATCH_ROTATION },
      ],
      passwordPolicy: PASSWORDS,
    }),
    database("reports", { username: "certified", clientCertificatePath: CLIENT[0], clientKeyPath: CLIENT[1] }),
    database("ledger", { schemas: ["sales", ODD_SCHEMA], sslMode: "verify-ca" }),
    database("stock", FORM),
    rotated("audit"),
    rotated("archive"),
    MARIADB,
  ],
  keyValue: [{ mount: "kv", description: LITERAL, maxVersions: 3 }, { mount: "notes" }],
  roles: [
    { name: "web", databases: ["orders/readonly", "orders/batch"], write: ["kv/web"] },
    { name: "ops", read: ["kv/web"], tokenTtl: "10m" },
  ],
};

export const CHANGED = {
  databases: [
    database("orders", {
      host: "localhost",
      username: "vault2",
      password: password("password-of-vault2"),
      roles: [
        { name: "readonly", defaultTtl: "2h", maxTtl: "3h" },
        { name: "owner", creationStatements: [OWNER[0]], defaultTtl: "30d", maxTtl: "30d" },
      ],
    }),
    database("journal", {}),
    database("stock", { mount: "db/second" }),
    rotated("audit", 2),
    rotated("archive"),
    { ...MARIADB, maxOpenConnections: 4 },
  ],
  keyValue: [{ mount: "kv", description: "Secrets", maxVersions: 2, deleteVersionAfter: "30d" }, { mount: "notes" }],
  roles: [
    { name: "web", databases: ["orders/readonly"], read: ["kv/web"], tokenTtl: "5m", boundCidrs: ["10.0.0.0/8"] },
    { name: "ops", write: ["kv/web"], tokenTtl: "20m", tokenMaxTtl: "25m", secretIdTtl: "1d" },
  ],
};
