import { HelmProvider as PrebuiltHelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider as PrebuiltKubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { OpenstackProvider as GeneratedOpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { VaultProvider as PrebuiltVaultProvider } from "@cdktf/provider-vault/lib/provider";
import { Testing, TerraformProvider, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import * as library from "../../../src/index";
import * as spi from "../../../src/spi";
import * as tenant from "../../../src/tenant";
import { testApp } from "../../support/synth";
import { CERTIFICATE } from "../../support/certificate";

const RANGES = {
  helm: "~> 3.1",
  kubernetes: "~> 2.38",
  openstack: "~> 3.4",
  vault: ">= 5.9, != 5.10.0, < 6",
};

type Build = (stack: TerraformStack, provider: TerraformProvider) => unknown;

/** The versions that a plain stack of cdktf requires. */
function requiredVersions(build: (stack: TerraformStack) => unknown): Record<string, string | undefined> {
  const stack = new TerraformStack(testApp(), "plain");
  build(stack);
  const { terraform } = JSON.parse(Testing.synth(stack)) as {
    terraform: { required_providers: Record<string, { version?: string }> };
  };
  return Object.fromEntries(Object.entries(terraform.required_providers).map(([name, { version }]) => [name, version]));
}

function addPrebuiltProviders(stack: TerraformStack): TerraformProvider {
  new GeneratedOpenstackProvider(stack, "OpenStack");
  new PrebuiltKubernetesProvider(stack, "Kubernetes");
  new PrebuiltHelmProvider(stack, "Helm");
  return new PrebuiltVaultProvider(stack, "Vault");
}

const CENTRAL = { address: "https://central:8200" };
const KUBECONFIG = { mount: "clusters", path: "customer10" };
const DEMAND: spi.Demand = {
  machines: [{ image: "ubuntu", flavor: { id: "3" }, count: 1 }],
  availabilityZones: [],
  volumeZones: [],
  ports: 1,
  floatingIps: 0,
  networks: 0,
  volumes: 0,
  gigabytes: 0,
  keyPairs: 0,
  serverGroups: 0,
  serverGroupMembers: 0,
  securityGroups: 0,
  securityGroupRules: 0,
};

/** Each exported construct alone in a stack. */
const SECRET = library.SecretRef.centralVault({ mount: "m", path: "p", field: "f" });

const CONSTRUCTS: Record<string, Build> = {
  AccessRole: (stack) => new library.AccessRole(stack, "C", { name: "web", login: { path: "approle" } }),
  AdminRole: (stack) =>
    new library.AdminRole(stack, "C", { name: "admin", duty: "servers", login: { path: "approle" } }),
  CertificateLogin: (stack) => new library.CertificateLogin(stack, "C", { caCertificate: CERTIFICATE }),
  GitHubLogin: (stack) => new library.GitHubLogin(stack, "C", { audience: "a" }),
  GitLabLogin: (stack) => new library.GitLabLogin(stack, "C", { audience: "a" }),
  KubernetesLogin: (stack) => new library.KubernetesLogin(stack, "C"),
  OidcLogin: (stack, centralProvider) =>
    new library.OidcLogin(stack, "C", {
      discoveryUrl: "https://keycloak.example",
      clientId: "vault",
      clientSecret: library.SecretRef.centralVault({ mount: "operator", path: "oidc", field: "secret" }),
      redirectUris: ["https://vault.example/callback"],
      centralProvider,
    }),
  LdapLogin: (stack, centralProvider) =>
    new library.LdapLogin(stack, "C", {
      product: "vault",
      urls: ["ldaps://ldap.example"],
      bindDn: "cn=vault,dc=example",
      bindPassword: library.SecretRef.centralVault({ mount: "operator", path: "ldap", field: "password" }),
      userDn: "ou=people,dc=example",
      groupDn: "ou=groups,dc=example",
      centralProvider,
    }),
  AwsLogin: (stack) => new library.AwsLogin(stack, "C", { product: "vault", serverId: "vault.example" }),
  AzureLogin: (stack) =>
    new library.AzureLogin(stack, "C", {
      product: "vault",
      tenantId: "8f6c1f6e-0c1b-4c5e-9d3a-5b7e2f4a1c60",
      resource: "api://vault.example",
    }),
  GcpLogin: (stack, centralProvider) =>
    new library.GcpLogin(stack, "C", { product: "vault", credentials: SECRET, centralProvider }),
  TokenRole: (stack) => {
    const web = new library.AccessRole(stack, "Web", { name: "web", login: { path: "approle" } });
    new library.TokenRole(stack, "C", { name: "ci", roles: [web] });
  },
  PluginCatalog: (stack) =>
    new library.PluginCatalog(stack, "C", {
      plugins: [{ type: "secret", name: "aws", command: "aws", version: "v0.1.0", sha256sum: "a".repeat(64) }],
    }),
  RateLimit: (stack) => new library.RateLimit(stack, "C", { name: "all", rate: 100 }),
  LeaseLimit: (stack) => new library.LeaseLimit(stack, "C", { name: "all", product: "vault", maxLeases: 100 }),
  Users: (stack) => new library.Users(stack, "C", { users: [] }),
  Workload: (stack) =>
    new library.Workload(stack, "C", {
      ...{ name: "web", namespace: "web", serviceAccount: "web", server: CENTRAL },
      login: new library.KubernetesLogin(stack, "Pods"),
      delivery: library.WorkloadDelivery.externalSecrets(),
      secrets: [
        library.WorkloadSecret.keyValue({ name: "web", keyValue: library.KeyValue.fromMount("kv"), path: "web" }),
      ],
    }),
  AppRoleLogin: (stack) => new library.AppRoleLogin(stack, "C"),
  AwsCredentials: (stack, centralProvider) =>
    new library.AwsCredentials(stack, "C", {
      product: "vault",
      accessKeyId: "AKIA",
      secretAccessKey: SECRET,
      region: "eu-central-1",
      roles: [],
      centralProvider,
    }),
  AzureCredentials: (stack, centralProvider) =>
    new library.AzureCredentials(stack, "C", {
      product: "vault",
      subscriptionId: "s",
      tenantId: "t",
      clientId: "c",
      clientSecret: SECRET,
      roles: [],
      centralProvider,
    }),
  CentralSecret: (stack, provider) => new spi.CentralSecret(stack, "C", provider, { mount: "m", path: "p" }),
  CentralVault: (stack) => new library.CentralVault(stack, "C", { address: CENTRAL.address }),
  ClusterProviders: (stack, centralProvider) =>
    new library.ClusterProviders(stack, "C", { kubeconfig: KUBECONFIG, centralProvider }),
  DeletionProtection: (stack) => new library.DeletionProtection(stack, "C", {}),
  DynamicDb: (stack, centralProvider) =>
    new library.DynamicDb(stack, "C", {
      name: "orders",
      database: library.Database.postgresql({
        host: "postgres.example",
        database: "orders",
        username: "vault",
        password: SECRET,
      }),
      roles: [],
      centralProvider,
    }),
  EphemeralResource: (stack, provider) =>
    new spi.EphemeralResource(stack, "C", { type: "vault_kv_secret_v2", provider, attributes: {} }),
  GcpCredentials: (stack, centralProvider) =>
    new library.GcpCredentials(stack, "C", { product: "vault", credentials: SECRET, roles: [], centralProvider }),
  InstanceConfig: (stack, provider) => {
    const [instance] = tenant.defineTenant({
      name: "customer10",
      instances: [
        {
          name: "main",
          product: "openbao",
          address: "https://vault.example:8200",
          deployment: { mode: "external", addresses: ["https://vault.example:8200"] },
          keyValue: [{ mount: "kv" }],
        },
      ],
    }).instances;
    if (instance === undefined) throw new Error("no instance");
    new tenant.InstanceConfig(stack, "C", {
      tenant: "customer10",
      instance,
      rootCa: { mount: "pki-root" },
      provider,
      centralProvider: provider,
    });
  },
  InstanceNamespace: (stack) =>
    new library.InstanceNamespace(stack, "C", {
      ...{ name: "n", tenant: "t", release: "r", secrets: ["s"], replicas: 3 },
      kubernetesApi: [],
    }),
  InstanceProvider: (stack, centralProvider) =>
    new library.InstanceProvider(stack, "C", { tenant: "t", name: "n", address: "https://v", centralProvider }),
  KeyValue: (stack) => new library.KeyValue(stack, "C"),
  PasswordPolicy: (stack) => new library.PasswordPolicy(stack, "C", { name: "long" }),
  Preflight: (stack) => new spi.Preflight(stack, "C", { demand: DEMAND, checkQuotas: true }),
  RaftSnapshots: (stack) =>
    new library.RaftSnapshots(stack, "C", {
      address: CENTRAL.address,
      login: library.WatchLogin.jwt("operator-cluster"),
      image: { repository: "registry.example/tenant-vault", tag: "1.0.0" },
      instances: ["customer10/main"],
      recipients: ["age1ylwl43vak7k2l4w386xk5gj7j7xxexc3zpsc2zvwcu97sxv6h3jqx4d7lv"],
      target: "s3://backups/vault",
      credentialsSecret: "storage",
    }),
  PlaceholderHook: (stack) =>
    new library.PlaceholderHook(stack, "C", {
      tenant: "customer10",
      name: "main",
      keyValues: [new library.KeyValue(stack, "Kv")],
      central: { address: "https://central:8200" },
    }),
  RetirementGuard: (stack) => new library.RetirementGuard(stack, "C", { instances: [{ name: "main" }] }),
  RootCa: (stack) => new library.RootCa(stack, "C", { commonName: "Root", address: CENTRAL.address }),
  SshCa: (stack) => new library.SshCa(stack, "C", { roles: [] }),
  TenantAccess: (stack) => new library.TenantAccess(stack, "C", { tenant: "customer10" }),
  TenantCluster: (stack) =>
    new library.TenantCluster(stack, "C", {
      tenant: "customer10",
      network: { cidr: "20.0.0.0/24", externalNetwork: "public" },
      image: "ubuntu",
      flavor: { id: "3" },
      key: { keyPair: "operator" },
    }),
  TenantPKI: (stack) =>
    new library.TenantPKI(stack, "C", {
      commonName: "CA",
      rootCa: { mount: "pki-root" },
      address: "https://vault.example:8200",
      roles: [],
    }),
  UnsealWatch: (stack) =>
    new library.UnsealWatch(stack, "C", {
      address: CENTRAL.address,
      login: library.WatchLogin.jwt("operator-cluster"),
      image: { repository: "registry.example/tenant-vault", tag: "1.0.0" },
    }),
  VaultInstance: (stack) =>
    new library.VaultInstance(stack, "C", {
      tenant: "customer10",
      name: "main",
      product: "openbao",
      address: "https://vault.example:8200",
      central: CENTRAL,
      deployment: new library.ExternalDeployment({ addresses: ["https://vault.example:8200"] }),
    }),
  TerraformCloudCredentials: (stack, centralProvider) =>
    new library.TerraformCloudCredentials(stack, "C", { product: "vault", token: SECRET, roles: [], centralProvider }),
};

const isClassOf = (value: unknown, ...bases: (abstract new (...parameters: never[]) => object)[]): boolean =>
  typeof value === "function" && bases.some((base) => value.prototype instanceof base);

/** Names of the constructs that the package exports, without stacks, providers and variables. */
const EXPORTED = Object.entries({ ...library, ...tenant, ...spi })
  .filter(
    ([, value]) =>
      isClassOf(value, Construct) && !isClassOf(value, TerraformStack, TerraformProvider, TerraformVariable),
  )
  .map(([name]) => name);

describe("a plain TerraformStack with the prebuilt providers requires ranges if it contains", () => {
  test("any construct that the package exports, so the table has all of them", () => {
    expect(Object.keys(CONSTRUCTS).sort()).toEqual(EXPORTED.sort());
  });

  test.each(Object.entries(CONSTRUCTS))("%s", (_name, build) => {
    expect(
      requiredVersions((stack) => {
        build(stack, addPrebuiltProviders(stack));
      }),
    ).toEqual(RANGES);
  });

  test("a construct that is older than the providers", () => {
    expect(
      requiredVersions((stack) => {
        new library.KeyValue(stack, "Tree");
        addPrebuiltProviders(stack);
      }),
    ).toEqual(RANGES);
  });
});

test("without a construct of the package, the prebuilt providers keep their exact versions", () => {
  expect(requiredVersions(addPrebuiltProviders).vault).toMatch(/^\d+\.\d+\.\d+$/);
});

test("an override of a version takes precedence", () => {
  const versions = requiredVersions((stack) => {
    new library.KeyValue(stack, "Tree");
    addPrebuiltProviders(stack);
    stack.addOverride("terraform.required_providers.vault.version", "5.9.0");
  });
  expect(versions).toEqual({ ...RANGES, vault: "5.9.0" });
});

test("the package's providers require ranges by themselves", () => {
  const versions = requiredVersions((stack) => {
    for (const Provider of [
      library.HelmProvider,
      library.KubernetesProvider,
      library.OpenstackProvider,
      library.VaultProvider,
    ])
      new Provider(stack, Provider.tfResourceType);
  });
  expect(versions).toEqual(RANGES);
});
