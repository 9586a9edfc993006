import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import {
  AccessRole,
  AppRoleLogin,
  CentralVault,
  Database,
  Duration,
  DynamicDb,
  KeyValue,
  RootCa,
  SecretRef,
  SshCa,
  SshCaKey,
  SshRole,
  TenantAccess,
  TenantPKI,
  type AccessRoleProps,
  type AppRoleLoginProps,
  type CentralVaultProps,
  type DynamicDbProps,
  type DynamicDbRoleProps,
  type KeyValueAppProps,
  type KeyValueProps,
  type MysqlProps,
  type PipelineIssuer,
  type PkiRoleProps,
  PasswordPolicy,
  type PasswordPolicyProps,
  type PostgresqlProps,
  type SshCaProps,
  type SharedNamespace,
  type TenantAccessProps,
  type TenantIntermediate,
  type TenantPKIProps,
} from "../../../src/index";
import { defineTenant, InstanceConfig, type InstanceSpec } from "../../../src/tenant";
import { madeSshKey } from "../ssh-keys";

/** The servers that the constructs of all rows share. */
export interface Servers {
  readonly address: string;
  /** The server's root namespace. */
  readonly provider: TerraformProvider;
  /** The same by another name. */
  readonly alias: TerraformProvider;
  /** Another namespace, as another instance would be. */
  readonly elsewhere: TerraformProvider;
  readonly rootCa: RootCa;
  readonly otherRootCa: RootCa;
  readonly postgresql: Pick<PostgresqlProps, "port"> & {
    readonly otherPort: number;
    readonly caCertificates: readonly [string, string];
  };
  /** What has the public keys of a platform of pipelines, at any path. */
  readonly issuer: { readonly address: string; readonly caCertificate: string };
  /** Folder for files, relative to the project. */
  readonly folder: string;
}

/** A field, how its constructs are made in a scope of the row's own, its values one after the other, and each change's plan. */
export interface VaultChange {
  readonly field: string;
  readonly values: readonly unknown[];
  /** Makes constructs whose mounts and names contain the key, which is the row's own. */
  build(scope: Construct, key: string, value: never, servers: Servers): void;
  /** One plan per change, or one that all changes have. Names are relative to the scope. */
  readonly plans: readonly (readonly string[])[];
}

type Build<Value> = (scope: Construct, key: string, value: Value, servers: Servers) => void;

function row<Value>(
  field: string,
  values: readonly Value[],
  build: Build<Value>,
  plans: readonly (readonly string[])[],
): VaultChange {
  return { field, values, build, plans };
}

const HOUR = Duration.hours(1);

function access<Value>(props: (value: Value, servers: Servers) => Partial<AccessRoleProps>): Build<Value> {
  return (scope, key, value, servers) => {
    const { provider, elsewhere } = servers;
    const login = new AppRoleLogin(scope, "Login", { path: key, provider });
    new AppRoleLogin(scope, "Elsewhere", { path: key, provider: elsewhere });
    new AppRoleLogin(scope, "Other", { path: `${key}-other`, provider });
    grantSomething(new AccessRole(scope, "Role", { name: key, login, provider, ...props(value, servers) }));
  };
}

/** OpenBao accepts no empty policy. */
function grantSomething(role: AccessRole): void {
  KeyValue.fromMount("kv").grantRead(role, role.name);
}

function login<Value>(props: (value: Value, servers: Servers, key: string) => AppRoleLoginProps): Build<Value> {
  return (scope, key, value, servers) => {
    const { provider } = servers;
    const made = new AppRoleLogin(scope, "Login", { path: key, provider, ...props(value, servers, key) });
    grantSomething(new AccessRole(scope, "Role", { name: key, login: made, provider }));
  };
}

function pki<Value>(props: (value: Value, servers: Servers) => Partial<TenantPKIProps>): Build<Value> {
  return (scope, key, value, servers) => {
    const { provider, rootCa, address } = servers;
    const roles = [PKI_ROLE];
    const given = { commonName: key, mount: key, address, rootCa, roles, provider, deletionProtection: false };
    new TenantPKI(scope, "Pki", { ...given, ...props(value, servers) });
  };
}

const PKI_ROLE: PkiRoleProps = { name: "web", allowedDomains: ["acme.internal"], maxTtl: HOUR };
const pkiRole = <Value>(props: (value: Value) => Partial<PkiRoleProps>): Build<Value> =>
  pki((value) => ({ roles: [{ ...PKI_ROLE, ...props(value) }] }));

function ssh<Value>(props: (value: Value, servers: Servers) => Partial<SshCaProps>): Build<Value> {
  return (scope, key, value, servers) => {
    const roles = [SshRole.certificate(CERTIFICATE_ROLE)];
    const given = { mount: key, roles, provider: servers.provider, deletionProtection: false };
    new SshCa(scope, "Ssh", { ...given, ...props(value, servers) });
  };
}

const CERTIFICATE_ROLE = { name: "ops", allowedUsers: ["ubuntu"], maxTtl: HOUR };
const HOST_ROLE = { name: "hosts", allowedDomains: ["acme.internal"], maxTtl: HOUR };
const PASSWORD_ROLE = { name: "ops", defaultUser: "ubuntu", cidrs: ["10.0.0.0/8"] };
const certificateRole = <Value>(props: (value: Value) => object): Build<Value> =>
  ssh((value) => ({ roles: [SshRole.certificate({ ...CERTIFICATE_ROLE, ...props(value) })] }));
const hostRole = <Value>(props: (value: Value) => object): Build<Value> =>
  ssh((value) => ({ roles: [SshRole.host({ ...HOST_ROLE, ...props(value) })] }));
/** The plans that are compared have no outputs. */
const hosts = <Value>(props: (value: Value) => object): Build<Value> =>
  ssh((value) => ({
    roles: [SshRole.host(HOST_ROLE)],
    hosts: { address: "https://a.example:8200", users: {}, ...props(value) },
  }));
const passwordRole = <Value>(props: (value: Value) => object): Build<Value> =>
  ssh((value) => ({ roles: [SshRole.oneTimePassword({ ...PASSWORD_ROLE, ...props(value) })] }));

function kv<Value>(props: (value: Value, key: string) => KeyValueProps): Build<Value> {
  return (scope, key, value, { provider }) => {
    new KeyValue(scope, "Kv", { mount: key, provider, deletionProtection: false, ...props(value, key) });
  };
}

/** An app with few policies. */
const app = (name: string): KeyValueAppProps => ({ name, environments: ["dev"] });
const kvApp = <Value>(props: (value: Value) => Partial<KeyValueAppProps>): Build<Value> =>
  kv((value, key) => ({ organizations: [{ name: key, apps: [{ ...app(`${key}-app`), ...props(value) }] }] }));

interface DbSetting {
  readonly server?: Partial<PostgresqlProps>;
  readonly role?: Partial<DynamicDbRoleProps>;
  readonly db?: Partial<DynamicDbProps>;
}

function db<Value>(props: (value: Value, servers: Servers) => DbSetting): Build<Value> {
  return (scope, key, value, servers) => {
    const { server, role, db: more } = props(value, servers);
    const { provider, postgresql } = servers;
    new DynamicDb(scope, "Db", {
      name: key,
      provider,
      centralProvider: provider,
      roles: [{ name: "readonly", ...role }],
      database: Database.postgresql({
        host: "127.0.0.1",
        port: postgresql.port,
        database: "postgres",
        username: "postgres",
        password: SecretRef.centralVault({ mount: "operator", path: "postgresql", field: "password" }),
        caCertificatePath: postgresql.caCertificates[0],
        ...server,
      }),
      ...more,
    });
  };
}

const staticRole = <Value>(props: (value: Value) => object): Build<Value> =>
  db((value) => ({ db: { staticRoles: [{ name: "batch", username: "postgres_batch", ...props(value) }] } }));

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

function passwords<Value>(props: (value: Value, servers: Servers) => Partial<PasswordPolicyProps>): Build<Value> {
  return (scope, key, value, servers) => {
    new PasswordPolicy(scope, "Passwords", { name: key, provider: servers.provider, ...props(value, servers) });
  };
}

/** The engine does not connect, because there is no such server. */
function mysql<Value>(props: (value: Value, servers: Servers) => Partial<MysqlProps>): Build<Value> {
  return (scope, key, value, servers) =>
    db(() => ({
      db: {
        database: Database.mysql({
          host: "127.0.0.1",
          database: "orders",
          username: "vault",
          password: SecretRef.centralVault({ mount: "operator", path: "postgresql", field: "password" }),
          verifyConnection: false,
          ...props(value, servers),
        }),
      },
    }))(scope, key, value, servers);
}

function central<Value>(
  props: (value: Value, servers: Servers, key: string) => Partial<CentralVaultProps>,
): Build<Value> {
  return (scope, key, value, servers) => {
    const given = { address: servers.address, provider: servers.provider, deletionProtection: false };
    new CentralVault(scope, "Central", { ...given, ...props(value, servers, key) });
  };
}

/** What is planned for the roles or policies of share groups. */
function groups(action: string, names: readonly string[], what: "role" | "policy"): string[] {
  const prefix =
    what === "role" ? "vault_approle_auth_backend_role.central_watch_role" : "vault_policy.central_shares_policy";
  return names.map((name) => `${action} ${prefix}_${name}`);
}

/** What is planned for the mount of their shares. */
function shares(action: string): string[] {
  return [
    "vault_kv_secret_backend_v2.central_shares_config",
    "vault_kv_secret_v2.central_shares_groups",
    "vault_mount.central_shares",
  ].map((address) => `${action} ${address}`);
}

function pipelines({ issuer }: Servers, of: Partial<PipelineIssuer>): PipelineIssuer {
  const { address, caCertificate } = issuer;
  return { issuer: "https://a.example", jwksUrl: `${address}/a`, jwksCaPem: caCertificate, ...of };
}

function tenantAccess<Value>(
  props: (value: Value, servers: Servers, key: string) => Partial<TenantAccessProps>,
): Build<Value> {
  return (scope, key, value, servers) => {
    new TenantAccess(scope, "Access", { tenant: key, provider: servers.provider, ...props(value, servers, key) });
  };
}

const INTERMEDIATE: TenantIntermediate = {
  commonName: "A",
  permittedDomains: ["a.example"],
  lifetime: Duration.days(30),
};
const intermediate = <Value>(props: (value: Value) => Partial<TenantIntermediate>): Build<Value> =>
  tenantAccess((value) => ({ intermediates: [{ ...INTERMEDIATE, ...props(value) }] }));
const NAMESPACE: SharedNamespace = { instance: "a/main", sharedInstance: "shared/main" };
const namespace = <Value>(props: (value: Value) => Partial<SharedNamespace>): Build<Value> =>
  tenantAccess((value) => ({ namespaces: [{ ...NAMESPACE, ...props(value) }] }));
const HOOK_POLICIES = [
  "update vault_policy.access_deploy_policy: policy",
  "update vault_policy.access_hook_policy: policy",
];
const PIPELINE = { login: "pipeline", audiences: ["a"], claims: { deploy: { project_path: "a" } } };
const DEPLOY_POLICY = ["update vault_policy.access_deploy_policy: policy"];

/** What the tenant file describes inside an instance. */
function config<Value>(
  engines: (value: Value, key: string) => Partial<InstanceSpec>,
  deletionProtection = false,
): Build<Value> {
  return (scope, key, value, { provider, rootCa, address }) => {
    const deployment = { mode: "external", addresses: [address] } as const;
    const instance = { name: "main", product: "openbao", address, deployment, ...engines(value, key) } as const;
    const tenant = defineTenant({ name: "changes", instances: [instance] });
    for (const each of tenant.instances)
      new InstanceConfig(scope, "I", {
        tenant: key,
        instance: each,
        rootCa,
        provider,
        centralProvider: provider,
        deletionProtection,
      });
  };
}

const ENGINES = (key: string) =>
  ({
    appRole: { path: key },
    pki: { mount: `${key}-pki`, roles: [{ name: "web", allowedDomains: ["acme.internal"], maxTtl: "1h" }] },
    ssh: { mount: `${key}-ssh`, roles: [{ type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "1h" }] },
    keyValue: [{ mount: `${key}-kv` }],
  }) as const;
const granted = <Value>(
  grants: (value: Value, key: string) => object,
  engines: (key: string) => object = () => ({}),
): Build<Value> =>
  config((value, key) => ({
    ...ENGINES(key),
    ...engines(key),
    roles: [{ name: key, certificates: ["web"], ssh: ["ops"], read: [`${key}-kv/a`], ...grants(value, key) }],
  }));

const DAYS = [undefined, Duration.days(1), Duration.days(2), undefined];
const HOURS = [HOUR, Duration.hours(2), Duration.hours(3)];
const BOTH = [undefined, true, false, undefined];

/** Fields of what is inside an instance or the central Vault. */
export const VAULT_CHANGES: readonly VaultChange[] = [
  row(
    "AccessRoleProps.boundCidrs",
    [undefined, ["10.0.0.0/8"], ["10.0.0.0/16"], undefined],
    access((boundCidrs) => ({ boundCidrs })),
    [["update vault_approle_auth_backend_role.role: secret_id_bound_cidrs, token_bound_cidrs"]],
  ),
  row(
    "AccessRoleProps.login",
    ["", "-other"],
    (scope, key, suffix, servers) =>
      access(() => ({ login: { path: `${key}${suffix}` } }))(scope, key, suffix, servers),
    [["replace vault_approle_auth_backend_role.role: backend"]],
  ),
  row(
    "AccessRoleProps.name",
    ["a", "b"],
    (scope, key, name, servers) => access(() => ({ name: `${key}-${name}` }))(scope, key, name, servers),
    [["replace vault_approle_auth_backend_role.role: role_name", "replace vault_policy.role_policy: name"]],
  ),
  row(
    "AccessRoleProps.provider",
    [false, true],
    access((moves, { provider, elsewhere }) => ({ provider: moves ? elsewhere : provider })),
    [["create vault_approle_auth_backend_role.role", "update vault_policy.role_policy: policy"]],
  ),
  row(
    "AccessRoleProps.secretIdNumUses",
    [undefined, 1, 2, undefined],
    access((secretIdNumUses) => ({ secretIdNumUses })),
    [["update vault_approle_auth_backend_role.role: secret_id_num_uses"]],
  ),
  row(
    "AccessRoleProps.secretIdTtl",
    DAYS,
    access((secretIdTtl) => ({ secretIdTtl })),
    [["update vault_approle_auth_backend_role.role: secret_id_ttl"]],
  ),
  row(
    "AccessRoleProps.tokenMaxTtl",
    DAYS,
    access((tokenMaxTtl) => ({ tokenMaxTtl })),
    [["update vault_approle_auth_backend_role.role: token_max_ttl"]],
  ),
  row(
    "AccessRoleProps.tokenNumUses",
    [undefined, 100, 200, undefined],
    access((tokenNumUses) => ({ tokenNumUses })),
    [["update vault_approle_auth_backend_role.role: token_num_uses"]],
  ),
  row(
    "AccessRoleProps.tokenTtl",
    [undefined, HOUR, Duration.hours(2), undefined],
    access((tokenTtl) => ({ tokenTtl })),
    [
      [],
      ["update vault_approle_auth_backend_role.role: token_ttl"],
      ["update vault_approle_auth_backend_role.role: token_ttl"],
    ],
  ),

  row(
    "AppRoleLoginProps.description",
    [undefined, "programs", "services", undefined],
    login((description) => ({ description })),
    [["update vault_auth_backend.login: description"]],
  ),
  row(
    "AppRoleLoginProps.maxTtl",
    [undefined, Duration.days(60), Duration.days(90), undefined],
    login((maxTtl) => ({ maxTtl })),
    [["update vault_auth_backend.login: tune"], ["update vault_auth_backend.login: tune"], []],
  ),
  row(
    "AppRoleLoginProps.path",
    ["a", "b"],
    login((path, _servers, key) => ({ path: `${key}-${path}` })),
    [["replace vault_approle_auth_backend_role.role: backend", "update vault_auth_backend.login: path"]],
  ),
  row(
    "AppRoleLoginProps.provider",
    [false, true],
    login((other, { provider, alias }) => ({ provider: other ? alias : provider })),
    [[]],
  ),
  row(
    "IAppRoleLogin.path",
    ["a", "b"],
    login((path, _servers, key) => ({ path: `${key}-${path}` })),
    [["replace vault_approle_auth_backend_role.role: backend", "update vault_auth_backend.login: path"]],
  ),
  row(
    "IAppRoleLogin.maxTtl",
    [Duration.days(60), Duration.days(90)],
    login((maxTtl) => ({ maxTtl })),
    [["update vault_auth_backend.login: tune"]],
  ),

  row(
    "PkiRoleProps.allowBareDomains",
    BOTH,
    pkiRole((allowBareDomains) => ({ allowBareDomains })),
    [
      ["update vault_pki_secret_backend_role.pki_role_web: allow_bare_domains"],
      ["update vault_pki_secret_backend_role.pki_role_web: allow_bare_domains"],
      [],
    ],
  ),
  row(
    "PkiRoleProps.allowSubdomains",
    BOTH,
    pkiRole((allowSubdomains) => ({ allowSubdomains, allowBareDomains: true })),
    [
      [],
      ["update vault_pki_secret_backend_role.pki_role_web: allow_subdomains"],
      ["update vault_pki_secret_backend_role.pki_role_web: allow_subdomains"],
    ],
  ),
  row(
    "PkiRoleProps.allowWildcards",
    BOTH,
    pkiRole((allowWildcards) => ({ allowWildcards })),
    [
      ["update vault_pki_secret_backend_role.pki_role_web: allow_wildcard_certificates"],
      ["update vault_pki_secret_backend_role.pki_role_web: allow_wildcard_certificates"],
      [],
    ],
  ),
  row(
    "PkiRoleProps.allowedDomains",
    [["acme.internal"], ["*.acme.internal", "acme.example"]],
    pkiRole((allowedDomains) => ({ allowedDomains })),
    [["update vault_pki_secret_backend_role.pki_role_web: allow_glob_domains, allowed_domains"]],
  ),
  row(
    "PkiRoleProps.keyType",
    [undefined, "rsa", "ed25519", undefined] as const,
    pkiRole((keyType) => ({ keyType })),
    [["update vault_pki_secret_backend_role.pki_role_web: key_bits, key_type"]],
  ),
  row(
    "PkiRoleProps.maxTtl",
    HOURS,
    pkiRole((maxTtl) => ({ maxTtl })),
    [["update vault_pki_secret_backend_role.pki_role_web: max_ttl, ttl"]],
  ),
  row(
    "PkiRoleProps.name",
    ["web", "site"],
    pkiRole((name) => ({ name })),
    [["create vault_pki_secret_backend_role.pki_role_site", "delete vault_pki_secret_backend_role.pki_role_web"]],
  ),
  row(
    "PkiRoleProps.usage",
    [undefined, "client", "both", undefined] as const,
    pkiRole((usage) => ({ usage })),
    [
      ["update vault_pki_secret_backend_role.pki_role_web: client_flag, server_flag"],
      ["update vault_pki_secret_backend_role.pki_role_web: server_flag"],
      ["update vault_pki_secret_backend_role.pki_role_web: client_flag"],
    ],
  ),

  row(
    "TenantPKIProps.address",
    ["https://a.example:8200", "https://b.example:8200"],
    pki((address) => ({ address })),
    [["update vault_pki_secret_backend_config_urls.pki_mount_urls: crl_distribution_points, issuing_certificates"]],
  ),
  row(
    "TenantPKIProps.commonName",
    ["First CA", "Second CA"],
    pki((commonName) => ({ commonName })),
    [
      [
        "delete terraform_data.pki_intermediate_#_created",
        "delete terraform_data.pki_intermediate_#_origin",
        "delete terraform_data.pki_intermediate_#_rotations",
        "create terraform_data.pki_intermediate_#_created",
        "create terraform_data.pki_intermediate_#_origin",
        "create terraform_data.pki_intermediate_#_rotations",
        "update vault_mount.pki_mount: description",
        "update vault_pki_secret_backend_config_issuers.pki_issuers: default",
        "delete vault_pki_secret_backend_intermediate_cert_request.pki_intermediate_#_request",
        "create vault_pki_secret_backend_intermediate_cert_request.pki_intermediate_#_request",
        "delete vault_pki_secret_backend_intermediate_set_signed.pki_intermediate_#",
        "create vault_pki_secret_backend_intermediate_set_signed.pki_intermediate_#",
        "delete vault_pki_secret_backend_root_sign_intermediate.pki_intermediate_#_signature",
        "create vault_pki_secret_backend_root_sign_intermediate.pki_intermediate_#_signature",
      ],
    ],
  ),
  row(
    "TenantPKIProps.deletionProtection",
    [undefined, false, true, undefined],
    pki((deletionProtection) => ({ deletionProtection: deletionProtection })),
    [[]],
  ),
  row(
    "TenantPKIProps.namespace",
    [undefined, "team1", "team2", undefined],
    pki((namespace) => ({ namespace })),
    [["update vault_pki_secret_backend_config_urls.pki_mount_urls: crl_distribution_points, issuing_certificates"]],
  ),
  row(
    "TenantPKIProps.provider",
    [false, true],
    pki((other, { provider, alias }) => ({ provider: other ? alias : provider })),
    [[]],
  ),
  row(
    "TenantPKIProps.rootCa",
    [false, true],
    pki((other, { rootCa, otherRootCa }) => ({ rootCa: other ? otherRootCa : rootCa })),
    [
      [
        "delete terraform_data.pki_intermediate_#_created",
        "delete terraform_data.pki_intermediate_#_origin",
        "delete terraform_data.pki_intermediate_#_rotations",
        "create terraform_data.pki_intermediate_#_created",
        "create terraform_data.pki_intermediate_#_origin",
        "create terraform_data.pki_intermediate_#_rotations",
        "update vault_pki_secret_backend_config_issuers.pki_issuers: default",
        "delete vault_pki_secret_backend_intermediate_cert_request.pki_intermediate_#_request",
        "create vault_pki_secret_backend_intermediate_cert_request.pki_intermediate_#_request",
        "delete vault_pki_secret_backend_intermediate_set_signed.pki_intermediate_#",
        "create vault_pki_secret_backend_intermediate_set_signed.pki_intermediate_#",
        "delete vault_pki_secret_backend_root_sign_intermediate.pki_intermediate_#_signature",
        "create vault_pki_secret_backend_root_sign_intermediate.pki_intermediate_#_signature",
      ],
    ],
  ),
  row(
    "TenantPKIProps.roles",
    [["web"], ["web", "site"], ["site"]],
    pki((names) => ({ roles: names.map((name) => ({ ...PKI_ROLE, name })) })),
    [["create vault_pki_secret_backend_role.pki_role_site"], ["delete vault_pki_secret_backend_role.pki_role_web"]],
  ),
  row(
    "PkiSpec.commonName",
    [undefined, "First CA", "Second CA", undefined],
    config((commonName, key) => ({ pki: { ...ENGINES(key).pki, commonName } })),
    [
      [
        "create terraform_data.i_pki_intermediate_#_created",
        "create terraform_data.i_pki_intermediate_#_origin",
        "create terraform_data.i_pki_intermediate_#_rotations",
        "delete terraform_data.i_pki_intermediate_#_created",
        "delete terraform_data.i_pki_intermediate_#_origin",
        "delete terraform_data.i_pki_intermediate_#_rotations",
        "update vault_mount.i_pki_mount: description",
        "update vault_pki_secret_backend_config_issuers.i_pki_issuers: default",
        "create vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "delete vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "create vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "delete vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "create vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
        "delete vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
      ],
      [
        "delete terraform_data.i_pki_intermediate_#_created",
        "delete terraform_data.i_pki_intermediate_#_origin",
        "delete terraform_data.i_pki_intermediate_#_rotations",
        "create terraform_data.i_pki_intermediate_#_created",
        "create terraform_data.i_pki_intermediate_#_origin",
        "create terraform_data.i_pki_intermediate_#_rotations",
        "update vault_mount.i_pki_mount: description",
        "update vault_pki_secret_backend_config_issuers.i_pki_issuers: default",
        "delete vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "create vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "delete vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "create vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "delete vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
        "create vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
      ],
      [
        "create terraform_data.i_pki_intermediate_#_created",
        "create terraform_data.i_pki_intermediate_#_origin",
        "create terraform_data.i_pki_intermediate_#_rotations",
        "delete terraform_data.i_pki_intermediate_#_created",
        "delete terraform_data.i_pki_intermediate_#_origin",
        "delete terraform_data.i_pki_intermediate_#_rotations",
        "update vault_mount.i_pki_mount: description",
        "update vault_pki_secret_backend_config_issuers.i_pki_issuers: default",
        "create vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "delete vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "create vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "delete vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "create vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
        "delete vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
      ],
    ],
  ),
  row(
    "PkiField.pki",
    [false, true, false],
    config((exists, key) => (exists ? { pki: ENGINES(key).pki } : {}), true),
    [
      [
        "create terraform_data.i_pki_intermediate_#_created",
        "create terraform_data.i_pki_intermediate_#_origin",
        "create terraform_data.i_pki_intermediate_#_rotations",
        "create vault_generic_endpoint.i_pki_issuer_limits",
        "create vault_generic_endpoint.i_pki_mount_crl",
        "create vault_mount.i_pki_mount",
        "create vault_pki_secret_backend_config_issuers.i_pki_issuers",
        "create vault_pki_secret_backend_config_urls.i_pki_mount_urls",
        "create vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "create vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "create vault_pki_secret_backend_role.i_pki_role_web",
        "create vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
      ],
      [
        "delete terraform_data.i_pki_intermediate_#_created",
        "delete terraform_data.i_pki_intermediate_#_origin",
        "delete terraform_data.i_pki_intermediate_#_rotations",
        "delete vault_generic_endpoint.i_pki_issuer_limits",
        "delete vault_generic_endpoint.i_pki_mount_crl",
        "forget vault_mount.i_pki_mount",
        "delete vault_pki_secret_backend_config_issuers.i_pki_issuers",
        "delete vault_pki_secret_backend_config_urls.i_pki_mount_urls",
        "delete vault_pki_secret_backend_intermediate_cert_request.i_pki_intermediate_#_request",
        "delete vault_pki_secret_backend_intermediate_set_signed.i_pki_intermediate_#",
        "delete vault_pki_secret_backend_role.i_pki_role_web",
        "delete vault_pki_secret_backend_root_sign_intermediate.i_pki_intermediate_#_signature",
      ],
    ],
  ),

  row(
    "SshHostsProps.users",
    [{ ubuntu: ["ubuntu"] }, { ubuntu: ["ops"] }],
    hosts((users) => ({ users })),
    [[]],
  ),
  row(
    "SshHostsProps.hostRole",
    [undefined, "hosts", undefined],
    hosts((hostRole) => ({ hostRole })),
    [[]],
  ),
  row(
    "SshHostsProps.oneTimePasswordRoles",
    [undefined, ["ops"], undefined],
    ssh((oneTimePasswordRoles) => ({
      roles: [SshRole.oneTimePassword(PASSWORD_ROLE)],
      hosts: { address: "https://a.example:8200", users: {}, oneTimePasswordRoles },
    })),
    [[]],
  ),
  row(
    "SshHostsProps.additionalTrustedKeys",
    [undefined, [madeSshKey().publicKey], undefined],
    hosts((additionalTrustedKeys) => ({ additionalTrustedKeys })),
    [[]],
  ),
  row(
    "SshHostsProps.revokedSerials",
    [undefined, ["1f"], undefined],
    hosts((revokedSerials) => ({ revokedSerials })),
    [[]],
  ),
  row(
    "SshHostsProps.address",
    ["https://a.example:8200", "https://b.example:8200"],
    hosts((address) => ({ address })),
    [[]],
  ),
  row(
    "SshHostsProps.namespace",
    [undefined, "team1", undefined],
    hosts((namespace) => ({ namespace, hostRole: "hosts" })),
    [[]],
  ),
  row(
    "SshHostsProps.login",
    [undefined, { path: "programs" }, undefined],
    hosts((login) => ({ login, hostRole: "hosts" })),
    [[]],
  ),
  row(
    "SshCaProps.hosts",
    [false, true, false],
    (scope, key, exists, servers) => {
      const build = exists ? hosts(() => ({})) : ssh(() => ({ roles: [SshRole.host(HOST_ROLE)] }));
      build(scope, key, exists, servers);
    },
    [[]],
  ),
  row(
    "SshSpec.hosts",
    [false, true, false],
    config((exists, key) => ({
      ssh: { ...ENGINES(key).ssh, mount: key, ...(exists && { hosts: { users: { ubuntu: ["ubuntu"] } } }) },
    })),
    [[]],
  ),
  row(
    "SshGenerations.generation",
    [undefined, 2, 3],
    ssh((generation) => ({ generation })),
    [
      [
        'create vault_mount.ssh_successors_mount["2"]',
        'create vault_ssh_secret_backend_ca.ssh_successors["2"]',
        'create vault_ssh_secret_backend_role.ssh_successors_role_ops["2"]',
      ],
      [
        'create vault_mount.ssh_successors_mount["3"]',
        'create vault_ssh_secret_backend_ca.ssh_successors["3"]',
        'create vault_ssh_secret_backend_role.ssh_successors_role_ops["3"]',
      ],
    ],
  ),
  row(
    "SshGenerations.oldestGeneration",
    [undefined, 2],
    ssh((oldestGeneration) => ({ generation: 2, oldestGeneration })),
    [["delete vault_ssh_secret_backend_role.ssh_role_ops"]],
  ),
  row(
    "RsaSshCaKeyProps.signatureAlgorithm",
    [undefined, "rsa-sha2-512", "rsa-sha2-256", undefined] as const,
    ssh((signatureAlgorithm) => ({ key: SshCaKey.rsa({ bits: 3072, signatureAlgorithm }) })),
    [
      ["update vault_ssh_secret_backend_role.ssh_role_ops: algorithm_signer"],
      ["update vault_ssh_secret_backend_role.ssh_role_ops: algorithm_signer"],
      [],
    ],
  ),
  row(
    "SshCertificateRoleProps.allowUserKeyIds",
    BOTH,
    certificateRole((allowUserKeyIds) => ({ allowUserKeyIds })),
    [
      ["update vault_ssh_secret_backend_role.ssh_role_ops: allow_user_key_ids"],
      ["update vault_ssh_secret_backend_role.ssh_role_ops: allow_user_key_ids"],
      [],
    ],
  ),
  row(
    "SshCertificateRoleProps.allowedKeys",
    [undefined, ["ed25519"], ["rsa-4096"], undefined],
    certificateRole((allowedKeys) => ({ allowedKeys })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_user_key_config"]],
  ),
  row(
    "SshCertificateRoleProps.allowedUsers",
    [["ubuntu"], ["ubuntu", "debian"]],
    certificateRole((allowedUsers) => ({ allowedUsers })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_users"]],
  ),
  row(
    "SshCertificateRoleProps.defaultTtl",
    [undefined, Duration.minutes(5), Duration.minutes(10), undefined],
    certificateRole((defaultTtl) => ({ defaultTtl })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: ttl"]],
  ),
  row(
    "SshCertificateRoleProps.defaultUser",
    [undefined, "debian", "ubuntu", undefined],
    certificateRole((defaultUser) => ({ allowedUsers: ["ubuntu", "debian"], defaultUser })),
    [
      ["update vault_ssh_secret_backend_role.ssh_role_ops: default_user"],
      ["update vault_ssh_secret_backend_role.ssh_role_ops: default_user"],
      [],
    ],
  ),
  row(
    "SshCertificateRoleProps.extensions",
    [undefined, ["permit-agent-forwarding"], [], undefined],
    certificateRole((extensions) => ({ extensions })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_extensions, default_extensions"]],
  ),
  row(
    "SshCertificateRoleProps.forceCommand",
    [undefined, "/bin/true", "/bin/false", undefined],
    certificateRole((forceCommand) => ({ forceCommand })),
    [
      ["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_critical_options, default_critical_options"],
      ["update vault_ssh_secret_backend_role.ssh_role_ops: default_critical_options"],
      ["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_critical_options, default_critical_options"],
    ],
  ),
  row(
    "SshCertificateRoleProps.keyIdFormat",
    [undefined, "{{role_name}}", "{{public_key_hash}}", undefined],
    certificateRole((keyIdFormat) => ({ keyIdFormat })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: key_id_format"]],
  ),
  row(
    "SshCertificateRoleProps.sourceCidrs",
    [undefined, ["10.0.0.0/8"], ["10.0.0.0/8", "192.0.2.0/24"], undefined],
    certificateRole((sourceCidrs) => ({ sourceCidrs })),
    [
      ["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_critical_options, default_critical_options"],
      ["update vault_ssh_secret_backend_role.ssh_role_ops: default_critical_options"],
      ["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_critical_options, default_critical_options"],
    ],
  ),
  row(
    "SshCertificateRoleProps.maxTtl",
    HOURS,
    certificateRole((maxTtl) => ({ maxTtl })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: max_ttl, ttl"]],
  ),
  row(
    "SshCertificateRoleProps.name",
    ["ops", "admins"],
    certificateRole((name) => ({ name })),
    [["create vault_ssh_secret_backend_role.ssh_role_admins", "delete vault_ssh_secret_backend_role.ssh_role_ops"]],
  ),
  row(
    "SshCertificateRoleSpec.type",
    [true, false],
    ssh((signs) => ({
      roles: [signs ? SshRole.certificate(CERTIFICATE_ROLE) : SshRole.oneTimePassword(PASSWORD_ROLE)],
    })),
    [
      [
        "update vault_ssh_secret_backend_role.ssh_role_ops: allow_user_certificates, allowed_extensions, allowed_user_key_config, cidr_list, key_type",
      ],
    ],
  ),
  row(
    "SshHostRoleSpec.type",
    [true, false],
    ssh((ofHosts) => ({
      roles: [ofHosts ? SshRole.host({ ...HOST_ROLE, name: "ops" }) : SshRole.certificate(CERTIFICATE_ROLE)],
    })),
    [
      [
        "update vault_ssh_secret_backend_role.ssh_role_ops: allow_host_certificates, allow_subdomains, allow_user_certificates, allowed_domains, allowed_extensions, allowed_users, default_extensions, default_user",
      ],
    ],
  ),
  row(
    "SshHostRoleProps.allowBareDomains",
    BOTH,
    hostRole((allowBareDomains) => ({ allowBareDomains })),
    [
      ["update vault_ssh_secret_backend_role.ssh_role_hosts: allow_bare_domains"],
      ["update vault_ssh_secret_backend_role.ssh_role_hosts: allow_bare_domains"],
      [],
    ],
  ),
  row(
    "SshHostRoleProps.allowSubdomains",
    BOTH,
    hostRole((allowSubdomains) => ({ allowSubdomains, allowBareDomains: true })),
    [
      [],
      ["update vault_ssh_secret_backend_role.ssh_role_hosts: allow_subdomains"],
      ["update vault_ssh_secret_backend_role.ssh_role_hosts: allow_subdomains"],
    ],
  ),
  row(
    "SshHostRoleProps.allowedDomains",
    [["acme.internal"], ["acme.internal", "acme.example"]],
    hostRole((allowedDomains) => ({ allowedDomains })),
    [["update vault_ssh_secret_backend_role.ssh_role_hosts: allowed_domains"]],
  ),
  row(
    "SshHostRoleProps.allowedKeys",
    [undefined, ["ed25519"], ["rsa-4096"], undefined],
    hostRole((allowedKeys) => ({ allowedKeys })),
    [["update vault_ssh_secret_backend_role.ssh_role_hosts: allowed_user_key_config"]],
  ),
  row(
    "SshHostRoleProps.defaultTtl",
    [undefined, Duration.minutes(5), Duration.minutes(10), undefined],
    hostRole((defaultTtl) => ({ defaultTtl })),
    [["update vault_ssh_secret_backend_role.ssh_role_hosts: ttl"]],
  ),
  row(
    "SshHostRoleProps.maxTtl",
    HOURS,
    hostRole((maxTtl) => ({ maxTtl })),
    [["update vault_ssh_secret_backend_role.ssh_role_hosts: max_ttl, ttl"]],
  ),
  row(
    "SshHostRoleProps.name",
    ["hosts", "servers"],
    hostRole((name) => ({ name })),
    [["delete vault_ssh_secret_backend_role.ssh_role_hosts", "create vault_ssh_secret_backend_role.ssh_role_servers"]],
  ),
  row(
    "SshOneTimePasswordRoleSpec.type",
    [false, true],
    ssh((signs) => ({
      roles: [signs ? SshRole.certificate(CERTIFICATE_ROLE) : SshRole.oneTimePassword(PASSWORD_ROLE)],
    })),
    [
      [
        "update vault_ssh_secret_backend_role.ssh_role_ops: allow_user_certificates, allowed_extensions, allowed_user_key_config, cidr_list, default_extensions, default_extensions_template, key_type, max_ttl, ttl",
      ],
    ],
  ),
  row(
    "SshOneTimePasswordRoleProps.allowedUsers",
    [undefined, ["debian"], ["fedora"], undefined],
    passwordRole((allowedUsers) => ({ allowedUsers })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_users"]],
  ),
  row(
    "SshOneTimePasswordRoleProps.cidrs",
    [["10.0.0.0/8"], ["10.1.0.0/16"]],
    passwordRole((cidrs) => ({ cidrs })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: cidr_list"]],
  ),
  row(
    "SshOneTimePasswordRoleProps.defaultUser",
    ["ubuntu", "debian"],
    passwordRole((defaultUser) => ({ defaultUser })),
    [["update vault_ssh_secret_backend_role.ssh_role_ops: allowed_users, default_user"]],
  ),
  row(
    "SshOneTimePasswordRoleProps.name",
    ["ops", "admins"],
    passwordRole((name) => ({ name })),
    [["create vault_ssh_secret_backend_role.ssh_role_admins", "delete vault_ssh_secret_backend_role.ssh_role_ops"]],
  ),
  row(
    "SshCaProps.deletionProtection",
    [undefined, false, true, undefined],
    ssh((deletionProtection) => ({ deletionProtection })),
    [[]],
  ),
  row(
    "SshCaProps.provider",
    [false, true],
    ssh((other, { provider, alias }) => ({ provider: other ? alias : provider })),
    [[]],
  ),
  row(
    "SshCaProps.roles",
    [["ops"], ["ops", "admins"], ["admins"]],
    ssh((names) => ({ roles: names.map((name) => SshRole.certificate({ ...CERTIFICATE_ROLE, name })) })),
    [["create vault_ssh_secret_backend_role.ssh_role_admins"], ["delete vault_ssh_secret_backend_role.ssh_role_ops"]],
  ),
  row(
    "SshSpec.roles",
    [["ops"], ["ops", "admins"], ["admins"]],
    config((names, key) => ({
      ssh: { mount: key, roles: names.map((name) => ({ ...ENGINES(key).ssh.roles[0], name })) },
    })),
    [
      ["create vault_ssh_secret_backend_role.i_ssh_role_admins"],
      ["delete vault_ssh_secret_backend_role.i_ssh_role_ops"],
    ],
  ),
  row(
    "SshField.ssh",
    [false, true, false],
    config((exists, key) => (exists ? { ssh: ENGINES(key).ssh } : {}), true),
    [
      [
        "create vault_mount.i_ssh_mount",
        "create vault_ssh_secret_backend_ca.i_ssh",
        "create vault_ssh_secret_backend_role.i_ssh_role_ops",
      ],
      [
        "forget vault_mount.i_ssh_mount",
        "forget vault_ssh_secret_backend_ca.i_ssh",
        "delete vault_ssh_secret_backend_role.i_ssh_role_ops",
      ],
    ],
  ),

  row(
    "DynamicDbProps.centralProvider",
    [false, true],
    db((other, { provider, alias }) => ({ db: { centralProvider: other ? alias : provider } })),
    [[]],
  ),
  row(
    "DynamicDbProps.database",
    ["postgres", "template1"],
    db((database) => ({ server: { database } })),
    [
      [
        "update vault_database_secret_backend_role.db_role_readonly: creation_statements",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
    ],
  ),
  row(
    "DynamicDbProps.mount",
    ["a", "b"],
    (scope, key, mount, servers) => db(() => ({ db: { mount: `${key}/${mount}` } }))(scope, key, mount, servers),
    [
      [
        "replace vault_database_secret_backend_role.db_role_readonly: backend",
        "update vault_database_secrets_mount.db_engine: path, postgresql",
        "replace vault_generic_endpoint.db_passwords: path",
      ],
    ],
  ),
  row(
    "DynamicDbProps.name",
    ["a", "b"],
    (scope, key, name, servers) => db(() => ({ db: { name: `${key}-${name}` } }))(scope, key, name, servers),
    [
      [
        "replace vault_database_secret_backend_role.db_role_readonly: backend, db_name",
        "replace vault_database_secrets_mount.db_engine: postgresql",
        "replace vault_generic_endpoint.db_passwords: path",
      ],
    ],
  ),
  row(
    "DynamicDbProps.provider",
    [false, true],
    db((moves, { provider, elsewhere }) => ({ db: { provider: moves ? elsewhere : provider } })),
    [
      [
        "create vault_database_secret_backend_role.db_role_readonly",
        "create vault_database_secrets_mount.db_engine",
        "create vault_generic_endpoint.db_passwords",
      ],
    ],
  ),
  row(
    "DynamicDbProps.roles",
    [["a"], ["a", "b"], ["b"]],
    db((names) => ({ db: { roles: names.map((name) => ({ name })) } })),
    [
      [
        "create vault_database_secret_backend_role.db_role_b",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
      [
        "delete vault_database_secret_backend_role.db_role_a",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
    ],
  ),
  row(
    "DynamicDbRoleProps.creationStatements",
    [undefined, ["SELECT 1"], ["SELECT 2"], undefined],
    db((creationStatements) => ({ role: { creationStatements } })),
    [["update vault_database_secret_backend_role.db_role_readonly: creation_statements"]],
  ),
  row(
    "DynamicDbRoleProps.defaultTtl",
    [undefined, HOUR, Duration.hours(2), undefined],
    db((defaultTtl) => ({ role: { defaultTtl } })),
    [
      [],
      ["update vault_database_secret_backend_role.db_role_readonly: default_ttl"],
      ["update vault_database_secret_backend_role.db_role_readonly: default_ttl"],
    ],
  ),
  row(
    "DynamicDbRoleProps.maxTtl",
    DAYS,
    db((maxTtl) => ({ role: { maxTtl } })),
    [
      [],
      [
        "update vault_database_secret_backend_role.db_role_readonly: max_ttl",
        "update vault_database_secrets_mount.db_engine: max_lease_ttl_seconds",
      ],
      [
        "update vault_database_secret_backend_role.db_role_readonly: max_ttl",
        "update vault_database_secrets_mount.db_engine: max_lease_ttl_seconds",
      ],
    ],
  ),
  row(
    "DynamicDbRoleProps.name",
    ["readonly", "reader"],
    db((name) => ({ role: { name } })),
    [
      [
        "create vault_database_secret_backend_role.db_role_reader",
        "delete vault_database_secret_backend_role.db_role_readonly",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
    ],
  ),
  row(
    "DynamicDbRoleProps.renewStatements",
    [undefined, ["a"], ["b"], undefined],
    db((renewStatements) => ({ role: { renewStatements } })),
    [["update vault_database_secret_backend_role.db_role_readonly: renew_statements"]],
  ),
  row(
    "DynamicDbRoleProps.rollbackStatements",
    [undefined, ["a"], ["b"], undefined],
    db((rollbackStatements) => ({ role: { rollbackStatements } })),
    [["update vault_database_secret_backend_role.db_role_readonly: rollback_statements"]],
  ),
  row(
    "DynamicDbRoleProps.revocationStatements",
    [undefined, ["SELECT 1"], ["SELECT 2"], undefined],
    db((revocationStatements) => ({ role: { revocationStatements } })),
    [["update vault_database_secret_backend_role.db_role_readonly: revocation_statements"]],
  ),
  row(
    "DatabaseConnectionProps.maxConnectionLifetime",
    [undefined, HOUR, Duration.hours(2), undefined],
    db((maxConnectionLifetime) => ({ server: { maxConnectionLifetime } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "DatabaseConnectionProps.maxIdleConnections",
    [undefined, 1, 2, undefined],
    db((maxIdleConnections) => ({ server: { maxIdleConnections } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "DatabaseConnectionProps.maxOpenConnections",
    [undefined, 3, 4, undefined],
    db((maxOpenConnections) => ({ server: { maxOpenConnections } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "DatabaseConnectionProps.passwordPolicy",
    [undefined, { length: 30 }, undefined],
    db((passwordPolicy) => ({ server: { passwordPolicy } })),
    [["update vault_generic_endpoint.db_passwords: data_json"]],
  ),
  row(
    "PasswordRules.length",
    [undefined, 30, 40, undefined],
    passwords((length) => ({ length })),
    [["update vault_generic_endpoint.passwords: data_json"]],
  ),
  row(
    "PasswordRules.rules",
    [undefined, [{ charset: LETTERS }], undefined],
    passwords((rules) => ({ rules })),
    [["update vault_generic_endpoint.passwords: data_json"]],
  ),
  row(
    "PasswordRule.charset",
    [LETTERS, `${LETTERS}!`],
    passwords((charset) => ({ rules: [{ charset }] })),
    [["update vault_generic_endpoint.passwords: data_json"]],
  ),
  row(
    "PasswordRule.minChars",
    [undefined, 2, undefined],
    passwords((minChars) => ({ rules: [{ charset: LETTERS, minChars }] })),
    [["update vault_generic_endpoint.passwords: data_json"]],
  ),
  row(
    "PasswordPolicyProps.name",
    ["a", "b"],
    (scope, key, name, servers) => passwords(() => ({ name: `${key}-${name}` }))(scope, key, name, servers),
    [["replace vault_generic_endpoint.passwords: path"]],
  ),
  row(
    "PasswordPolicyProps.provider",
    [false, true],
    passwords((moves, { provider, elsewhere }) => ({ provider: moves ? elsewhere : provider })),
    [["create vault_generic_endpoint.passwords"]],
  ),
  row(
    "DatabaseConnectionProps.usernameTemplate",
    [undefined, "{{random 20}}", "{{random 30}}", undefined],
    db((usernameTemplate) => ({ server: { usernameTemplate } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "DatabaseConnectionProps.verifyConnection",
    BOTH,
    db((verifyConnection) => ({ server: { verifyConnection } })),
    [
      [],
      ["update vault_database_secrets_mount.db_engine: postgresql"],
      ["update vault_database_secrets_mount.db_engine: postgresql"],
    ],
  ),
  row(
    "DatabaseConnectionProps.rotateRoot",
    [undefined, true, undefined],
    db((rotateRoot) => ({ server: { username: "postgres_root", rotateRoot } })),
    [["create vault_generic_endpoint.db_root_rotation"], ["delete vault_generic_endpoint.db_root_rotation"]],
  ),
  row(
    "DynamicDbProps.staticRoles",
    [undefined, [{ name: "batch", username: "postgres_batch" }], undefined],
    db((staticRoles) => ({ db: { staticRoles } })),
    [
      [
        "create vault_database_secret_backend_static_role.db_static_role_batch",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
      [
        "delete vault_database_secret_backend_static_role.db_static_role_batch",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
    ],
  ),
  row(
    "DynamicDbStaticRoleProps.name",
    ["a", "b"],
    staticRole((name) => ({ name })),
    [
      [
        "delete vault_database_secret_backend_static_role.db_static_role_a",
        "create vault_database_secret_backend_static_role.db_static_role_b",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
    ],
  ),
  row(
    "DynamicDbStaticRoleProps.rotationPeriod",
    [undefined, HOUR, Duration.hours(2), undefined],
    staticRole((rotationPeriod) => ({ rotationPeriod })),
    [["update vault_database_secret_backend_static_role.db_static_role_batch: rotation_period"]],
  ),
  row(
    "DynamicDbStaticRoleProps.rotationStatements",
    [undefined, [`ALTER ROLE "{{name}}" WITH PASSWORD '{{password}}'`], undefined],
    staticRole((rotationStatements) => ({ rotationStatements })),
    [["update vault_database_secret_backend_static_role.db_static_role_batch: rotation_statements"]],
  ),
  row(
    "DynamicDbStaticRoleProps.username",
    ["postgres_batch", "postgres_other"],
    staticRole((username) => ({ username })),
    [["replace vault_database_secret_backend_static_role.db_static_role_batch: username"]],
  ),
  row(
    "MysqlProps.caCertificateFile",
    [false, true],
    mysql((has, { postgresql }) => ({ caCertificateFile: has ? postgresql.caCertificates[0] : undefined })),
    [["update vault_database_secrets_mount.db_engine: mysql"]],
  ),
  row(
    "MysqlProps.database",
    ["a", "b"],
    mysql((database) => ({ database })),
    [["update vault_database_secret_backend_role.db_role_readonly: creation_statements"]],
  ),
  row(
    "MysqlProps.host",
    ["127.0.0.1", "localhost"],
    mysql((host) => ({ host })),
    [["update vault_database_secrets_mount.db_engine: mysql"]],
  ),
  row(
    "MysqlProps.password",
    [1, 2],
    mysql((revision) => ({
      password: SecretRef.centralVault({ mount: "operator", path: "postgresql", field: "password", revision }),
    })),
    [["update vault_database_secrets_mount.db_engine: mysql"]],
  ),
  row(
    "MysqlProps.port",
    [undefined, 3307, 3308, undefined],
    mysql((port) => ({ port })),
    [["update vault_database_secrets_mount.db_engine: mysql"]],
  ),
  row(
    "MysqlProps.username",
    ["vault", "other"],
    mysql((username) => ({ username })),
    [["update vault_database_secrets_mount.db_engine: mysql"]],
  ),
  row(
    "PostgresqlProps.caCertificatePath",
    [0, 1],
    db((index, { postgresql }) => ({ server: { caCertificatePath: postgresql.caCertificates[index] } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "PostgresqlProps.clientCertificatePath",
    [undefined, "/tls/a.pem", "/tls/b.pem", undefined],
    db((path) => ({
      server: { clientCertificatePath: path, clientKeyPath: path && "/tls/a.key", verifyConnection: false },
    })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "PostgresqlProps.clientKeyPath",
    ["/tls/a.key", "/tls/b.key"],
    db((clientKeyPath) => ({
      server: { clientCertificatePath: "/tls/a.pem", clientKeyPath, verifyConnection: false },
    })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "PostgresqlProps.schemas",
    [undefined, ["sales"], undefined],
    db((schemas) => ({ server: { schemas } })),
    [["update vault_database_secret_backend_role.db_role_readonly: creation_statements"]],
  ),
  row(
    "PostgresqlProps.sslMode",
    [undefined, "verify-ca" as const, undefined],
    db((sslMode) => ({ server: { sslMode } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "PostgresqlProps.database",
    ["postgres", "template1"],
    db((database) => ({ server: { database } })),
    [
      [
        "update vault_database_secret_backend_role.db_role_readonly: creation_statements",
        "update vault_database_secrets_mount.db_engine: postgresql",
      ],
    ],
  ),
  row(
    "PostgresqlProps.host",
    ["127.0.0.1", "localhost"],
    db((host) => ({ server: { host } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "PostgresqlProps.password",
    [1, 2],
    db((revision) => ({
      server: {
        password: SecretRef.centralVault({ mount: "operator", path: "postgresql", field: "password", revision }),
      },
    })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "SecretLocation.revision",
    [1, 2],
    db((revision) => ({
      server: {
        password: SecretRef.centralVault({ mount: "operator", path: "postgresql", field: "password", revision }),
      },
    })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "SecretLocation.field",
    ["password", "same"],
    db((field) => ({ server: { password: SecretRef.centralVault({ mount: "operator", path: "postgresql", field }) } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "SecretLocation.mount",
    ["operator", "others"],
    db((mount) => ({ server: { password: SecretRef.centralVault({ mount, path: "postgresql", field: "password" }) } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "SecretLocation.path",
    ["postgresql", "other"],
    db((path) => ({ server: { password: SecretRef.centralVault({ mount: "operator", path, field: "password" }) } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),
  row(
    "PostgresqlProps.port",
    [false, true],
    db((other, { postgresql }) => ({ server: { port: other ? postgresql.otherPort : postgresql.port } })),
    [["update vault_database_secrets_mount.db_engine: postgresql"]],
  ),

  row(
    "KeyValueProps.description",
    [undefined, "Secrets", "More", undefined],
    kv((description) => ({ description })),
    [["update vault_mount.kv: description"]],
  ),
  row(
    "KeyValueProps.casRequired",
    BOTH,
    kv((casRequired) => ({ casRequired })),
    [
      ["update vault_kv_secret_backend_v2.kv_config: cas_required"],
      ["update vault_kv_secret_backend_v2.kv_config: cas_required"],
      [],
    ],
  ),
  row(
    "KeyValueProps.organizations",
    [undefined, ["a"], ["b"], undefined],
    kv((names, key) => ({ organizations: names?.map((name) => ({ name: `${key}-${name}`, apps: [app(key)] })) })),
    [
      [
        "create vault_policy.kv_policy_own_a_admin",
        "create vault_policy.kv_policy_own_admin",
        "create vault_policy.kv_policy_own_user",
      ],
      [
        "delete vault_policy.kv_policy_own_a_admin",
        "update vault_policy.kv_policy_own_admin: policy",
        "create vault_policy.kv_policy_own_b_admin",
        "update vault_policy.kv_policy_own_user: policy",
      ],
      [
        "delete vault_policy.kv_policy_own_admin",
        "delete vault_policy.kv_policy_own_b_admin",
        "delete vault_policy.kv_policy_own_user",
      ],
    ],
  ),
  row(
    "KeyValueOrganizationProps.name",
    ["a", "b"],
    kv((name, key) => ({ organizations: [{ name: `${key}-${name}`, apps: [app(key)] }] })),
    [
      [
        "delete vault_policy.kv_policy_own_a_admin",
        "update vault_policy.kv_policy_own_admin: policy",
        "create vault_policy.kv_policy_own_b_admin",
        "update vault_policy.kv_policy_own_user: policy",
      ],
    ],
  ),
  row(
    "KeyValueOrganizationProps.apps",
    [["a"], ["a", "b"], ["b"]],
    kv((names, key) => ({ organizations: [{ name: key, apps: names.map((name) => app(`${key}-${name}`)) }] })),
    [
      [
        "update vault_policy.kv_policy_own_admin: policy",
        "create vault_policy.kv_policy_own_b_admin",
        "create vault_policy.kv_policy_own_b_user",
      ],
      [
        "delete vault_policy.kv_policy_own_a_admin",
        "delete vault_policy.kv_policy_own_a_user",
        "update vault_policy.kv_policy_own_admin: policy",
      ],
    ],
  ),
  row(
    "KeyValueAppProps.name",
    ["a", "b"],
    kv((name, key) => ({ organizations: [{ name: key, apps: [app(`${key}-${name}`)] }] })),
    [
      [
        "delete vault_policy.kv_policy_own_a_admin",
        "delete vault_policy.kv_policy_own_a_user",
        "update vault_policy.kv_policy_own_admin: policy",
        "create vault_policy.kv_policy_own_b_admin",
        "create vault_policy.kv_policy_own_b_user",
      ],
    ],
  ),
  row(
    "KeyValueAppProps.environments",
    [["dev"], ["dev", "qa"], ["qa"]],
    kvApp((environments) => ({ environments })),
    [
      [
        "update vault_policy.kv_policy_own_admin: policy",
        "update vault_policy.kv_policy_own_app_admin: policy",
        "update vault_policy.kv_policy_own_app_user: policy",
      ],
    ],
  ),
  row(
    "KeyValueAppProps.protectedEnvironments",
    [undefined, ["dev"], []],
    kvApp((protectedEnvironments) => ({ environments: ["dev", "qa"], protectedEnvironments })),
    [
      [
        "update vault_policy.kv_policy_own_admin: policy",
        "update vault_policy.kv_policy_own_app_admin: policy",
        "create vault_policy.kv_policy_own_app_dev_admin",
        "create vault_policy.kv_policy_own_app_dev_user",
        "update vault_policy.kv_policy_own_app_user: policy",
      ],
      [
        "update vault_policy.kv_policy_own_admin: policy",
        "update vault_policy.kv_policy_own_app_admin: policy",
        "delete vault_policy.kv_policy_own_app_dev_admin",
        "delete vault_policy.kv_policy_own_app_dev_user",
        "update vault_policy.kv_policy_own_app_user: policy",
      ],
    ],
  ),
  row(
    "KeyValueAppProps.environmentPolicies",
    BOTH,
    kvApp((environmentPolicies) => ({ environmentPolicies })),
    [
      ["create vault_policy.kv_policy_own_app_dev_admin", "create vault_policy.kv_policy_own_app_dev_user"],
      ["delete vault_policy.kv_policy_own_app_dev_admin", "delete vault_policy.kv_policy_own_app_dev_user"],
      [],
    ],
  ),
  row(
    "KeyValueProps.provider",
    [false, true],
    (scope, key, moves, { provider, elsewhere }) =>
      new KeyValue(scope, "Kv", { mount: key, provider: moves ? elsewhere : provider, deletionProtection: false }),
    [["create vault_kv_secret_backend_v2.kv_config", "create vault_mount.kv"]],
  ),

  row(
    "InstanceSpec.appRole",
    ["a", "b"],
    config((path, key) => ({
      ...ENGINES(key),
      appRole: { path: `${key}-${path}` },
      roles: [{ name: key, certificates: ["web"] }],
    })),
    [["replace vault_approle_auth_backend_role.i_role_own: backend", "update vault_auth_backend.i_login: path"]],
  ),
  row(
    "InstanceSpec.roles",
    [true, false],
    config((exists, key) => ({ ...ENGINES(key), roles: exists ? [{ name: key, read: [`${key}-kv/a`] }] : [] })),
    [
      [
        "delete vault_approle_auth_backend_role.i_role_own",
        "delete vault_auth_backend.i_login",
        "delete vault_policy.i_role_own_policy",
      ],
    ],
  ),
  row(
    "PkiGrants.certificates",
    [undefined, ["web"], undefined],
    granted((certificates) => ({ certificates })),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),
  row(
    "PkiGrants.signCertificates",
    [undefined, ["web"], undefined],
    granted((signCertificates) => ({ signCertificates })),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),
  row(
    "PkiGrants.generateCertificates",
    [undefined, ["web"], undefined],
    granted((generateCertificates) => ({ generateCertificates })),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),
  row(
    "SshGrants.ssh",
    [undefined, ["ops"], undefined],
    granted((given) => ({ ssh: given })),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),
  row(
    "KeyValueGrants.read",
    ["a", "b"],
    granted((folder, key) => ({ read: [`${key}-kv/${folder}`] })),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),
  row(
    "KeyValueGrants.write",
    [undefined, "a", "b", undefined],
    granted((folder, key) => ({ write: folder === undefined ? undefined : [`${key}-kv/${folder}`] })),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),
  row(
    "KeyValueGrants.administer",
    [undefined, "a", "b", undefined],
    granted((folder, key) => ({ administer: folder === undefined ? undefined : [`${key}-kv/${folder}`] })),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),

  row(
    "KeyValueGrants.keyValuePolicies",
    [undefined, ["user"], ["admin"], undefined],
    granted(
      (names, key) => ({ keyValuePolicies: names?.map((name) => `${key}-app-${name}`) }),
      (key) => ({ keyValue: [{ mount: `${key}-kv`, organizations: [{ name: key, apps: [app(`${key}-app`)] }] }] }),
    ),
    [["update vault_policy.i_role_own_policy: policy"]],
  ),

  row(
    "IRootCa.limitsPathLength",
    [undefined, true, false, undefined],
    pki((limitsPathLength, { rootCa: { mount, provider, certificate } }) => ({
      rootCa: { mount, provider, certificate, limitsPathLength },
    })),
    [[]],
  ),
  row(
    "IRootCa.certificate",
    [false, true, false],
    pki((other, { rootCa: { mount, provider, certificate }, otherRootCa }) => ({
      rootCa: { mount, provider, certificate: other ? otherRootCa.certificate : certificate },
    })),
    [[]],
  ),
  row(
    "RootCaProps.address",
    ["https://a.example:8200", "https://b.example:8200"],
    (scope, key, address, { provider }) =>
      new RootCa(scope, "Ca", { commonName: key, mount: key, address, provider, deletionProtection: false }),
    [["update vault_pki_secret_backend_config_urls.ca_mount_urls: crl_distribution_points, issuing_certificates"]],
  ),
  row(
    "RootCaProps.namespace",
    [undefined, "team1", "team2", undefined],
    (scope, key, namespace, { provider, address }) =>
      new RootCa(scope, "Ca", { commonName: key, mount: key, address, namespace, provider, deletionProtection: false }),
    [["update vault_pki_secret_backend_config_urls.ca_mount_urls: crl_distribution_points, issuing_certificates"]],
  ),
  row(
    "RootCaProps.deletionProtection",
    [undefined, false, true, undefined],
    (scope, key, deletionProtection, { provider, address }) =>
      new RootCa(scope, "Ca", { commonName: key, mount: key, address, provider, deletionProtection }),
    [[]],
  ),
  row(
    "RootCaProps.provider",
    [false, true],
    (scope, key, other, { provider, alias, address }) =>
      new RootCa(scope, "Ca", {
        commonName: key,
        mount: key,
        address,
        provider: other ? alias : provider,
        deletionProtection: false,
      }),
    [[]],
  ),

  row(
    "CentralVaultProps.address",
    ["https://a.example:8200", "https://b.example:8200"],
    central((address) => ({ address })),
    [
      [
        "update vault_pki_secret_backend_config_urls.central_root_ca_mount_urls: crl_distribution_points, issuing_certificates",
      ],
    ],
  ),
  row(
    "CentralVaultProps.deletionProtection",
    [undefined, false, true, undefined],
    central((deletionProtection) => ({ deletionProtection })),
    [[]],
  ),
  row(
    "CentralVaultProps.maintenance",
    [undefined, true, undefined],
    central((maintenance) => ({ maintenance })),
    [
      [
        "update vault_approle_auth_backend_role.central_watch_role: token_policies",
        "create vault_policy.central_maintenance_policy",
      ],
      [
        "update vault_approle_auth_backend_role.central_watch_role: token_policies",
        "delete vault_policy.central_maintenance_policy",
      ],
    ],
  ),
  row(
    "CentralVaultProps.watchSecretIdTtl",
    [undefined, Duration.days(30), Duration.days(120), undefined],
    central((watchSecretIdTtl) => ({ watchSecretIdTtl })),
    [
      ["update vault_approle_auth_backend_role.central_watch_role: secret_id_ttl"],
      [
        "update vault_approle_auth_backend_role.central_watch_role: secret_id_ttl",
        "update vault_auth_backend.central_command_login: tune",
      ],
      [
        "update vault_approle_auth_backend_role.central_watch_role: secret_id_ttl",
        "update vault_auth_backend.central_command_login: tune",
      ],
    ],
  ),
  row(
    "CentralVaultProps.shareGroups",
    [undefined, ["a", "b"], ["a", "b", "c"], undefined],
    central((shareGroups) => ({ shareGroups })),
    [
      [...groups("create", ["a", "b"], "role"), ...shares("create"), ...groups("create", ["a", "b"], "policy")],
      [
        ...groups("create", ["c"], "role"),
        "update vault_kv_secret_v2.central_shares_groups: custom_metadata",
        ...groups("create", ["c"], "policy"),
      ],
      [
        ...groups("delete", ["a", "b", "c"], "role"),
        ...shares("delete"),
        ...groups("delete", ["a", "b", "c"], "policy"),
      ],
    ],
  ),
  row(
    "CentralVaultProps.pipeline",
    [undefined, "https://a.example", "https://b.example", undefined],
    central((issuer, servers) => ({ pipeline: issuer === undefined ? undefined : pipelines(servers, { issuer }) })),
    [
      ["create vault_jwt_auth_backend.central_pipeline_login"],
      ["update vault_jwt_auth_backend.central_pipeline_login: bound_issuer"],
      ["delete vault_jwt_auth_backend.central_pipeline_login"],
    ],
  ),
  row(
    "PipelineIssuer.issuer",
    ["https://a.example", "https://b.example"],
    central((issuer, servers) => ({ pipeline: pipelines(servers, { issuer }) })),
    [["update vault_jwt_auth_backend.central_pipeline_login: bound_issuer"]],
  ),
  row(
    "PipelineIssuer.jwksUrl",
    ["a", "b"],
    central((path, servers) => ({ pipeline: pipelines(servers, { jwksUrl: `${servers.issuer.address}/${path}` }) })),
    [["update vault_jwt_auth_backend.central_pipeline_login: jwks_url"]],
  ),
  row(
    "PipelineIssuer.jwksCaPem",
    [1, 2],
    central((times, servers) => ({
      pipeline: pipelines(servers, { jwksCaPem: servers.issuer.caCertificate.repeat(times) }),
    })),
    [["update vault_jwt_auth_backend.central_pipeline_login: jwks_ca_pem"]],
  ),
  row(
    "PipelineIssuer.login",
    [undefined, "a", "b", undefined],
    central((path, servers) => ({ pipeline: pipelines(servers, { login: path }) })),
    [["update vault_jwt_auth_backend.central_pipeline_login: path"]],
  ),
  row(
    "CentralVaultProps.provider",
    [false, true],
    central((other, { provider, alias }) => ({ provider: other ? alias : provider })),
    [[]],
  ),
  row(
    "CentralVaultProps.rootCaFile",
    [undefined, "a", "b", undefined],
    central((name, { folder }, key) => ({ rootCaFile: name && `${folder}/${key}-${name}.pem` })),
    [
      ["create terraform_data.central_root_ca_file"],
      ["run terraform_data.central_root_ca_file"],
      ["delete terraform_data.central_root_ca_file"],
    ],
  ),

  row(
    "TenantAccessProps.boundCidrs",
    [undefined, ["10.0.0.0/8"], ["10.0.0.0/16"], undefined],
    tenantAccess((boundCidrs) => ({ boundCidrs })),
    [
      ["deploy", "hook", "plan"].map(
        (identity) =>
          `update vault_approle_auth_backend_role.access_${identity}_role: secret_id_bound_cidrs, token_bound_cidrs`,
      ),
    ],
  ),
  row(
    "TenantAccessProps.intermediates",
    [undefined, [INTERMEDIATE], [{ ...INTERMEDIATE, commonName: "B" }], undefined],
    tenantAccess((intermediates) => ({ intermediates })),
    [DEPLOY_POLICY],
  ),
  row(
    "TenantIntermediate.commonName",
    ["A", "B"],
    intermediate((commonName) => ({ commonName })),
    [DEPLOY_POLICY],
  ),
  row(
    "TenantIntermediate.lifetime",
    [Duration.days(30), Duration.days(60)],
    intermediate((lifetime) => ({ lifetime })),
    [DEPLOY_POLICY],
  ),
  row(
    "TenantIntermediate.organization",
    [undefined, "A", "B", undefined],
    intermediate((organization) => ({ organization })),
    [DEPLOY_POLICY],
  ),
  row(
    "TenantIntermediate.permittedDomains",
    [["a.example"], ["b.example"]],
    intermediate((permittedDomains) => ({ permittedDomains })),
    [DEPLOY_POLICY],
  ),
  row(
    "TenantAccessProps.authorities",
    [undefined, ["main"], ["other"], undefined],
    tenantAccess((authorities) => ({ authorities })),
    [DEPLOY_POLICY],
  ),
  row(
    "TenantAccessProps.namespaces",
    [undefined, [NAMESPACE], [{ ...NAMESPACE, instance: "a/other" }], undefined],
    tenantAccess((namespaces) => ({ namespaces })),
    [HOOK_POLICIES],
  ),
  row(
    "SharedNamespace.instance",
    ["a/main", "a/other"],
    namespace((instance) => ({ instance })),
    [HOOK_POLICIES],
  ),
  row(
    "SharedNamespace.sharedInstance",
    ["shared/main", "other/main"],
    namespace((sharedInstance) => ({ sharedInstance })),
    [HOOK_POLICIES],
  ),
  row(
    "TenantAccessProps.secrets",
    [undefined, "a", "b", undefined],
    tenantAccess((path) => ({ secrets: path === undefined ? undefined : [{ mount: "operator", path }] })),
    [DEPLOY_POLICY],
  ),
  row(
    "TenantAccessProps.secretIdTtl",
    [undefined, Duration.days(1), Duration.days(2), undefined],
    tenantAccess((secretIdTtl) => ({ secretIdTtl })),
    [
      ["deploy", "hook", "plan"].map(
        (identity) => `update vault_approle_auth_backend_role.access_${identity}_role: secret_id_ttl`,
      ),
    ],
  ),
  row(
    "TenantAccessProps.servers",
    [undefined, [{ name: "main", host: "a.example" }], [{ name: "main", host: "b.example" }], undefined],
    tenantAccess((certified) => ({ servers: certified })),
    [
      ["create vault_pki_secret_backend_role.access_certificates"],
      ["update vault_pki_secret_backend_role.access_certificates: allowed_domains"],
      ["delete vault_pki_secret_backend_role.access_certificates"],
    ],
  ),
  row(
    "CertifiedServers.host",
    ["a.example", "b.example"],
    tenantAccess((host) => ({ servers: [{ name: "main", host }] })),
    [["update vault_pki_secret_backend_role.access_certificates: allowed_domains"]],
  ),
  row(
    "CertifiedServers.name",
    ["a", "b"],
    tenantAccess((name) => ({ servers: [{ name, host: "a.example" }] })),
    [["update vault_pki_secret_backend_role.access_certificates: allowed_domains"]],
  ),
  row(
    "TenantAccessProps.pipeline",
    [undefined, "a", "b", undefined],
    tenantAccess((audience) => ({
      pipeline: audience === undefined ? undefined : { ...PIPELINE, audiences: [audience] },
    })),
    [
      ["create vault_jwt_auth_backend_role.access_deploy_pipeline"],
      ["update vault_jwt_auth_backend_role.access_deploy_pipeline: bound_audiences"],
      ["delete vault_jwt_auth_backend_role.access_deploy_pipeline"],
    ],
  ),
  row(
    "TenantPipeline.audiences",
    ["a", "b"],
    tenantAccess((audience) => ({ pipeline: { ...PIPELINE, audiences: [audience] } })),
    [["update vault_jwt_auth_backend_role.access_deploy_pipeline: bound_audiences"]],
  ),
  row(
    "TenantPipeline.claims",
    ["a", "b"],
    tenantAccess((project_path) => ({ pipeline: { ...PIPELINE, claims: { deploy: { project_path } } } })),
    [["update vault_jwt_auth_backend_role.access_deploy_pipeline: bound_claims"]],
  ),
  row(
    "TenantPipeline.login",
    ["pipeline", "other-pipeline"],
    tenantAccess((path) => ({ pipeline: { ...PIPELINE, login: path } })),
    [["replace vault_jwt_auth_backend_role.access_deploy_pipeline: backend"]],
  ),
  row(
    "TenantAccessProps.provider",
    [false, true],
    tenantAccess((other, { provider, alias }) => ({ provider: other ? alias : provider })),
    [[]],
  ),
  row(
    "TenantAccessProps.tenant",
    ["a", "b"],
    tenantAccess((name, _servers, key) => ({ tenant: `${key}-${name}` })),
    [
      ["vault_approle_auth_backend_role.access_%_role: role_name", "vault_policy.access_%_policy: name"].flatMap(
        (line) => ["deploy", "hook", "plan"].map((identity) => `replace ${line.replace("%", identity)}`),
      ),
    ],
  ),
  row(
    "PkiTidy.interval",
    [undefined, Duration.hours(6), Duration.hours(24), undefined],
    pki((interval) => ({ tidy: { interval }, acme: { roles: [PKI_ROLE.name] } })),
    [["update vault_generic_endpoint.pki_mount_tidy: data_json"]],
  ),
];
