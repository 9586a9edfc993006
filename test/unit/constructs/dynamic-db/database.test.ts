import { Token } from "cdktf";
import { describe, expect, test } from "vitest";
import { Database, SecretRef, ValidationError, type PostgresqlProps } from "../../../../src/index";

const SERVER: PostgresqlProps = {
  host: "postgres.customer10.internal",
  database: "orders",
  username: "vault",
  password: SecretRef.centralVault({ mount: "operator", path: "customer10/postgresql", field: "password" }),
};

function url(server: Partial<PostgresqlProps>): string {
  return Database.postgresql({ ...SERVER, ...server }).connectionUrl.replace("{{username}}:{{password}}@", "");
}

describe("D5: the host", () => {
  test.each([
    ["postgres", "postgres"],
    ["db_1.customer10.internal.", "db_1.customer10.internal."],
    ["10.0.0.5", "10.0.0.5"],
    ["fd00::5", "[fd00::5]"],
    ["[fd00::5]", "[fd00::5]"],
  ])("may be %s", (host, inUrl) => {
    expect(url({ host })).toBe(`postgresql://${inUrl}:5432/orders?sslmode=verify-full`);
  });

  test.each([
    "postgres:5432",
    "10.0.0.5:5432",
    "[fd00::5]:5432",
    "fe80::1%eth0",
    "postgresql://postgres",
    "user@postgres",
    "postgres/orders",
    "postgres?sslmode=disable",
    "-postgres",
    "a..b",
    "a b",
    "",
  ])("is refused if it is %j", (host) => {
    expect(() => url({ host })).toThrow(ValidationError);
    expect(() => url({ host })).toThrow(/is not a valid host; write a host name or an IP address without a port/);
  });

  test("may be known only when Terraform runs, as may the port and the name of the database", () => {
    const token = Token.asString({ reference: true });
    expect(url({ host: token, port: Token.asNumber(5432), database: token })).toContain(token);
  });
});

test("D5: a name cannot add parameters to the connection", () => {
  expect(url({ database: "orders?sslmode=disable", caCertificatePath: "/ca&x=y.pem" })).toBe(
    "postgresql://postgres.customer10.internal:5432/orders%3Fsslmode%3Ddisable?sslmode=verify-full&sslrootcert=%2Fca%26x%3Dy.pem",
  );
  // Terraform reads `$${` as `${`.
  expect(url({ database: "$${a}%%{b}" })).toContain("/%24%7Ba%7D%25%7Bb%7D?");
  expect(url({ database: "{{password}}/ü" })).toContain("/%7B%7Bpassword%7D%7D%2F%C3%BC?");
});

test("TLS: the server is always verified, and the files are on the disks of the instance", () => {
  expect(url({ sslMode: "verify-ca", clientCertificatePath: "/c&d.pem", clientKeyPath: "/c.key" })).toBe(
    "postgresql://postgres.customer10.internal:5432/orders?sslmode=verify-ca&sslcert=%2Fc%26d.pem&sslkey=%2Fc.key",
  );
  for (const sslMode of ["require", "disable", ""])
    expect(() => url({ sslMode: sslMode as never })).toThrow(/does not verify the server; write "verify-full"/);
  for (const part of [{ clientCertificatePath: "/c.pem" }, { clientKeyPath: "/c.key" }])
    expect(() => url(part)).toThrow(/needs its key, and a key its certificate/);
});

test.each([0, 65_536, 1.5])("fails when the port is %d", (port) => {
  expect(() => Database.postgresql({ ...SERVER, port })).toThrow(/port .* is not possible/);
});
