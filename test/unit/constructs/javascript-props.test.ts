import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  AccessRole,
  AppRoleLogin,
  CentralVault,
  CertificateLogin,
  ClusterProviders,
  Database,
  DynamicDb,
  PasswordPolicy,
  GcpCredentials,
  GcpLogin,
  GitLabLogin,
  HighAvailabilityDeployment,
  InstanceProvider,
  KeyValue,
  KubernetesLogin,
  LdapLogin,
  OidcLogin,
  PlaceholderHook,
  Provisioner,
  RaftSnapshots,
  RootCa,
  Seal,
  SecretRef,
  Size,
  SshCa,
  StandaloneDeployment,
  TenantAccess,
  TenantCluster,
  PkiAuthority,
  TenantPKI,
  UnsealWatch,
  LeaseLimit,
  PluginCatalog,
  RateLimit,
  TokenRole,
  Users,
  ValidationError,
  VaultProvider,
  WatchLogin,
  Workload,
  WorkloadDelivery,
  WorkloadSecret,
  type LayerStack,
  type TenantClusterProps,
} from "../../../src/index";
import { AuditDevices } from "../../../src/constructs/vault-instance/audit-devices";
import { OpenstackProvider } from "../../../src/terraform/providers/openstack";
import { all } from "../../support/all";
import { PROJECT } from "../../support/checker";
import { STORED, synthesizeInstance } from "../../support/instance";
import { synthesize } from "../../support/synth";
import { CLUSTER_PROPS } from "../../support/tenant-cluster";
import { CERTIFICATE } from "../../support/certificate";

/** What a JavaScript program may pass for a Size. */
const TEXT = "20Gi" as unknown as Size;

/** What it may pass for a SecretRef. */
const WRONG_SECRETS = {
  location: { mount: "operator", path: "db", field: "password" },
  "complete location": { mount: "operator", path: "db", field: "password", revision: 1 },
  text: "hunter2",
  nothing: undefined,
} as unknown as Readonly<Record<string, SecretRef>>;

function cluster(props: object): unknown {
  return synthesize((stack) => {
    new OpenstackProvider(stack, "OpenStack");
    new TenantCluster(stack, "Cluster", { ...CLUSTER_PROPS, ...(props as Partial<TenantClusterProps>) });
  });
}

const SIZES: Readonly<Record<string, () => unknown>> = {
  "VolumeSizes.dataSize": () => synthesizeInstance(new HighAvailabilityDeployment({ ...STORED, dataSize: TEXT })),
  "VolumeSizes.auditSize": () => synthesizeInstance(new StandaloneDeployment({ ...STORED, auditSize: TEXT })),
  "TenantClusterProps.bootVolume: size": () => cluster({ bootVolume: { size: TEXT } }),
  "NodePool.volumes: size": () => cluster({ pools: [{ name: "db", count: 1, volumes: [{ size: TEXT }] }] }),
  "GatewayProps.bootVolume: size": () => cluster({ bastion: { floatingIpPool: "public", bootVolume: { size: TEXT } } }),
};

describe("C10: a text for a Size is refused, and the prop is named", () => {
  test.each(Object.entries(SIZES))("%s", (prop, make) => {
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(
      `${/\w+$/.exec(prop)?.[0]} is "20Gi", which is not a Size; write one, such as Size.gibibytes(10).`,
    );
  });
});

describe.each(Object.entries(WRONG_SECRETS))("C10: for a SecretRef, %s is refused and not shown", (kind, secret) => {
  const seal = (it: Seal) => synthesizeInstance(new HighAvailabilityDeployment(STORED), { seal: it });
  const gcp = { project: "p", region: "r", keyRing: "k", cryptoKey: "c" };
  const right = SecretRef.centralVault({ mount: "operator", path: "seal", field: "id" });

  test.each<[string, () => unknown]>([
    ["password", () => Database.postgresql({ host: "h", database: "d", username: "u", password: secret })],
    ["BAO_HSM_PIN", () => seal(Seal.pkcs11({ library: "/lib/a.so", tokenLabel: "t", keyLabel: "k", pin: secret }))],
    [
      "AWS_SECRET_ACCESS_KEY",
      () =>
        seal(
          Seal.awsKms({
            region: "r",
            kmsKeyId: "k",
            credentials: { accessKeyId: right, secretAccessKey: secret },
          }),
        ),
    ],
    ["clientSecret", () => synthesize((stack) => new OidcLogin(stack, "It", { ...OIDC, clientSecret: secret }))],
    ["2026", () => seal(Seal.staticKey({ keyId: "2026", key: secret }))],
    // Without credentials, the pods have an identity of their own.
    ...(kind === "nothing"
      ? []
      : [
          ["credentials.json", () => seal(Seal.gcpCloudKms({ ...gcp, credentials: secret }))] as [
            string,
            () => unknown,
          ],
        ]),
  ])("%s", (name, make) => {
    expect(make).toThrow(ValidationError);
    expect(make).toThrow(/ is not a SecretRef; write one, such as SecretRef\.centralVault\(/);
    expect(make).toThrow(name);
    expect(make).not.toThrow(/hunter2/);
  });
});

test("C10: Magnum without centralProvider is refused", () => {
  const provisioner = Provisioner.magnum({ stateHoldsKubeconfig: true } as never);
  expect(() => cluster({ operatorCidrs: [], provisioner })).toThrow(
    "[test/Cluster] Magnum's kubeconfig goes to the central Vault, but its provider is missing; pass centralProvider to Provisioner.magnum.",
  );
});

const ADDRESS = "https://vault:8200";
const PKI = { commonName: "CA", address: ADDRESS, rootCa: { mount: "pki-root" }, roles: [] };
const WATCH = {
  address: ADDRESS,
  login: WatchLogin.jwt("operator-cluster"),
  image: { repository: "registry.example/tenant-vault", tag: "1.0.0" },
};
const SNAPSHOTS = {
  ...WATCH,
  instances: ["customer10/main"],
  recipients: ["age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"],
  target: "s3://snapshots/main",
  credentialsSecret: "s3",
};
const DATABASE = {
  name: "orders",
  roles: [],
  database: Database.postgresql({
    host: "postgres",
    database: "orders",
    username: "vault",
    password: SecretRef.centralVault({ mount: "operator", path: "db", field: "password" }),
  }),
  centralProvider: undefined as unknown as VaultProvider,
};

const CLOUD = {
  product: "vault",
  credentials: SecretRef.centralVault({ mount: "operator", path: "gcp", field: "key" }),
  roles: [],
  centralProvider: undefined as unknown as VaultProvider,
} as const;

const OIDC = {
  discoveryUrl: "https://keycloak.example",
  clientId: "vault",
  clientSecret: SecretRef.centralVault({ mount: "operator", path: "oidc", field: "secret" }),
  redirectUris: ["https://vault.example/callback"],
  centralProvider: undefined as unknown as VaultProvider,
};

const LDAP = {
  product: "vault" as const,
  urls: ["ldaps://ldap.example"],
  bindDn: "cn=vault,dc=example",
  bindPassword: SecretRef.centralVault({ mount: "operator", path: "ldap", field: "password" }),
  userDn: "ou=people,dc=example",
  groupDn: "ou=groups,dc=example",
  centralProvider: undefined as unknown as VaultProvider,
};

const GCP = {
  product: "vault" as const,
  credentials: SecretRef.centralVault({ mount: "operator", path: "gcp", field: "key" }),
  centralProvider: undefined as unknown as VaultProvider,
};

/** Gives a construct something else for one of its props that take an object of a class, by interface and prop. */
const OBJECTS: Readonly<Record<string, (stack: LayerStack, prop: object) => unknown>> = {
  "VaultInstanceProps: deployment": (_, prop) => synthesizeInstance(undefined as never, prop),
  "VaultInstanceProps: seal": (_, prop) => synthesizeInstance(new StandaloneDeployment(STORED), prop),
  "VaultInstanceProps: central": (_, prop) => synthesizeInstance(new StandaloneDeployment(STORED), prop),
  "VaultInstanceProps: centralProvider": (_, prop) => synthesizeInstance(new StandaloneDeployment(STORED), prop),
  "HelmDeploymentProps: cluster": deployed,
  "HelmDeploymentProps: certificate": deployed,
  "HelmDeploymentProps: exposure": deployed,
  "HelmDeploymentProps: auditDevices": deployed,
  "HelmDeploymentProps: selfInitialization": deployed,
  "InstanceFlows: clients": deployed,
  "InstanceFlows: kubernetesApi": deployed,
  "HighAvailabilityDeploymentProps: storage": deployed,
  "StandaloneDeploymentProps: storage": (_, prop) =>
    synthesizeInstance(new StandaloneDeployment({ ...STORED, ...prop })),
  "TenantClusterProps: provisioner": (_, prop) => cluster(prop),
  "TenantClusterProps: apiAccess": (_, prop) => cluster(prop),
  "KubesprayProps: central": (_, prop) => cluster({ provisioner: Provisioner.kubespray(prop) }),
  "MagnumProps: centralProvider": (_, prop) =>
    cluster({ operatorCidrs: [], provisioner: Provisioner.magnum({ stateHoldsKubeconfig: true, ...prop } as never) }),
  "DynamicDbProps: database": (stack, prop) => new DynamicDb(stack, "It", { ...DATABASE, ...prop }),
  "DynamicDbProps: centralProvider": (stack, prop) => new DynamicDb(stack, "It", { ...DATABASE, ...prop }),
  "DynamicDbProps: provider": (stack, prop) => new DynamicDb(stack, "It", { ...DATABASE, ...prop }),
  "PasswordPolicyProps: provider": (stack, prop) => new PasswordPolicy(stack, "It", { name: "long", ...prop }),
  "CloudCredentialsProps: centralProvider": (stack, prop) => new GcpCredentials(stack, "It", { ...CLOUD, ...prop }),
  "CloudCredentialsProps: provider": (stack, prop) => new GcpCredentials(stack, "It", { ...CLOUD, ...prop }),
  "SshCaProps: roles": (stack, prop) => new SshCa(stack, "It", { roles: [], ...prop }),
  "SshCaProps: key": (stack, prop) => new SshCa(stack, "It", { roles: [], ...prop }),
  "SshCaProps: provider": (stack, prop) => new SshCa(stack, "It", { roles: [], ...prop }),
  "SshHostsProps: login": (stack, prop) =>
    new SshCa(stack, "It", { roles: [], hosts: { address: ADDRESS, users: {}, ...prop } }),
  "PlaceholderHookProps: central": (stack, prop) =>
    new PlaceholderHook(stack, "It", { tenant: "customer10", name: "main", keyValues: [], ...prop } as never),
  "HookTarget: central": (stack, prop) =>
    new TenantPKI(stack, "It", {
      ...PKI,
      rootCa: undefined,
      authority: PkiAuthority.exported(),
      hook: { tenant: "customer10", name: "main", ...prop },
    } as never),
  "KeyValueProps: provider": (stack, prop) => new KeyValue(stack, "It", prop),
  "AppRoleLoginProps: provider": (stack, prop) => new AppRoleLogin(stack, "It", prop),
  "CertificateLoginProps: provider": (stack, prop) =>
    new CertificateLogin(stack, "It", { caCertificate: CERTIFICATE, ...prop }),
  "JwtLoginProps: provider": (stack, prop) => new GitLabLogin(stack, "It", { audience: "a", ...prop }),
  "KubernetesLoginProps: provider": (stack, prop) => new KubernetesLogin(stack, "It", prop),
  "OidcLoginProps: centralProvider": (stack, prop) => new OidcLogin(stack, "It", { ...OIDC, ...prop }),
  "LdapLoginProps: centralProvider": (stack, prop) => new LdapLogin(stack, "It", { ...LDAP, ...prop }),
  "OidcLoginProps: provider": (stack, prop) => new OidcLogin(stack, "It", { ...OIDC, ...prop }),
  "LdapLoginProps: provider": (stack, prop) => new LdapLogin(stack, "It", { ...LDAP, ...prop }),
  "CloudLoginProps: provider": (stack, prop) => new GcpLogin(stack, "It", { ...GCP, ...prop }),
  "GcpLoginProps: centralProvider": (stack, prop) => new GcpLogin(stack, "It", { ...GCP, ...prop }),
  "WorkloadProps: provider": (stack, prop) =>
    new Workload(stack, "It", {
      ...{ name: "web", namespace: "web", serviceAccount: "web", server: { address: ADDRESS } },
      login: new KubernetesLogin(stack, "Pods"),
      delivery: WorkloadDelivery.agentInjector(),
      secrets: [WorkloadSecret.keyValue({ name: "web", keyValue: KeyValue.fromMount("kv"), path: "web" })],
      ...prop,
    }),
  "UsersProps: provider": (stack, prop) => new Users(stack, "It", { users: [], ...prop }),
  "TokenRoleProps: provider": (stack, prop) => new TokenRole(stack, "It", { name: "ci", roles: [], ...prop }),
  "PluginCatalogProps: provider": (stack, prop) => new PluginCatalog(stack, "It", { plugins: [], ...prop }),
  "RateLimitProps: provider": (stack, prop) => new RateLimit(stack, "It", { name: "all", rate: 100, ...prop }),
  "LeaseLimitProps: provider": (stack, prop) =>
    new LeaseLimit(stack, "It", { name: "all", product: "vault", maxLeases: 100, ...prop }),
  "AccessRoleProps: login": (stack, prop) => new AccessRole(stack, "It", { name: "web", ...prop } as never),
  "AccessRoleProps: provider": (stack, prop) =>
    new AccessRole(stack, "It", { name: "web", login: { path: "approle" }, ...prop }),
  "TenantPKIProps: rootCa": (stack, prop) => new TenantPKI(stack, "It", { ...PKI, ...prop }),
  "TenantPKIProps: authority": (stack, prop) => new TenantPKI(stack, "It", { ...PKI, rootCa: undefined, ...prop }),
  "TenantPKIProps: login": (stack, prop) => new TenantPKI(stack, "It", { ...PKI, ...prop }),
  "TenantPKIProps: provider": (stack, prop) => new TenantPKI(stack, "It", { ...PKI, ...prop }),
  "IRootCa: provider": (stack, prop) => new TenantPKI(stack, "It", { ...PKI, rootCa: { mount: "pki-root", ...prop } }),
  "RootCaProps: provider": (stack, prop) => new RootCa(stack, "It", { commonName: "root", address: ADDRESS, ...prop }),
  "CentralVaultProps: provider": (stack, prop) => new CentralVault(stack, "It", { address: ADDRESS, ...prop }),
  "TenantAccessProps: provider": (stack, prop) => new TenantAccess(stack, "It", { tenant: "customer10", ...prop }),
  "InstanceProviderProps: centralProvider": (stack, prop) =>
    new InstanceProvider(stack, "It", { tenant: "customer10", name: "main", address: ADDRESS, ...prop } as never),
  "ClusterProvidersProps: centralProvider": (stack, prop) =>
    new ClusterProviders(stack, "It", { kubeconfig: { mount: "clusters", path: "customer10" }, ...prop } as never),
  "AuditDevicesProps: auditDevices": (stack, prop) => new AuditDevices(stack, "It", prop as never),
  "AuditDevicesProps: provider": (stack, prop) => new AuditDevices(stack, "It", prop as never),
  "UnsealWatchProps: login": (stack, prop) => new UnsealWatch(stack, "It", { ...WATCH, ...prop }),
  "UnsealWatchProps: provider": (stack, prop) => new UnsealWatch(stack, "It", { ...WATCH, ...prop }),
  "UnsealWatchProps: centralProvider": (stack, prop) => new UnsealWatch(stack, "It", { ...WATCH, ...prop }),
  "RaftSnapshotsProps: login": (stack, prop) => new RaftSnapshots(stack, "It", { ...SNAPSHOTS, ...prop }),
  "RaftSnapshotsProps: provider": (stack, prop) => new RaftSnapshots(stack, "It", { ...SNAPSHOTS, ...prop }),
  "RaftSnapshotsProps: centralProvider": (stack, prop) => new RaftSnapshots(stack, "It", { ...SNAPSHOTS, ...prop }),
  "Egress: to": (_, prop) => deployed(undefined, { egress: [{ port: 443, ...prop }] }),
};

function deployed(_: unknown, prop: object): unknown {
  return synthesizeInstance(new HighAvailabilityDeployment({ ...STORED, ...prop }));
}

/** Props of constructs that take an object of a class or of an interface for extensions. */
function objectProps(): string[] {
  const root = join(PROJECT, "src");
  const types =
    "TerraformProvider|ISeal|IDeployment|CentralVaultAccess|IKubernetesCluster|ServerCertificate|Exposure|AuditDevice|SelfInitialization|NetworkPeer|IVaultStorage|IProvisioner|ApiAccess|Database|SshCaKey|SshRole|IAppRoleLogin|RoleLogin \\| readonly RoleLogin\\[\\]|IRootCa|PkiAuthority|WatchLogin";
  return all(["constructs", "terraform"]).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [
        ...readFileSync(join(root, folder, file), "utf8").matchAll(/^export interface (\w+)[^{]*\{([^]*?)^\}/gm),
      ])
      .flatMap(([, name = "", body = ""]) =>
        [
          ...body.matchAll(new RegExp(`readonly (\\w+)\\??: (readonly )?(${types})(\\[\\])?( \\| undefined)?;`, "g")),
        ].map(([, prop = ""]) => `${name}: ${prop}`),
      ),
  );
}

/** Interfaces that only the library's own code fills, or an extension, which is compiled. */
const INTERNAL = [
  "AuthorityProps",
  "ClusterContext",
  "CommandNamespaceProps",
  "CentralConnection",
  "DeploymentContext",
  "EphemeralResourceProps",
  "ExternalGroupsProps",
  "GroupProps",
  "HelmValuesProps",
  "HookProps",
  "ImportedSshKeyProps",
  "IntermediateProps",
  "PkiMountProps",
  "RoleToken",
  "SealContext",
  "ServerConfigProps",
  "ShareGroupsProps",
  "SshAuthorityProps",
  "UnsealHookProps",
  "UserAccount",
];

describe("C10: something else for an object of a class is refused, and the prop is named", () => {
  test("each prop is tested", () => {
    const props = objectProps().filter((prop) => !INTERNAL.includes(prop.split(": ")[0] ?? ""));
    expect(new Set(props)).toEqual(new Set(Object.keys(OBJECTS)));
  });

  const wrong = { text: "shamir", "plain object": { type: "shamir" }, function: () => Seal.shamir(), nothing: null };
  const cases = Object.keys(OBJECTS).flatMap((prop) =>
    Object.entries(wrong).map(([kind, value]) => ({ prop, kind, value })),
  );

  test.each(cases)("$prop: a $kind", ({ prop, value }) => {
    const name = /\w+$/.exec(prop)?.[0] ?? "";
    const give = (): unknown => synthesize((stack) => void OBJECTS[prop]?.(stack, { [name]: value }));
    expect(give).toThrow(ValidationError);
    expect(give).toThrow(new RegExp(`(^|\\] )${name} is .*, which is not an? .*; write one, such as .*\\.$`));
  });

  test.each(["auditDevices", "clients", "kubernetesApi", "roles"])("%s: a list with a text", (name) => {
    const prop = Object.keys(OBJECTS).find((each) => each.endsWith(`: ${name}`)) ?? "";
    const give = (): unknown => synthesize((stack) => void OBJECTS[prop]?.(stack, { [name]: ["10.0.0.0/8"] }));
    expect(give).toThrow(ValidationError);
    expect(give).toThrow(`${name}[0] is "10.0.0.0/8", which is not a`);
  });

  test.each(["VaultInstanceProps: deployment", "HelmDeploymentProps: certificate", "UnsealWatchProps: login"])(
    "%s: missing",
    (prop) => {
      const name = /\w+$/.exec(prop)?.[0] ?? "";
      const give = (): unknown => synthesize((stack) => void OBJECTS[prop]?.(stack, { [name]: undefined }));
      expect(give).toThrow(ValidationError);
      expect(give).toThrow(`${name} is missing, which is not a`);
    },
  );
});
