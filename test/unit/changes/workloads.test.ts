import { describe, expect, test } from "vitest";
import {
  Duration,
  KeyValue,
  KubernetesLogin,
  VaultProvider,
  Workload,
  WorkloadDelivery,
  WorkloadSecret,
  type WorkloadServer,
} from "../../../src/index";
import { type InstanceSpec, type WorkloadSpec } from "../../../src/tenant";
import { HelmProvider } from "../../../src/terraform/providers/kubernetes";
import { configOf } from "../../support/config";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { synthesize, type Synthesized } from "../../support/synth";
import { REMOVED, withFields } from "../../support/tenant-file";
import { CERTIFICATE } from "../../support/certificate";

/** Values of an instance with a workload, by the paths of their fields. */
type Setting = Readonly<Record<string, unknown>>;

const WORKLOAD: WorkloadSpec = {
  name: "sample",
  namespace: "apps",
  serviceAccount: "sample",
  delivery: {
    type: "vault-secrets-operator",
    restart: { environment: "dev", targets: [{ kind: "Deployment", name: "sample" }] },
  },
  secrets: [
    { type: "key-value", name: "settings", path: "kv/sample/dev" },
    { type: "database", name: "orders", role: "orders/readonly" },
    { type: "certificate", name: "tls", role: "web", commonName: "web.a.example", ttl: "24h" },
  ],
};

const INSTANCE: InstanceSpec = {
  name: "main",
  product: "openbao",
  address: "https://main.example:8200",
  deployment: { mode: "standalone", dataSize: "1Gi", auditSize: "1Gi", kubernetesAuth: true },
  keyValue: [{ mount: "kv" }],
  pki: {
    roles: [
      { name: "web", allowedDomains: ["a.example"] },
      { name: "api", allowedDomains: ["a.example"] },
    ],
  },
  databases: [
    {
      name: "orders",
      engine: "postgresql",
      host: "postgres",
      database: "orders",
      username: "vault",
      password: { mount: "operator", path: "db", field: "password" },
      roles: [{ name: "readonly" }, { name: "reports" }],
    },
  ],
  logins: { kubernetes: {} },
  workloads: [WORKLOAD],
};

function config(setting: Setting): Synthesized {
  const instance = withFields({ "deployment.kubernetesApiCidrs": ["10.0.0.1/32"] }, withFields(setting, INSTANCE));
  return configOf(instance, { cluster: { existing: true } }, (stack) => new HelmProvider(stack, "Helm"));
}

const injected = { "workloads.0.delivery": { type: "agent-injector" } };

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "InstanceSpec.workloads",
    {},
    { workloads: REMOVED },
    [
      "delete helm_release.main_workload_sample_login",
      "delete helm_release.main_workload_sample_secrets",
      "delete vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes",
      "delete vault_policy.main_workload_sample_role_policy",
    ],
  ],
  [
    "AccessRoleProps.tokenPeriod",
    {},
    { "workloads.0.tokenPeriod": "2h" },
    ["update vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes: token_period, token_ttl"],
  ],
  [
    "CertificateContent.altNames",
    {},
    { "workloads.0.secrets.2.altNames": ["b.a.example"] },
    ["update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.params.alt_names"],
  ],
  [
    "CertificateContent.commonName",
    {},
    { "workloads.0.secrets.2.commonName": "b.a.example" },
    ["update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.params.common_name"],
  ],
  [
    "CertificateContent.ipSans",
    {},
    { "workloads.0.secrets.2.ipSans": ["192.0.2.1"] },
    ["update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.params.ip_sans"],
  ],
  [
    "CertificateContent.renewBefore",
    {},
    { "workloads.0.secrets.2.renewBefore": "1h" },
    ["update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.refreshAfter"],
  ],
  [
    "CertificateContent.ttl",
    {},
    { "workloads.0.secrets.2.ttl": "48h" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.params.ttl, values.#.objects.#.spec.refreshAfter",
    ],
  ],
  [
    "CertificateSecretProps.role",
    {},
    { "workloads.0.secrets.2.role": "api" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.path",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadCertificateSpec.role",
    {},
    { "workloads.0.secrets.2.role": "api" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.path",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "DatabaseSecretProps.role",
    {},
    { "workloads.0.secrets.1.role": "orders/reports" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.path",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadDatabaseSpec.role",
    {},
    { "workloads.0.secrets.1.role": "orders/reports" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.path",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "KeyValueSecretProps.path",
    {},
    { "workloads.0.secrets.0.path": "kv/sample/qa" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.path",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadKeyValueSpec.path",
    {},
    { "workloads.0.secrets.0.path": "kv/sample/qa" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.path",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadSecretProps.name",
    {},
    { "workloads.0.secrets.0.name": "other" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.metadata.name, values.#.objects.#.spec.destination.name",
    ],
  ],
  [
    "RestartTarget.kind",
    {},
    { "workloads.0.delivery.restart.targets.0.kind": "StatefulSet" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.rolloutRestartTargets.#.kind, values.#.objects.#.spec.rolloutRestartTargets.#.kind, values.#.objects.#.spec.rolloutRestartTargets.#.kind",
    ],
  ],
  [
    "RestartTarget.name",
    {},
    { "workloads.0.delivery.restart.targets.0.name": "other" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.rolloutRestartTargets.#.name, values.#.objects.#.spec.rolloutRestartTargets.#.name, values.#.objects.#.spec.rolloutRestartTargets.#.name",
    ],
  ],
  [
    "RolloutRestart.environment",
    {},
    { "workloads.0.delivery.restart.environment": "prod" },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.rolloutRestartTargets",
    ],
  ],
  [
    "RolloutRestart.inProduction",
    { "workloads.0.delivery.restart.environment": "prod" },
    { "workloads.0.delivery.restart.environment": "prod", "workloads.0.delivery.restart.inProduction": true },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.rolloutRestartTargets",
    ],
  ],
  [
    "RolloutRestart.targets",
    {},
    { "workloads.0.delivery.restart.targets": [] },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.rolloutRestartTargets.#, values.#.objects.#.spec.rolloutRestartTargets.#, values.#.objects.#.spec.rolloutRestartTargets.#",
    ],
  ],
  [
    "VaultSecretsOperatorProps.restart",
    {},
    { "workloads.0.delivery.restart": REMOVED },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.rolloutRestartTargets",
    ],
  ],
  [
    "WorkloadProps.audience",
    {},
    { "workloads.0.audience": "other" },
    [
      "update helm_release.main_workload_sample_login: values.#.objects.#.spec.kubernetes.audiences.#",
      "update vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes: audience",
    ],
  ],
  [
    "WorkloadProps.boundCidrs",
    {},
    { "workloads.0.boundCidrs": ["10.0.0.0/8"] },
    ["update vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes: token_bound_cidrs"],
  ],
  [
    "WorkloadProps.delivery",
    {},
    injected,
    [
      "delete helm_release.main_workload_sample_login",
      "delete helm_release.main_workload_sample_secrets",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadSpec.delivery",
    {},
    injected,
    [
      "delete helm_release.main_workload_sample_login",
      "delete helm_release.main_workload_sample_secrets",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadProps.login",
    {},
    { "logins.kubernetes.path": "pods" },
    [
      "create vault_kubernetes_auth_backend_role.main_workload_sample_role_login_pods",
      "delete vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes",
      "update vault_auth_backend.main_kubernetes: path",
    ],
  ],
  [
    "WorkloadProps.name",
    {},
    { "workloads.0.name": "other" },
    [
      "create helm_release.main_workload_other_login",
      "create helm_release.main_workload_other_secrets",
      "create vault_kubernetes_auth_backend_role.main_workload_other_role_login_kubernetes",
      "create vault_policy.main_workload_other_role_policy",
      "delete helm_release.main_workload_sample_login",
      "delete helm_release.main_workload_sample_secrets",
      "delete vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes",
      "delete vault_policy.main_workload_sample_role_policy",
    ],
  ],
  [
    "WorkloadProps.namespace",
    {},
    { "workloads.0.namespace": "other" },
    [
      "replace helm_release.main_workload_sample_login: namespace",
      "replace helm_release.main_workload_sample_secrets: namespace",
      "update vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes: bound_service_account_namespaces.#",
    ],
  ],
  [
    "WorkloadProps.refreshInterval",
    {},
    { "workloads.0.refreshInterval": "1m" },
    ["update helm_release.main_workload_sample_secrets: values.#.objects.#.spec.refreshAfter"],
  ],
  [
    "WorkloadProps.secrets",
    {},
    { "workloads.0.secrets": WORKLOAD.secrets.slice(0, 2) },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadSpec.secrets",
    {},
    { "workloads.0.secrets": WORKLOAD.secrets.slice(0, 2) },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadProps.server",
    {},
    { address: "https://other.example:8200" },
    [
      "update helm_release.main_workload_sample_login: values.#.objects.#.spec.address",
      "update vault_pki_secret_backend_config_urls.main_pki_mount_urls: crl_distribution_points.#, issuing_certificates.#",
    ],
  ],
  [
    "WorkloadServer.address",
    {},
    { address: "https://other.example:8200" },
    [
      "update helm_release.main_workload_sample_login: values.#.objects.#.spec.address",
      "update vault_pki_secret_backend_config_urls.main_pki_mount_urls: crl_distribution_points.#, issuing_certificates.#",
    ],
  ],
  [
    "WorkloadProps.serviceAccount",
    {},
    { "workloads.0.serviceAccount": "other" },
    [
      "update helm_release.main_workload_sample_login: values.#.objects.#.spec.kubernetes.serviceAccount",
      "update vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes: bound_service_account_names.#",
    ],
  ],
  [
    "WorkloadProps.tokenPeriod",
    {},
    { "workloads.0.tokenPeriod": "2h" },
    ["update vault_kubernetes_auth_backend_role.main_workload_sample_role_login_kubernetes: token_period, token_ttl"],
  ],
  [
    "AgentInjectorSpec.type",
    injected,
    { ...injected, "workloads.0.delivery.type": "external-secrets" },
    ["create helm_release.main_workload_sample_login", "create helm_release.main_workload_sample_secrets"],
  ],
  [
    "ExternalSecretsSpec.type",
    {},
    { "workloads.0.delivery": { type: "external-secrets" } },
    [
      "update helm_release.main_workload_sample_login: values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.metadata.name, values.#.objects.#.spec.address, values.#.objects.#.spec.provider, values.#.objects.#.spec.skipTLSVerify, values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.metadata.name, values.#.objects.#.spec.kubernetes, values.#.objects.#.spec.method, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.provider, values.#.objects.#.spec.vaultConnectionRef, values.#.objects.#",
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.spec.dataFrom, values.#.objects.#.spec.destination, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshAfter, values.#.objects.#.spec.refreshInterval, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.secretStoreRef, values.#.objects.#.spec.target, values.#.objects.#.spec.type, values.#.objects.#.spec.vaultAuthRef, values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.spec.dataFrom, values.#.objects.#.spec.destination, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshInterval, values.#.objects.#.spec.revoke, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.target, values.#.objects.#.spec.vaultAuthRef, values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.spec.dataFrom, values.#.objects.#.spec.destination, values.#.objects.#.spec.mount, values.#.objects.#.spec.params, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshAfter, values.#.objects.#.spec.refreshInterval, values.#.objects.#.spec.renewalPercent, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.target, values.#.objects.#.spec.vaultAuthRef",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "VaultSecretsOperatorSpec.type",
    { "workloads.0.delivery": { type: "external-secrets" } },
    {},
    [
      "update helm_release.main_workload_sample_login: values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.metadata.name, values.#.objects.#.spec.address, values.#.objects.#.spec.provider, values.#.objects.#.spec.skipTLSVerify, values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.metadata.name, values.#.objects.#.spec.kubernetes, values.#.objects.#.spec.method, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.provider, values.#.objects.#.spec.vaultConnectionRef, values.#.objects.#",
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.spec.dataFrom, values.#.objects.#.spec.destination, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshAfter, values.#.objects.#.spec.refreshInterval, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.secretStoreRef, values.#.objects.#.spec.target, values.#.objects.#.spec.type, values.#.objects.#.spec.vaultAuthRef, values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.spec.dataFrom, values.#.objects.#.spec.destination, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshInterval, values.#.objects.#.spec.revoke, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.target, values.#.objects.#.spec.vaultAuthRef, values.#.objects.#.apiVersion, values.#.objects.#.kind, values.#.objects.#.spec.dataFrom, values.#.objects.#.spec.destination, values.#.objects.#.spec.mount, values.#.objects.#.spec.params, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshAfter, values.#.objects.#.spec.refreshInterval, values.#.objects.#.spec.renewalPercent, values.#.objects.#.spec.rolloutRestartTargets, values.#.objects.#.spec.target, values.#.objects.#.spec.vaultAuthRef",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadKeyValueSpec.type",
    {},
    { "workloads.0.secrets.0": { type: "database", name: "settings", role: "orders/reports" } },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.kind, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshAfter, values.#.objects.#.spec.revoke, values.#.objects.#.spec.type",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadDatabaseSpec.type",
    {},
    { "workloads.0.secrets.1": { type: "key-value", name: "orders", path: "kv/sample/orders" } },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.kind, values.#.objects.#.spec.mount, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshAfter, values.#.objects.#.spec.revoke, values.#.objects.#.spec.type",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadCertificateSpec.type",
    {},
    { "workloads.0.secrets.2": { type: "key-value", name: "tls", path: "kv/sample/tls" } },
    [
      "update helm_release.main_workload_sample_secrets: values.#.objects.#.kind, values.#.objects.#.spec.destination.transformation, values.#.objects.#.spec.destination.type, values.#.objects.#.spec.mount, values.#.objects.#.spec.params, values.#.objects.#.spec.path, values.#.objects.#.spec.refreshAfter, values.#.objects.#.spec.renewalPercent, values.#.objects.#.spec.type",
      "update vault_policy.main_workload_sample_role_policy: policy",
    ],
  ],
];

describe("workloads of a tenant file", () => testChanges(config, CHANGES));

/** What a program passes to a workload. */
interface Made {
  readonly instance?: string;
  readonly mount?: string;
  readonly path?: string;
  readonly role?: string;
  readonly server?: Partial<WorkloadServer>;
}

function made({ instance = "one", mount = "a", path, role = "web", server }: Made): Synthesized {
  return synthesize((stack) => {
    new HelmProvider(stack, "Helm");
    const provider = new VaultProvider(stack, "i", { alias: instance, address: "https://instance:8200" });
    const grantee = { grantCredentials: () => undefined, grantRotate: () => undefined };
    const lifetime = Duration.hours(1);
    const database = { mount, ...grantee, credentials: () => ({ path: "creds/a", isStatic: false, lifetime }) };
    const issuer = {
      mount,
      name: role,
      grantIssue: () => undefined,
      grantSign: () => undefined,
      grantGenerate: () => undefined,
    };
    new Workload(stack, "Sample", {
      name: "sample",
      namespace: "apps",
      serviceAccount: "sample",
      login: new KubernetesLogin(stack, "Kubernetes", { path, provider }),
      server: { address: "https://instance:8200", ...server },
      delivery: WorkloadDelivery.externalSecrets(),
      secrets: [
        WorkloadSecret.keyValue({ name: "settings", keyValue: KeyValue.fromMount(mount), path: "sample" }),
        WorkloadSecret.database({ name: "orders", database, role: "a" }),
        WorkloadSecret.certificate({ name: "tls", role: issuer, commonName: "a.example", ttl: lifetime }),
      ],
      provider,
    });
  });
}

const OF_PROGRAMS: readonly FieldChange<Made>[] = [
  [
    "DatabaseSecretProps.database",
    {},
    { mount: "b" },
    [
      "update helm_release.sample_login: values.#.objects.#.spec.provider.vault.path, values.#.objects.#.spec.path, values.#.objects.#.spec.path",
      "update vault_policy.sample_role_policy: policy",
    ],
  ],
  [
    "IDynamicDb.mount",
    {},
    { mount: "b" },
    [
      "update helm_release.sample_login: values.#.objects.#.spec.provider.vault.path, values.#.objects.#.spec.path, values.#.objects.#.spec.path",
      "update vault_policy.sample_role_policy: policy",
    ],
  ],
  [
    "IKeyValue.mount",
    {},
    { mount: "b" },
    [
      "update helm_release.sample_login: values.#.objects.#.spec.provider.vault.path, values.#.objects.#.spec.path, values.#.objects.#.spec.path",
      "update vault_policy.sample_role_policy: policy",
    ],
  ],
  [
    "IKubernetesLogin.path",
    {},
    { path: "pods" },
    [
      "create vault_kubernetes_auth_backend_role.sample_role_login_pods",
      "delete vault_kubernetes_auth_backend_role.sample_role_login_kubernetes",
      "update vault_auth_backend.kubernetes: path",
    ],
  ],
  [
    "IPkiRole.mount",
    {},
    { mount: "b" },
    [
      "update helm_release.sample_login: values.#.objects.#.spec.provider.vault.path, values.#.objects.#.spec.path, values.#.objects.#.spec.path",
      "update vault_policy.sample_role_policy: policy",
    ],
  ],
  ["IPkiRole.name", {}, { role: "api" }, ["update helm_release.sample_login: values.#.objects.#.spec.path"]],
  [
    "KeyValueSecretProps.keyValue",
    {},
    { mount: "b" },
    [
      "update helm_release.sample_login: values.#.objects.#.spec.provider.vault.path, values.#.objects.#.spec.path, values.#.objects.#.spec.path",
      "update vault_policy.sample_role_policy: policy",
    ],
  ],
  [
    "WorkloadServer.caCertificate",
    {},
    { server: { caCertificate: CERTIFICATE } },
    [
      "update helm_release.sample_login: values.#.objects.#.spec.provider.vault.caBundle, values.#.objects.#.spec.provider.caBundle, values.#.objects.#.spec.provider.caBundle",
    ],
  ],
  [
    "WorkloadServer.namespace",
    {},
    { server: { namespace: "team" } },
    [
      "update helm_release.sample_login: values.#.objects.#.spec.provider.vault.namespace, values.#.objects.#.spec.provider.namespace, values.#.objects.#.spec.provider.namespace",
    ],
  ],
];

describe("workloads of a program", () => testChanges(made, OF_PROGRAMS));

test("WorkloadProps.provider: another provider of the same server changes nothing else", () => {
  const resource = (instance: string): string =>
    JSON.stringify(made({ instance }).resource).replaceAll(`vault.${instance}`, "vault.same");
  expect(resource("one")).toEqual(resource("two"));
});
