import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  AccessRole,
  AppRoleLogin,
  CentralVault,
  Database,
  DynamicDb,
  GcpCredentials,
  KeyValue,
  PkiAuthority,
  RootCa,
  SecretRef,
  ServerCertificate,
  SshRole,
  TenantAccess,
  TenantPKI,
  UnsealWatch,
  Users,
  ValidationError,
  Duration,
  WatchLogin,
  Workload,
  WorkloadDelivery,
  WorkloadSecret,
  TokenRole,
  RateLimit,
  LdapLogin,
  OidcLogin,
} from "../../../src/index";
import { alertRules, type AlertRulesProps } from "../../../src/constructs/monitoring/alert-rules";
import { identitySettings } from "../../../src/constructs/vault-instance/identity-settings";
import { PROJECT } from "../../support/checker";
import { synthesizeInVault } from "../../support/synth";
import { lifetimes, longer, shorter } from "../../../src/core/duration";

/** What a JavaScript program may pass for a Duration. */
const TEXT = "72h" as unknown as Duration;

const SERVER = {
  host: "postgres",
  database: "orders",
  username: "vault",
  password: SecretRef.centralVault({ mount: "operator", path: "db", field: "password" }),
};
const database = Database.postgresql(SERVER);

type Context = Parameters<Parameters<typeof synthesizeInVault>[0]>;

/** Gives a construct a text for one of its Durations, by interface and prop. */
const CASES: Readonly<Record<string, (stack: Context[0], providers: Context[1], prop: object) => unknown>> = {
  CentralVaultProps: (stack, { provider }, prop) =>
    new CentralVault(stack, "C", { address: "https://central:8200", provider, ...prop }),
  AlertRulesProps: (_stack, _providers, prop) => alertRules({ tenant: "a", name: "b", ...prop } as AlertRulesProps),
  KeyValueProps: (stack, { provider }, prop) => new KeyValue(stack, "K", { provider, ...prop }),
  AccessRoleProps: (stack, { provider }, prop) =>
    new AccessRole(stack, "R", { name: "web", login: { path: "approle" }, provider, ...prop }),
  WorkloadProps: (stack, { provider }, prop) =>
    new Workload(stack, "W", {
      ...{ name: "web", namespace: "web", serviceAccount: "web", server: { address: "https://instance:8200" } },
      login: { path: "kubernetes", serviceAccount: () => ({ id: "kubernetes", bind: () => undefined }) },
      delivery: WorkloadDelivery.agentInjector(),
      secrets: [WorkloadSecret.keyValue({ name: "web", keyValue: KeyValue.fromMount("kv"), path: "web" })],
      provider,
      ...prop,
    }),
  UsersProps: (stack, { provider }, prop) => new Users(stack, "U", { users: [], provider, ...prop }),
  AppRoleLoginProps: (stack, { provider }, prop) => new AppRoleLogin(stack, "L", { provider, ...prop }),
  TokenRoleProps: (stack, { provider }, prop) =>
    new TokenRole(stack, "T", { name: "ci", roles: [], provider, ...prop }),
  RateLimitProps: (stack, { provider }, prop) => new RateLimit(stack, "Q", { name: "all", rate: 1, provider, ...prop }),
  OidcLoginProps: (stack, providers, prop) =>
    new OidcLogin(stack, "O", {
      discoveryUrl: "https://keycloak.example",
      clientId: "vault",
      clientSecret: SecretRef.centralVault({ mount: "operator", path: "oidc", field: "secret" }),
      redirectUris: ["https://vault.example:8200/callback"],
      ...providers,
      ...prop,
    }),
  LdapLoginProps: (stack, providers, prop) =>
    new LdapLogin(stack, "L", {
      product: "vault",
      urls: ["ldaps://ldap.example"],
      bindDn: "cn=vault,dc=example",
      bindPassword: SecretRef.centralVault({ mount: "operator", path: "ldap", field: "password" }),
      userDn: "ou=people,dc=example",
      groupDn: "ou=groups,dc=example",
      ...providers,
      ...prop,
    }),
  CertManagerProps: (_stack, _providers, prop) => ServerCertificate.certManager({ issuer: "ca", ...prop }),
  SshCertificateRoleProps: (_stack, _providers, prop) =>
    SshRole.certificate({ name: "ops", allowedUsers: ["ubuntu"], maxTtl: TEXT, ...prop }),
  SshHostRoleProps: (_stack, _providers, prop) =>
    SshRole.host({ name: "hosts", allowedDomains: ["a.internal"], maxTtl: TEXT, ...prop }),
  DatabaseConnectionProps: (_stack, _providers, prop) => Database.postgresql({ ...SERVER, ...prop }),
  GcpRoleProps: (stack, { provider, centralProvider }, prop) =>
    new GcpCredentials(stack, "G", {
      product: "vault",
      credentials: SERVER.password,
      roles: [{ name: "r", serviceAccountEmail: "a@p.example", ...prop }],
      provider,
      centralProvider,
    }),
  DynamicDbRoleProps: (stack, { provider, centralProvider }, prop) =>
    new DynamicDb(stack, "D", { name: "d", database, roles: [{ name: "r", ...prop }], provider, centralProvider }),
  DynamicDbStaticRoleProps: (stack, { provider, centralProvider }, prop) => {
    const staticRoles = [{ name: "s", username: "s", ...prop }];
    return new DynamicDb(stack, "D", { name: "d", database, roles: [], staticRoles, provider, centralProvider });
  },
  TenantPKIProps: (stack, { provider, centralProvider }, prop) =>
    new TenantPKI(stack, "P", {
      commonName: "CA",
      address: "https://instance:8200",
      rootCa: { mount: "pki-root", provider: centralProvider },
      roles: [],
      provider,
      ...prop,
    }),
  PkiRoleProps: (stack, { provider, centralProvider }, prop) =>
    new TenantPKI(stack, "P", {
      commonName: "CA",
      address: "https://instance:8200",
      rootCa: { mount: "pki-root", provider: centralProvider },
      roles: [{ name: "web", allowedDomains: ["a.internal"], ...prop }],
      provider,
    }),
  MachineCertificateProps: (stack, { provider }, prop) =>
    new TenantPKI(stack, "P", {
      commonName: "CA",
      address: "https://instance:8200",
      authority: PkiAuthority.internal(),
      roles: [{ name: "web", allowedDomains: ["a.internal"] }],
      machines: [{ name: "web1", role: "web", commonName: "a.internal", reload: ["true"], ...prop }],
      provider,
    }),
  TenantAccessProps: (stack, { provider }, prop) =>
    new TenantAccess(stack, "T", { tenant: "customer10", provider, ...prop }),
  IdentitiesProps: (_stack, _providers, prop) => identitySettings(prop, { engines: [], logins: [] }),
  RootCaProps: (stack, { provider }, prop) =>
    new RootCa(stack, "R", { commonName: "root", address: "https://central:8200", provider, ...prop }),
  UnsealWatchProps: (stack, _providers, prop) =>
    new UnsealWatch(stack, "W", {
      address: "https://central:8200",
      login: WatchLogin.jwt("operator-cluster"),
      image: { repository: "registry.example/tenant-vault", tag: "1.0.0" },
      ...prop,
    }),
};

/** Props of constructs that take a Duration, as `Interface.prop`. */
function durationProps(): string[] {
  const root = join(PROJECT, "src", "constructs");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/^export interface (\w+Props)[^{]*\{([^]*?)^\}/gm)].flatMap(
      ([, name = "", body = ""]) =>
        [...body.matchAll(/readonly (\w+)\??: Duration;/g)].map(([, prop = ""]) => `${name}.${prop}`),
    ),
  );
}

/** Props that only the library's own code passes. */
const INTERNAL = [
  "AuthorityProps.lifetime",
  "AuthorityProps.longestTtl",
  "PkiMountProps.lifetime",
  "CertManagerCertificateProps.duration",
  "CertManagerCertificateProps.renewBefore",
];

describe("C10: a text for a Duration is refused, and the prop is named", () => {
  const props = durationProps().filter((prop) => !INTERNAL.includes(prop));

  test("each construct with such a prop is tested", () => {
    expect(new Set(props.map((prop) => prop.split(".")[0]))).toEqual(new Set(Object.keys(CASES)));
  });

  test.each(props)("%s", (prop) => {
    const [name = "", field = ""] = prop.split(".");
    const give = (): unknown =>
      synthesizeInVault((stack, providers) => void CASES[name]?.(stack, providers, { [field]: TEXT }));
    expect(give).toThrow(ValidationError);
    expect(give).toThrow(`${field} is "72h", which is not a Duration; write one, such as Duration.hours(72).`);
  });
});

test("C10: a database without centralProvider is refused", () => {
  expect(() =>
    synthesizeInVault((stack, { provider }) => {
      const props = { name: "d", database, roles: [{ name: "r" }], provider };
      new DynamicDb(stack, "D", props as unknown as ConstructorParameters<typeof DynamicDb>[2]);
    }),
  ).toThrow("[test/D] A secret of the central Vault needs its provider; pass centralProvider.");
});

test("the longer of two, in either order", () => {
  const [hour, day] = [Duration.hours(1), Duration.hours(24)];
  expect([longer(hour, day), longer(day, hour)]).toEqual([day, day]);
  expect([shorter(hour, day), shorter(day, hour)]).toEqual([hour, hour]);
});

test.each([
  [undefined, undefined, "1h", "4h"],
  ["8h", undefined, "8h", "8h"],
  ["2h", undefined, "2h", "4h"],
  [undefined, "30m", "30m", "30m"],
  [undefined, "24h", "1h", "24h"],
  ["2h", "1h", "2h", "1h"],
])("a lifetime of %s and a maximum of %s are %s and %s with defaults", (ttl, maxTtl, expected, longest) => {
  const parsed = (text: string | undefined): Duration | undefined =>
    text === undefined ? undefined : Duration.parse(text);
  const defaults = { ttl: Duration.hours(1), maxTtl: Duration.hours(4) };
  const found = lifetimes({ ttl: parsed(ttl), maxTtl: parsed(maxTtl) }, defaults);
  expect([found.ttl.toString(), found.maxTtl.toString()]).toEqual([expected, longest]);
});
