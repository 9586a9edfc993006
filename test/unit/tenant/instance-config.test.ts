import { describe, expect, test } from "vitest";
import { lintPolicy, parsePolicy, RootCa } from "../../../src";
import { defineTenant, InstanceConfig, type InstanceSpec } from "../../../src/tenant";
import { all } from "../../support/all";
import { synthesizeInVault, type Synthesized } from "../../support/synth";

function config(
  engines: Partial<InstanceSpec>,
  deletionProtection?: boolean,
  use: (config: InstanceConfig) => void = () => undefined,
): Synthesized {
  return synthesizeInVault((stack, { provider, centralProvider }) => {
    const [instance] = defineTenant({
      name: "customer10",
      instances: [
        {
          name: "main",
          product: "openbao",
          address: "https://main.example:8200",
          deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
          ...engines,
        },
      ],
    }).instances;
    if (instance === undefined) throw new Error("There is no instance.");
    const rootCa = RootCa.fromRootCaAttributes({ mount: "pki-root", provider: centralProvider });
    use(
      new InstanceConfig(stack, "main", {
        tenant: "customer10",
        instance,
        rootCa,
        provider,
        centralProvider,
        deletionProtection,
      }),
    );
  });
}

test("no policy that its grants make has a statement that can do nothing", () => {
  const { resource } = config({
    pki: {
      roles: [{ name: "web", allowedDomains: ["a.example"], maxTtl: "72h" }],
      acme: { roles: ["web"] },
    },
    ssh: {
      roles: [
        { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "1h" },
        { type: "one-time-password", name: "otp", defaultUser: "ubuntu", cidrs: ["10.0.0.0/8"] },
      ],
    },
    keyValue: [{ organizations: [{ name: "company1", apps: [{ name: "web", environments: ["dev", "prod"] }] }] }],
    roles: [
      { name: "web", certificates: ["web"], read: ["kv/web"], keyValuePolicies: ["web-user"] },
      { name: "ops", ssh: ["ops", "otp"], write: ["kv/web"] },
    ],
  });
  const mounts = ["pki", "ssh", "kv"].map((path) => ({ path, type: path }));
  const statements = all(Object.values(resource.vault_policy ?? {})).flatMap(({ policy }) =>
    all(parsePolicy(policy as string)),
  );
  expect(lintPolicy(statements, { product: "openbao", mounts })).toEqual([]);
});

describe("the engines of a tenant file", () => {
  const PKI = { roles: [{ name: "web", allowedDomains: ["a.example"], maxTtl: "72h" }] } as const;
  const SSH = { roles: [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "1h" }] } as const;

  test("S1: keys of a PKI and an SSH authority that the file does not have any more are forgotten", () => {
    const forgotten = (engines: Partial<InstanceSpec>, deletionProtection?: boolean): string[] =>
      (config(engines, deletionProtection).removed ?? [])
        .map(({ from }) => from)
        .filter((from) => /pki|ssh/.test(from));
    const ofPki = ["vault_mount.main_pki_mount"];
    const ofSsh = ["vault_mount.main_ssh_mount", "vault_ssh_secret_backend_ca.main_ssh"];
    // A higher generation that the file took back is kept, too.
    const later = ["vault_mount.main_ssh_successors_mount", "vault_ssh_secret_backend_ca.main_ssh_successors"];
    expect(forgotten({})).toEqual([...ofPki, ...ofSsh, ...later]);
    expect(forgotten({ pki: PKI })).toEqual([...ofSsh, ...later]);
    expect(forgotten({ pki: PKI, ssh: SSH })).toEqual(later);
    expect(forgotten({ pki: PKI, ssh: { ...SSH, generation: 2 } })).toEqual([]);
    expect(forgotten({}, false)).toEqual([]);
    const addresses = Object.entries(config({ pki: PKI, ssh: SSH }).resource).flatMap(([type, named]) =>
      Object.keys(named).map((name) => `${type}.${name}`),
    );
    expect(addresses).toEqual(expect.arrayContaining([...ofPki, ...ofSsh]));
  });

  test("T1: the login allows the longest TTL of the roles, if the server's own limit would cut it", () => {
    const tuned = (role: object): unknown =>
      config({
        pki: PKI,
        roles: [
          { name: "a", certificates: ["web"] },
          { name: "b", certificates: ["web"], ...role },
        ],
      }).resource.vault_auth_backend?.main_login?.tune;
    expect(tuned({ secretIdTtl: "90d" })).toMatchObject([{ max_lease_ttl: "2160h" }]);
    expect(tuned({ tokenTtl: "60d" })).toMatchObject([{ max_lease_ttl: "1440h" }]);
    expect(tuned({ secretIdTtl: "32d" })).toBeUndefined();
  });

  test("the forms of a web console for SSH and a database are fields", () => {
    const { resource } = config({
      ssh: {
        mount: "ssh",
        key: { type: "rsa", bits: 4096 },
        roles: [
          { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], allowedKeys: ["rsa-4096"], maxTtl: "30m" },
        ],
      },
      databases: [
        {
          name: "orders",
          mount: "pgsql",
          engine: "postgresql",
          host: "postgres.example",
          database: "orders",
          username: "vault",
          password: { mount: "operator", path: "postgresql", field: "password" },
          roles: [{ name: "readonly", defaultTtl: "1h", maxTtl: "24h" }],
        },
      ],
    });
    expect(resource.vault_mount?.main_ssh_mount).toMatchObject({ path: "ssh" });
    expect(resource.vault_ssh_secret_backend_ca?.main_ssh).toMatchObject({ key_type: "rsa", key_bits: 4096 });
    expect(resource.vault_ssh_secret_backend_role?.main_ssh_role_ops).toMatchObject({
      allowed_users: "ubuntu",
      default_user: "ubuntu",
      allowed_user_key_config: [{ type: "rsa", lengths: [4096] }],
    });
    expect(Object.values(resource.vault_database_secrets_mount ?? {})).toMatchObject([{ path: "pgsql" }]);
    expect(Object.values(resource.vault_database_secret_backend_role ?? {})).toMatchObject([
      { name: "readonly", default_ttl: 3600, max_ttl: 86_400 },
    ]);
  });

  test("SSH: extensions of a certificate, and further users of a one-time password", () => {
    const { resource } = config({
      ssh: {
        roles: [
          {
            type: "certificate",
            name: "ops",
            allowedUsers: ["ubuntu"],
            maxTtl: "1h",
            extensions: ["permit-agent-forwarding"],
          },
          {
            type: "one-time-password",
            name: "otp",
            defaultUser: "ubuntu",
            allowedUsers: ["root"],
            cidrs: ["10.0.0.0/8"],
          },
        ],
      },
    });
    expect(resource.vault_ssh_secret_backend_role).toMatchObject({
      main_ssh_role_ops: { allowed_extensions: "permit-agent-forwarding" },
      main_ssh_role_otp: { allowed_users: "ubuntu,root", cidr_list: "10.0.0.0/8" },
    });
  });

  test("hosts of SSH log in with the login of the instance's roles, in its namespace", () => {
    const setup = (engines: Partial<InstanceSpec>): string => {
      const hosts = { users: {}, hostRole: "hosts" };
      const roles = [{ type: "host", name: "hosts", allowedDomains: ["a.example"], maxTtl: "1h" }] as const;
      let rendered = "";
      config({ ssh: { hosts, roles }, ...engines }, undefined, ({ engines: { ssh } }) => {
        rendered = ssh?.hostSetup?.cloudInit ?? "";
      });
      return rendered;
    };
    expect(setup({})).toContain("https://main.example:8200/v1/auth/approle/login");
    expect(setup({ appRole: { path: "programs" } })).toContain("https://main.example:8200/v1/auth/programs/login");
    expect(setup({ deployment: { mode: "namespace", of: "shared/main" } })).toMatch(
      /https:\/\/main\.example:8200\/v1\/[^/]+\/auth\/approle\/login/,
    );
  });

  test("key-value: description, and the age at which versions are deleted", () => {
    const { resource } = config({
      keyValue: [{ mount: "team", description: "Of the team", deleteVersionAfter: "30d" }],
    });
    expect(resource.vault_mount?.main_key_value_team).toMatchObject({ path: "team", description: "Of the team" });
    expect(resource.vault_kv_secret_backend_v2?.main_key_value_team_config).toMatchObject({
      delete_version_after: 2_592_000,
    });
  });

  test("key-value: organizations, whose policies a role is granted, and casRequired", () => {
    const organizations = [{ name: "company1", apps: [{ name: "web" }] }];
    const keyValue = [{ casRequired: true, organizations }];
    const { resource } = config({ keyValue, roles: [{ name: "app", keyValuePolicies: ["web-user"] }] });
    expect(resource.vault_kv_secret_backend_v2).toMatchObject({ main_key_value_kv_config: { cas_required: true } });
    const policies = resource.vault_policy as Record<string, { name: string; policy: string }>;
    expect(Object.values(policies).map(({ name }) => name)).toEqual([
      "company1-admin",
      "web-admin",
      "web-user",
      "web-prod-admin",
      "web-prod-user",
      "app",
    ]);
    expect(policies.main_role_app_policy?.policy).toBe(policies.main_key_value_kv_policy_web_user?.policy);
  });

  test("databases: another mount, which no other engine may have", () => {
    const database = {
      name: "orders",
      engine: "postgresql",
      mount: "db",
      host: "postgres.example",
      database: "orders",
      username: "vault",
      password: { mount: "operator", path: "postgresql", field: "password" },
      roles: [{ name: "readonly" }],
    } as const;
    const roles = [{ name: "web", databases: ["orders/readonly"] }];
    const { resource } = config({ databases: [database], roles });
    expect(resource.vault_database_secrets_mount).toMatchObject({ main_database_at_db_engine: { path: "db" } });
    expect(JSON.stringify(resource.vault_policy)).toContain("db/creds/readonly");
    expect(() => config({ databases: [database], keyValue: [{ mount: "db" }] })).toThrow(
      /two engines are mounted at "db"/,
    );
  });

  test("D1: a database that is renamed on its mount stays the same resource, which Terraform replaces in order", () => {
    const database = {
      name: "orders",
      engine: "postgresql",
      host: "postgres.example",
      database: "orders",
      username: "vault",
      password: { mount: "operator", path: "postgresql", field: "password" },
      roles: [{ name: "readonly" }],
    } as const;
    const engine = (change: object): string[] =>
      Object.keys(config({ databases: [{ ...database, ...change }] }).resource.vault_database_secrets_mount ?? {});
    expect(engine({ name: "sales", mount: "db" })).toEqual(engine({ mount: "db" }));
    expect(engine({ mount: "database/orders" })).toEqual(engine({}));
    expect(engine({})).toEqual(["main_database_orders_engine"]);
  });

  test("roles: another path of their login", () => {
    const { resource } = config({
      keyValue: [{}],
      roles: [{ name: "web", read: ["kv/web"] }],
      appRole: { path: "programs", description: "Programs" },
    });
    expect(resource.vault_auth_backend?.main_login).toMatchObject({ path: "programs", description: "Programs" });
  });
});
