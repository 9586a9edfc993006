import { describe, expect, test } from "vitest";
import type { GuidedInstance, GuidedRole, LoginUse, StatementUse } from "../../../src/contract/guide";
import { guideOf } from "../../../src/guide/guide";
import { guidedInstance, guidedInstances } from "../../../src/guide/guided-instance";
import { guideMarkdown } from "../../../src/guide/markdown";
import { lifetime } from "../../../src/guide/section";

const ROLE: GuidedRole = { name: "web", tokenTtl: 3600, tokenMaxTtl: 14_400, logins: [], statements: [] };

function page(role: Partial<GuidedRole>, instance: Partial<GuidedInstance> = {}, caCertificate?: string): string {
  const guided = { product: "openbao", address: "https://a:8200", roles: [{ ...ROLE, ...role }], ...instance } as const;
  return guideMarkdown(guideOf(guided, { instance: "acme/main", caCertificate }));
}

function used(use: StatementUse, path: string, capabilities = ["read"]): string {
  return page({ statements: [{ path, capabilities, reason: "r", use }] });
}

function loggedIn(login: LoginUse): string {
  return page({ logins: [login] });
}

describe("the set-up", () => {
  test("names the address, and what else the instance needs", () => {
    expect(page({})).toContain("export VAULT_ADDR=https://a:8200\n```");
    const text = page({}, { namespace: "customer10" }, "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n");
    expect(text).toContain("export VAULT_NAMESPACE=customer10\ncat > acme-main-ca.pem <<'END'\n-----BEGIN");
    expect(text).toContain("export VAULT_CACERT=$PWD/acme-main-ca.pem");
    expect(text).toContain('--header "X-Vault-Namespace: $VAULT_NAMESPACE" --cacert "$VAULT_CACERT"');
  });

  test("has the command of the product", () => {
    expect(page({}, { product: "vault" })).toContain("vault token renew");
    expect(page({})).toContain("bao token renew");
  });
});

describe("logins", () => {
  test.each<[LoginUse, string]>([
    [
      { kind: "appRole", path: "programs", secretIdTtl: 86_400 },
      "VAULT_TOKEN=$WRAPPING_TOKEN bao unwrap -field=secret_id > acme-main-web-secret-id)",
    ],
    [
      { kind: "appRole", path: "programs", secretIdTtl: 86_400 },
      "sys/wrapping/lookup token=- | grep auth/programs/role/web/secret-id &&",
    ],
    [
      { kind: "appRole", path: "programs", secretIdTtl: 86_400, secretIdNumUses: 2 },
      "A secret ID expires after 1 day, and after 2 logins: ask",
    ],
    [
      { kind: "appRole", path: "programs", secretIdTtl: 86_400 },
      "write -field=token auth/programs/login role_id=ROLE_ID",
    ],
    [{ kind: "password", path: "userpass", group: "g", firstLoginTtl: 60 }, "bao login -method=userpass username=NAME"],
    [
      { kind: "password", path: "userpass", group: "g", firstLoginTtl: 60, mfa: true },
      "VAULT_TOKEN=$WRAPPING_TOKEN bao unwrap -field=url",
    ],
    [{ kind: "password", path: "people", group: "g", firstLoginTtl: 60 }, "-method=userpass -path=people username"],
    [{ kind: "certificate", path: "cert", commonName: "a.b" }, "-token-only name=web"],
    [
      { kind: "oidc", path: "oidc", group: "g", redirectUris: ["http://localhost:8250/oidc/callback"] },
      "bao login -method=oidc -path=oidc role=web",
    ],
    [{ kind: "oidc", path: "oidc", group: "g", redirectUris: ["https://a/ui"] }, "On the instance's page"],
    [
      { kind: "jwt", platform: "gitlab", path: "gitlab", audience: "a", claims: { project_id: "42" } },
      "`project_id` is `42`",
    ],
    [
      { kind: "ldap", path: "ldap", group: "g", tokens: { ttl: 3600, maxTtl: 14_400 } },
      "valid for 1 hour, and can be renewed up to 4 hours. The command asks for the password, which is not shown:\n\n```sh\nbao login -method=ldap -path=ldap username=NAME",
    ],
    [{ kind: "jwt", platform: "own", path: "ci", audience: "a", claims: {} }, "its token for the audience `a`"],
  ])("by %j", (login, text) => {
    expect(loggedIn(login)).toContain(text);
  });

  test.each<[LoginUse, string]>([
    [
      { kind: "aws", path: "aws", principals: ["arn:aws:iam::123456789012:role/web"], serverId: "vault.example" },
      "VAULT_TOKEN=$(vault login -method=aws -path=aws -token-only role=web header_value=vault.example)",
    ],
    [
      { kind: "aws", path: "amazon", principals: ["a", "b"], serverId: "v", region: "eu-central-1" },
      "as `a` or `b`. The command signs a request with the IAM credentials of the program, as the AWS command finds them.\n\n```sh\nexport VAULT_TOKEN=$(vault login -method=aws -path=amazon -token-only role=web header_value=v region=eu-central-1)",
    ],
    [
      { kind: "azure", path: "azure", servicePrincipalIds: ["id"], resource: "api://vault.example" },
      "&resource=api%3A%2F%2Fvault.example' |\n",
    ],
    [
      { kind: "azure", path: "entra", servicePrincipalIds: ["id"], resource: "api://vault.example" },
      "vault write -field=token auth/entra/login role=web jwt=-",
    ],
    [{ kind: "gcp", path: "gcp", serviceAccounts: ["a"] }, "vault login -method=gcp -path=gcp -token-only role=web)"],
    [{ kind: "gcp", path: "gcp", serviceAccounts: ["a"] }, "-token-only role=web service_account=SERVICE_ACCOUNT)"],
  ])("of programs in clouds by %j", (login, text) => {
    expect(page({ logins: [login] }, { product: "vault" })).toContain(text);
  });

  test("of programs in clouds need the command of Vault", () => {
    const gcp = loggedIn({ kind: "gcp", path: "gcp", serviceAccounts: ["a"] });
    expect(gcp).toContain("The command is that of Vault, because `bao` has no such login. On a machine");
  });

  test("by groups of an organization, without a role, and with tokens of the login", () => {
    const oidc = { kind: "oidc", path: "oidc", group: "g", tokens: { ttl: 3600 } } as const;
    const byCommand = loggedIn({ ...oidc, redirectUris: ["http://localhost:8250/oidc/callback"] });
    expect(byCommand).toContain("bao login -method=oidc -path=oidc\n");
    expect(byCommand).toContain("valid for 1 hour, and can be neither renewed nor ended");
    expect(byCommand.match(/is valid for/g)).toHaveLength(1);
    expect(loggedIn({ ...oidc, redirectUris: ["https://a/ui"] })).toContain("leave the role empty");
    const ldap = loggedIn({ kind: "ldap", path: "ldap", group: "g", tokens: { ttl: 3600, maxTtl: 14_400 } });
    expect(ldap).toContain("valid for 1 hour, and can be renewed up to 4 hours");
  });

  test("of a role without any that the guide knows", () => {
    expect(page({})).toContain("Ask the operator how to log in.");
  });
});

describe("tasks", () => {
  const DATABASE = { kind: "database", role: "r" } as const;
  const SSH = { kind: "ssh-certificate", mount: "ssh", role: "ops", keyType: "ed25519" } as const;

  test.each<[string, StatementUse, string, string]>([
    [
      "a database with several hosts",
      { ...DATABASE, lifetime: 60, server: { engine: "postgresql", addresses: ["a:1", "b:1"], database: "d" } },
      "database/d/creds/r",
      'psql "postgresql://USERNAME@a:1,b:1/d?sslmode=verify-full"',
    ],
    [
      "MariaDB at an address of IPv6",
      { ...DATABASE, server: { engine: "mariadb", addresses: ["[::1]:3306"], database: "d" } },
      "database/d/static-creds/r",
      "mariadb --host=::1 --port=3306 --user=USERNAME --password --ssl-verify-server-cert d",
    ],
    [
      "MySQL",
      { ...DATABASE, server: { engine: "mysql", addresses: ["a:3306"], database: "d" } },
      "database/d/creds/r",
      "--ssl-mode=VERIFY_IDENTITY d",
    ],
    [
      "a database whose name is no word of a shell",
      { ...DATABASE, server: { engine: "mysql", addresses: ["a:3306"], database: "it's $HOME" } },
      "database/d/creds/r",
      String.raw`--ssl-mode=VERIFY_IDENTITY 'it'\''s $HOME'`,
    ],
    [
      "MongoDB",
      { ...DATABASE, lifetime: 60, server: { engine: "mongodb", addresses: ["a:1", "b:1"], database: "d" } },
      "database/d/creds/r",
      'mongosh "mongodb://a:1,b:1/d?tls=true" --username USERNAME',
    ],
    [
      "a user of MongoDB that stays",
      { ...DATABASE, server: { engine: "mongodb", addresses: ["a:1"], database: "d" } },
      "database/d/static-creds/r",
      'mongosh "mongodb://a:1/d?tls=true&authSource=admin" --username USERNAME',
    ],
    [
      "Microsoft SQL Server",
      { ...DATABASE, server: { engine: "mssql", addresses: ["a:1433"], database: "d" } },
      "database/d/creds/r",
      "sqlcmd -S a,1433 -N -U USERNAME -d d",
    ],
    [
      "Redis",
      { ...DATABASE, lifetime: 60, server: { engine: "redis", addresses: ["a:6379"] } },
      "database/d/creds/r",
      "redis-cli --tls --sni a -h a -p 6379 --user USERNAME --askpass",
    ],
    [
      "Valkey, which has no name but its address",
      { ...DATABASE, server: { engine: "valkey", addresses: ["[fd00::5]:6379"] } },
      "database/d/static-creds/r",
      "The database `[fd00::5]:6379` with the role `r`",
    ],
    [
      "Cassandra",
      { ...DATABASE, lifetime: 60, server: { engine: "cassandra", addresses: ["a:9042", "b:9042"], database: "d" } },
      "database/d/creds/r",
      "cqlsh --ssl --username USERNAME --keyspace d a 9042",
    ],
    [
      "InfluxDB",
      { ...DATABASE, lifetime: 60, server: { engine: "influxdb", addresses: ["a:8086"], database: "web metrics" } },
      "database/d/creds/r",
      "influx -ssl -host a -port 8086 -username USERNAME -password '' -database 'web metrics'",
    ],
    [
      "a key of RSA for SSH",
      { ...SSH, keyType: "rsa", keyBits: 4096, user: "ubuntu", hosts: [] },
      "ssh/sign/ops",
      'ssh-keygen -t rsa -b 4096 -f "$HOME/.ssh/acme-main"',
    ],
    [
      "hosts with certificates",
      { ...SSH, user: "ubuntu", hosts: ["acme.internal"] },
      "ssh/sign/ops",
      "printf '@cert-authority *.acme.internal %s\\n'",
    ],
    ["a user by template", { ...SSH, user: "{{identity.entity.name}}", hosts: [] }, "ssh/sign/ops", "principals=USER "],
    ["a host", { kind: "ssh-host", mount: "ssh", role: "h", domain: "a.b" }, "ssh/sign/h", "cert_type=host"],
    [
      "an account of ACME",
      { kind: "acme", mount: "pki", role: "web" },
      "pki/roles/web/acme/new-eab",
      "bao write -f pki/",
    ],
    [
      "secret IDs of another role",
      { kind: "secret-ids", role: "web" },
      "auth/approle/role/web/secret-id",
      "bao write -wrap-ttl=1h -field=wrapping_token -f auth/approle/role/web/secret-id\n",
    ],
    ["a cloud", { kind: "credentials", title: "credentials of AWS" }, "aws/creds/deploy", "bao read aws/creds/deploy"],
  ])("with %s", (_case, use, path, text) => {
    expect(used(use, path)).toContain(text);
  });

  test("with secrets are those of the capabilities", () => {
    const use = { kind: "secrets", mount: "kv", folder: "web" } as const;
    const read = used(use, "kv/data/web/*");
    expect(read).toContain('bao kv get -mount=kv "web/SECRET"');
    for (const command of ["put", "list", "delete", "destroy"]) expect(read).not.toContain(`kv ${command}`);
    expect(used(use, "kv/destroy/web/*", ["update"])).toContain("bao kv destroy");
    expect(used(use, "kv/metadata/web/*", ["delete", "update"])).toContain("bao kv metadata delete");
  });

  test("with a folder per person find out who it is", () => {
    const folder = "people/{{identity.entity.id}}";
    const text = used({ kind: "secrets", mount: "kv", folder }, `kv/data/${folder}/*`);
    expect(text).toContain("ENTITY_ID=$(bao read -field=entity_id auth/token/lookup-self)");
    expect(text).toContain('bao kv get -mount=kv "people/$ENTITY_ID/SECRET"');
    const other = "{{identity.groups.names.web.metadata.app}}";
    expect(used({ kind: "secrets", mount: "kv", folder: other }, `kv/data/${other}/*`)).toContain(
      "Replace `GROUPS_NAMES_WEB_METADATA_APP`, such as `app`",
    );
  });

  test.each([
    ["ec", undefined, "ec -pkeyopt ec_paramgen_curve:P-256"],
    ["ec", 384, "ec -pkeyopt ec_paramgen_curve:P-384"],
    ["rsa", undefined, "rsa:2048"],
    ["ed25519", undefined, "ed25519"],
    ["any", undefined, "ec -pkeyopt ec_paramgen_curve:P-256"],
  ])("with a certificate for a key of %s %s", (keyType, keyBits, text) => {
    const use = {
      kind: "certificate",
      mount: "pki",
      role: "web",
      request: "sign",
      example: "a.b",
      keyType,
      keyBits,
    } as const;
    expect(used(use, "pki/sign/web")).toContain(`openssl req -new -newkey ${text} -nodes`);
  });

  test("name every path that has no commands", () => {
    const text = page({ statements: [{ path: "sys/health", capabilities: ["read", "sudo"], reason: "see\nit" }] });
    expect(text).toContain("| `sys/health` | read, sudo | see it |");
  });
});

describe("what a stack says", () => {
  const resource = { vault_auth_backend: { main_login: { path: "programs" } } };
  const login = { kind: "appRole", path: "${vault_auth_backend.main_login.path}", secretIdTtl: 1 } as const;
  const statement = { path: "a/${vault_auth_backend.main_login.accessor}/$${b}", capabilities: [], reason: "" };
  const role = { ...ROLE, logins: [login], statements: [statement] };
  const stack = {
    "//": { guides: { "acme/main": { product: "vault", address: "https://a", roles: [role] } } },
    resource,
  } as const;

  test("is without expressions of Terraform", () => {
    const [read] = guidedInstance(stack, "acme/main")?.roles ?? [];
    expect(read?.logins).toEqual([{ ...login, path: "programs" }]);
    expect(read?.statements[0]?.path).toBe("a/ACCESSOR/${b}");
  });

  test("is about its own instances", () => {
    expect(guidedInstances(stack)).toEqual(["acme/main"]);
    expect(guidedInstance(stack, "acme/other")).toBeUndefined();
    expect(guidedInstances({})).toEqual([]);
  });
});

test.each([
  [86_400, "1 day"],
  [90, "90 seconds"],
  [5400, "90 minutes"],
  [7200, "2 hours"],
])("%d seconds are %s", (seconds, text) => {
  expect(lifetime(seconds)).toBe(text);
});
