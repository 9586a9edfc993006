import { ApproleAuthBackendRole } from "@cdktf/provider-vault/lib/approle-auth-backend-role";
import { AuthBackend } from "@cdktf/provider-vault/lib/auth-backend";
import { DatabaseSecretBackendRole } from "@cdktf/provider-vault/lib/database-secret-backend-role";
import { DatabaseSecretsMount } from "@cdktf/provider-vault/lib/database-secrets-mount";
import { DataVaultPkiSecretBackendIssuer } from "@cdktf/provider-vault/lib/data-vault-pki-secret-backend-issuer";
import { GenericEndpoint } from "@cdktf/provider-vault/lib/generic-endpoint";
import { KvSecretBackendV2 } from "@cdktf/provider-vault/lib/kv-secret-backend-v2";
import { Mount } from "@cdktf/provider-vault/lib/mount";
import { PkiSecretBackendConfigIssuers } from "@cdktf/provider-vault/lib/pki-secret-backend-config-issuers";
import { PkiSecretBackendConfigUrls } from "@cdktf/provider-vault/lib/pki-secret-backend-config-urls";
import { PkiSecretBackendIntermediateCertRequest } from "@cdktf/provider-vault/lib/pki-secret-backend-intermediate-cert-request";
import { PkiSecretBackendIntermediateSetSigned } from "@cdktf/provider-vault/lib/pki-secret-backend-intermediate-set-signed";
import { PkiSecretBackendRole } from "@cdktf/provider-vault/lib/pki-secret-backend-role";
import { PkiSecretBackendRootSignIntermediate } from "@cdktf/provider-vault/lib/pki-secret-backend-root-sign-intermediate";
import { Policy } from "@cdktf/provider-vault/lib/policy";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import { SshSecretBackendCa } from "@cdktf/provider-vault/lib/ssh-secret-backend-ca";
import { SshSecretBackendRole } from "@cdktf/provider-vault/lib/ssh-secret-backend-role";
import { Fn, TerraformOutput, TerraformResource, type App, type TerraformStack } from "cdktf";
import { RecordedValue } from "../../../src/terraform/recorded-value";
import { CENTRAL_ADDRESS, CRL, deletionProtection, emptyStack, policy } from "./stack";

const PASSWORDS = ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "-"].reduce(
  (text, charset) => `${text}\nrule "charset" {\n  charset = "${charset}"\n  min-chars = 1\n}`,
  "length = 24",
);

/** What a login says of its client ends no statement. */
const NAMES = `{{printf "v-%s-%s-%s-%s" ((.DisplayName${["'", '"', "`", "\\", ";", "$", "[", "]", "{", "}"]
  .map((each) => ` | replace ${JSON.stringify(each)} ""`)
  .join("")}) | truncate 8) (.RoleName | truncate 8) (random 20) (unix_time) | truncate 63}}`;

const STATEMENTS = [
  `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
  'GRANT CONNECT ON DATABASE "orders" TO "{{name}}"',
  'GRANT USAGE ON SCHEMA public TO "{{name}}"',
  'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}"',
];

/** What the servers of a tenant do: certificates, SSH, databases, secrets, and the roles of applications. */
export function configStack(app: App, tenant: string): TerraformStack {
  const stack = emptyStack(app, `${tenant}-config`);
  const address = `https://${tenant}.customers.operator.example:8200`;
  deletionProtection(stack);
  const central = new VaultProvider(stack, "central", { alias: "central", address: CENTRAL_ADDRESS });
  const provider = new VaultProvider(stack, "vault", {
    alias: "instance-main",
    address,
    token: '${ephemeral.vault_kv_secret_v2.record.data["root-token"]}',
  });
  stack.addOverride("ephemeral", {
    vault_kv_secret_v2: {
      record: { provider: "vault.central", mount: "customers", name: `${tenant}/main` },
      password: { provider: "vault.central", mount: "operator", name: "postgresql" },
    },
  });
  const lifecycle = { preventDestroy: true };
  const commonName = `${tenant} main CA`;
  const pki = new Mount(stack, "pki", {
    path: "pki",
    type: "pki",
    maxLeaseTtlSeconds: 157_680_000,
    description: commonName,
    lifecycle,
    provider,
  });
  const request = new PkiSecretBackendIntermediateCertRequest(stack, "request", {
    backend: pki.path,
    type: "internal",
    commonName,
    keyType: "ec",
    keyBits: 384,
    excludeCnFromSans: true,
    lifecycle,
    provider,
  });
  const root = new DataVaultPkiSecretBackendIssuer(stack, "root", {
    backend: "pki-root",
    issuerRef: "default",
    provider: central,
  });
  const created = new RecordedValue(stack, "created", { values: { time: "${plantimestamp()}" }, preventDestroy: true });
  const signed = new PkiSecretBackendRootSignIntermediate(stack, "signed", {
    backend: "pki-root",
    csr: request.csr,
    commonName,
    ttl: "157680000",
    excludeCnFromSans: true,
    maxPathLength: 0,
    lifecycle: {
      precondition: [
        {
          condition: `\${timecmp(${created.fqn}.input.time, ${root.fqn}.certificate) <= 0}`,
          errorMessage: "The intermediate would outlive its root.",
        },
      ],
    },
    provider: central,
  });
  new GenericEndpoint(stack, "crl", { path: `${pki.path}/config/crl`, ...CRL, provider });
  new TerraformResource(stack, "rotations", { terraformResourceType: "terraform_data" }).addOverride("input", 1);
  new RecordedValue(stack, "origin", {
    values: { accessor: pki.accessor, time: "${plantimestamp()}" },
    preventDestroy: true,
  });
  const set = new PkiSecretBackendIntermediateSetSigned(stack, "set", {
    backend: pki.path,
    certificate: signed.certificateBundle,
    provider,
  });
  const issuers = new PkiSecretBackendConfigIssuers(stack, "issuers", {
    backend: pki.path,
    default: Fn.element(set.importedIssuers, 0) as string,
    provider,
  });
  new GenericEndpoint(stack, "issuer-limits", {
    path: `${pki.path}/issuer/default`,
    dataJson: Fn.jsonencode({ leaf_not_after_behavior: "err" }),
    ignoreAbsentFields: true,
    disableDelete: true,
    dependsOn: [issuers],
    provider,
  });
  new PkiSecretBackendConfigUrls(stack, "urls", {
    backend: pki.path,
    issuingCertificates: [`${address}/v1/pki/ca`],
    crlDistributionPoints: [`${address}/v1/pki/crl`],
    provider,
  });
  new PkiSecretBackendRole(stack, "pki-role", {
    backend: pki.path,
    name: "web",
    allowedDomains: ["tenant.internal"],
    allowSubdomains: true,
    allowBareDomains: false,
    allowWildcardCertificates: false,
    allowLocalhost: false,
    allowIpSans: false,
    serverFlag: true,
    clientFlag: false,
    keyType: "ec",
    keyBits: 256,
    ttl: "259200",
    maxTtl: "259200",
    dependsOn: [set],
    provider,
  });
  const ssh = new Mount(stack, "ssh", { path: "ssh", type: "ssh", lifecycle, provider });
  const ca = new SshSecretBackendCa(stack, "ssh-ca", {
    backend: ssh.path,
    generateSigningKey: true,
    keyType: "ed25519",
    lifecycle: { ...lifecycle, ignoreChanges: "all" },
    provider,
  });
  const kept = new TerraformResource(stack, "ssh-imported-keys", {
    terraformResourceType: "terraform_data",
    lifecycle,
  });
  kept.addOverride("for_each", {});
  new SshSecretBackendRole(stack, "ssh-ops", {
    backend: ssh.path,
    name: "ops",
    keyType: "ca",
    allowUserCertificates: true,
    allowedUsers: "ubuntu",
    defaultUser: "ubuntu",
    allowedExtensions: "permit-pty",
    defaultExtensions: { "permit-pty": "" },
    ttl: "1800",
    maxTtl: "1800",
    provider,
  });
  new SshSecretBackendRole(stack, "ssh-break-glass", {
    backend: ssh.path,
    name: "break-glass",
    keyType: "otp",
    allowedUsers: "ubuntu",
    defaultUser: "ubuntu",
    cidrList: "10.0.0.0/8",
    provider,
  });
  new GenericEndpoint(stack, "passwords", {
    path: "sys/policies/password/database.orders",
    dataJson: JSON.stringify({ policy: PASSWORDS }),
    ignoreAbsentFields: true,
    lifecycle: { createBeforeDestroy: true },
    provider,
  });
  const db = new DatabaseSecretsMount(stack, "db", {
    path: "database/orders",
    maxLeaseTtlSeconds: 86_400,
    postgresql: [
      {
        name: "orders",
        allowedRoles: ["readonly"],
        connectionUrl: "postgresql://{{username}}:{{password}}@postgres.internal:5432/orders?sslmode=verify-full",
        username: "vault",
        passwordWo: '${ephemeral.vault_kv_secret_v2.password.data["password"]}',
        passwordWoVersion: 1,
        usernameTemplate: NAMES,
      },
    ],
    provider,
  });
  db.addOverride("postgresql.0.password_policy", "database.orders");
  new DatabaseSecretBackendRole(stack, "readonly", {
    backend: db.path,
    name: "readonly",
    dbName: "orders",
    creationStatements: STATEMENTS,
    defaultTtl: 3600,
    maxTtl: 86_400,
    provider,
  });
  const kv = new Mount(stack, "kv", { path: "kv", type: "kv", options: { version: "2" }, lifecycle, provider });
  new KvSecretBackendV2(stack, "kv-config", { mount: kv.path, maxVersions: 10, provider });
  new GenericEndpoint(stack, "kv-protection", {
    path: `${kv.path}/config`,
    dataJson: "{}",
    disableRead: true,
    provider,
  });
  const login = new AuthBackend(stack, "login", { type: "approle", path: "approle", provider });
  for (const [name, text] of [
    ["web", WEB_POLICY],
    ["ops", OPS_POLICY],
  ] as const) {
    const rolePolicy = new Policy(stack, `policy-${name}`, { name, policy: text, provider });
    new ApproleAuthBackendRole(stack, `role-${name}`, {
      backend: login.path,
      roleName: name,
      tokenPolicies: [rolePolicy.name],
      tokenTtl: 3600,
      tokenMaxTtl: 14_400,
      secretIdTtl: 2_592_000,
      provider,
    });
  }
  new TerraformOutput(stack, "main_ssh_ca_public_key", { value: ca.publicKey });
  return stack;
}

const WEB_POLICY = policy(
  ["database/orders/creds/readonly", ["read"], "credentials of the database role readonly"],
  ["kv/data/web", ["read"], "read secrets below kv/web"],
  ["kv/data/web/*", ["read"], "read secrets below kv/web"],
  ["kv/metadata/web", ["read", "list"], "list secrets below kv/web"],
  ["kv/metadata/web/*", ["read", "list"], "list secrets below kv/web"],
  ["pki/issue/web", ["create", "update"], "certificates of the role web"],
  ["pki/sign/web", ["create", "update"], "certificates of the role web"],
);
const OPS_POLICY = policy(
  ["ssh/creds/break-glass", ["create", "update"], "SSH logins with the role break-glass"],
  ["ssh/sign/ops", ["create", "update"], "SSH logins with the role ops"],
);
