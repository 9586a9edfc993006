import type { Product } from "../../src/core/product";
import type { InstanceSpec } from "../../src/tenant";

const SECRET = { mount: "operator", path: "secret", field: "value" };
const ARN = "arn:aws:iam::123456789012:role/deploy";
const ID = "8f6c1f6e-0c1b-4c5e-9d3a-5b7e2f4a1c60";
const ACCOUNT = "web@shop.iam.gserviceaccount.com";

/** Engines that OpenBao has by plugins alone. */
const CLOUDS: InstanceSpec["clouds"] = [
  {
    cloud: "aws",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: SECRET,
    region: "eu-central-1",
    roles: [{ type: "assumed-role", name: "deploy", roleArns: [ARN] }],
  },
  {
    cloud: "azure",
    subscriptionId: ID,
    tenantId: ID,
    clientId: ID,
    clientSecret: SECRET,
    roles: [{ name: "deploy", azureRoles: [{ roleName: "Reader", scope: `/subscriptions/${ID}` }] }],
  },
  { cloud: "gcp", credentials: SECRET, roles: [{ name: "deploy", serviceAccountEmail: ACCOUNT }] },
  { cloud: "terraform", token: SECRET, roles: [{ name: "ci", userId: "user-V3R563qtJNcExAkN" }] },
];

/** Logins that OpenBao has by plugins alone. */
const CLOUD_LOGINS: InstanceSpec["logins"] = {
  aws: {},
  azure: { tenantId: ID, resource: "api://main.example" },
  gcp: { credentials: SECRET },
  ldap: {
    urls: ["ldaps://ldap.example"],
    bindDn: "cn=vault,dc=example",
    bindPassword: SECRET,
    userDn: "ou=people,dc=example",
    groupDn: "ou=groups,dc=example",
  },
};

/** An instance that has every kind of engine and login of the product, and in which every construct writes its policies. */
export function fullInstance(product: Product): InstanceSpec {
  const isVault = product === "vault";
  return {
    name: "main",
    product,
    address: "https://main.example:8200",
    deployment: { mode: "external", addresses: ["https://10.0.0.1:8200"] },
    pki: {
      roles: [{ name: "web", allowedDomains: ["a.example"], maxTtl: "72h" }],
      acme: { roles: ["web"] },
    },
    ssh: {
      roles: [
        { type: "certificate", name: "ops", allowedUsers: ["ubuntu"], maxTtl: "30m" },
        { type: "one-time-password", name: "otp", defaultUser: "ubuntu", cidrs: ["10.0.0.0/8"] },
      ],
    },
    databases: [
      {
        name: "orders",
        engine: "postgresql",
        host: "postgres.example",
        database: "orders",
        username: "vault",
        password: SECRET,
        roles: [{ name: "readonly" }],
        staticRoles: [{ name: "batch", username: "batch", rotationPeriod: "24h" }],
      },
    ],
    keyValue: [{ mount: "kv", organizations: [{ name: "acme", apps: [{ name: "shop" }] }] }],
    ...(isVault ? { clouds: CLOUDS } : {}),
    logins: {
      gitlab: { audience: "https://main.example:8200" },
      github: { audience: "https://main.example:8200" },
      kubernetes: {},
      certificate: {},
      oidc: {
        discoveryUrl: "https://keycloak.example",
        clientId: "vault",
        clientSecret: SECRET,
        redirectUris: ["https://main.example:8200/callback"],
        claimMappings: { email: "mail" },
      },
      ...(isVault ? CLOUD_LOGINS : {}),
    },
    people: {
      mfa: { issuer: "main" },
      users: [
        { name: "alice", groups: ["developers"] },
        ...["users", "security", "servers", "privileged-access"].map((duty) => ({ name: duty, groups: [duty] })),
      ],
    },
    roles: [
      {
        name: "web",
        login: {
          appRole: true,
          gitlab: { projectId: 42 },
          github: { repository: "acme/shop", repositoryId: 7, branch: "main" },
          kubernetes: { namespace: "shop", serviceAccount: "web", audience: "vault" },
          certificate: "web.a.example",
          oidc: "developers",
          oidcGroups: ["readers"],
          groups: ["developers"],
          ...(isVault
            ? {
                aws: { principals: [ARN] },
                azure: { servicePrincipalIds: [ID] },
                gcp: { serviceAccounts: [ACCOUNT] },
                ldapGroups: ["developers"],
              }
            : {}),
        },
        certificates: ["web"],
        ssh: ["ops", "otp"],
        databases: ["orders/readonly", "orders/batch"],
        rotateDatabases: ["orders/batch"],
        read: ["kv/a", `kv/{{identity.entity.aliases.oidc.${isVault ? "name" : "metadata.mail"}}}`],
        write: ["kv/b"],
        administer: ["kv/c"],
        createTokens: ["jobs"],
        ...(isVault ? { clouds: ["aws/deploy", "azure/deploy", "gcp/deploy", "terraform/ci"] } : {}),
      },
      { name: "other", read: ["kv/other"] },
      { name: "pipeline", rotateSecretIds: ["other"] },
      ...(["users", "security", "servers", "privileged-access"] as const).map((duty) => ({
        name: `${duty}-admin`,
        duty,
        login: { groups: [duty] },
      })),
    ],
    tokenRoles: [{ name: "jobs", roles: ["other"] }],
    rateLimits: [{ name: "all", rate: 1_000 }],
  };
}
