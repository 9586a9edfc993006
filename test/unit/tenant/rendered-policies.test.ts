import { describe, expect, test } from "vitest";
import type { InstanceSpec } from "../../../src/tenant";
import { defineTenant } from "../../../src/tenant";
import { lintPolicy } from "../../../src/policy/policy-lint";
import { parsePolicy } from "../../../src/policy/policy-reader";
import { instanceMounts } from "../../../src/tenant/instance-mounts";
import { all } from "../../support/all";
import { configOf } from "../../support/config";

const SECRET = { mount: "operator", path: "secret", field: "value" };
const ARN = "arn:aws:iam::123456789012:role/deploy";

const CLOUDS = [
  {
    cloud: "aws",
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: SECRET,
    region: "eu-central-1",
    roles: [{ type: "assumed-role", name: "deploy", roleArns: [ARN] }],
  },
  { cloud: "terraform", token: SECRET, roles: [{ name: "ci", userId: "user-V3R563qtJNcExAkN" }] },
];

/** An instance in which every construct writes its policies. */
function instanceOf(product: "openbao" | "vault"): InstanceSpec {
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
    ...(isVault ? { clouds: CLOUDS as never } : {}),
    logins: { oidc: { ...OIDC, clientSecret: SECRET } },
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
        login: { groups: ["developers"], oidc: "developers", appRole: true },
        certificates: ["web"],
        ssh: ["ops", "otp"],
        databases: ["orders/readonly", "orders/batch"],
        rotateDatabases: ["orders/batch"],
        read: ["kv/a", `kv/{{identity.entity.aliases.oidc.${isVault ? "name" : "metadata.mail"}}}`],
        write: ["kv/b"],
        administer: ["kv/c"],
        createTokens: ["jobs"],
        ...(isVault ? { clouds: ["aws/deploy", "terraform/ci"] } : {}),
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
  };
}

const OIDC = {
  discoveryUrl: "https://keycloak.example",
  clientId: "vault",
  redirectUris: ["https://main.example:8200/callback"],
  claimMappings: { email: "mail" },
};

describe.each(["openbao", "vault"] as const)("every policy that a tenant file writes for %s", (product) => {
  const spec = instanceOf(product);
  const { resource } = configOf(spec);
  const policies = Object.entries(resource.vault_policy ?? {}) as unknown as [string, { policy: string }][];

  test.each(all(policies.map(([name, { policy }]) => [name, policy] as const)))(
    "%s does what it says",
    (_name, policy) => {
      const [instance] = defineTenant({ name: "customer10", instances: [spec] }).instances;
      if (instance === undefined) throw new Error("There is no instance.");
      const text = policy
        .replaceAll("${vault_auth_backend.main_login.path}", "approle")
        .replaceAll(/\$\{[^}]*\}/g, "expression");
      const findings = lintPolicy(all(parsePolicy(text)), instanceMounts(instance));
      const own = findings.filter(({ message }) => !ON_PURPOSE.includes(message));
      expect(own.map(({ message }) => message)).toEqual([]);
    },
  );
});

/** Asked for on purpose: the engine's refusal of the deletion keeps the secrets, and says so. */
const ON_PURPOSE = [
  'The policy\'s path "kv/config" has the capability "delete", which no operation there needs; remove it.',
];
