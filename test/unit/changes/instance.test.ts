import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  alertRules,
  ClusterProviders,
  DevelopmentDeployment,
  Duration,
  ExternalDeployment,
  HighAvailabilityDeployment,
  InstanceNamespace,
  InstanceProvider,
  NamespaceDeployment,
  NetworkPeer,
  Seal,
  StandaloneDeployment,
  VaultInstance,
  VaultStorage,
  type AdministeredMounts,
  type AlertRulesProps,
  type InstanceNamespaceProps,
  type InstanceProviderProps,
  type VaultInstanceProps,
} from "../../../src/index";
import { decide } from "../../../src/operations/unseal/decide";
import type { IDeployment } from "../../../src/spi";
import { HelmProvider, KubernetesProvider } from "../../../src/terraform/providers/kubernetes";
import { OpenstackProvider } from "../../../src/terraform/providers/openstack";
import { LabAuthority } from "../../../lab/certificates";
import { all } from "../../support/all";
import { declaredKind } from "../../support/changes/declarations";
import { pathsOf } from "../../support/changes/plan";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { HELM_PROPS, SEALS, STORED, synthesizeInstance } from "../../support/instance";
import { synthesize, synthesizeInVault, type Synthesized } from "../../support/synth";

const folder = mkdtempSync(join(tmpdir(), "tenant-vault-changes-"));
afterAll(() => rmSync(folder, { recursive: true }));
const CA = join(folder, "ca.pem");
beforeAll(async () => writeFileSync(CA, (await LabAuthority.create()).certificate));

function namespace(props: Partial<InstanceNamespaceProps>): Synthesized {
  return synthesize((stack) => {
    new KubernetesProvider(stack, "Kubernetes");
    const given = {
      name: "customer10-main",
      tenant: "customer10",
      release: "customer10-main",
      secrets: ["customer10-main-tls"],
      replicas: 3,
      kubernetesApi: [],
    };
    new InstanceNamespace(stack, "Namespace", { ...given, ...props });
  });
}

const egress = (of: object): Partial<InstanceNamespaceProps> => ({ egress: [{ port: 1792, ...of }] });
const NAMESPACE: readonly FieldChange<Partial<InstanceNamespaceProps>>[] = [
  [
    "Egress.port",
    egress({}),
    egress({ port: 1793 }),
    [
      "update kubernetes_network_policy_v1.namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port",
    ],
  ],
  [
    "Egress.protocol",
    egress({}),
    egress({ protocol: "UDP" }),
    ["update kubernetes_network_policy_v1.namespace_allow_egress: spec.egress.#.ports.#.protocol"],
  ],
  [
    "Egress.reason",
    egress({}),
    egress({ reason: "the hardware security module" }),
    ["update kubernetes_network_policy_v1.namespace_allow_egress: metadata.annotations.kubernetes.io/description"],
  ],
  [
    "Egress.to",
    egress({}),
    egress({ to: NetworkPeer.cidr("10.0.0.0/8") }),
    ["update kubernetes_network_policy_v1.namespace_allow_egress: spec.egress.#.to"],
  ],
  [
    "InstanceFlows.clients",
    {},
    { clients: [NetworkPeer.cidr("10.8.0.0/24")] },
    [
      "update kubernetes_network_policy_v1.namespace_allow_clients: spec.ingress.#.from.#.ip_block, spec.ingress.#.from.#.namespace_selector",
    ],
  ],
  ["InstanceFlows.egress", {}, egress({}), ["create kubernetes_network_policy_v1.namespace_allow_egress"]],
  [
    "InstanceFlows.kubernetesApi",
    { kubernetesApi: [NetworkPeer.anyAddress()] },
    { kubernetesApi: [NetworkPeer.cidr("10.0.0.5/32")] },
    ["update kubernetes_network_policy_v1.namespace_allow_kubernetes_api: spec.egress.#.to"],
  ],
  [
    "InstanceFlows.metricsPort",
    { monitoringNamespace: "monitoring" },
    { monitoringNamespace: "monitoring", metricsPort: 9102 },
    ["update kubernetes_network_policy_v1.namespace_allow_monitoring: spec.ingress.#.ports.#.port"],
  ],
  [
    "InstanceFlows.monitoringNamespace",
    {},
    { monitoringNamespace: "monitoring" },
    ["create kubernetes_network_policy_v1.namespace_allow_monitoring"],
  ],
  [
    "InstanceCapacity.loadBalancers",
    {},
    { loadBalancers: 1 },
    ["update kubernetes_resource_quota_v1.namespace_limits_quota: spec.hard.services.loadbalancers"],
  ],
  [
    "InstanceCapacity.nodePorts",
    {},
    { nodePorts: 1 },
    ["update kubernetes_resource_quota_v1.namespace_limits_quota: spec.hard.services.nodeports"],
  ],
  [
    "InstanceCapacity.replicas",
    {},
    { replicas: 5 },
    [
      "update kubernetes_resource_quota_v1.namespace_limits_quota: spec.hard.pods",
      "update kubernetes_resource_quota_v1.namespace_limits_server_quota: spec.hard.pods",
      "update kubernetes_role_v1.namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "InstanceCapacity.resources",
    {},
    { resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { memory: "2Gi" } } },
    [
      "update kubernetes_limit_range_v1.namespace_limits_limit_range: spec.limit.#.default.memory, spec.limit.#.default_request.cpu, spec.limit.#.default_request.memory",
      "update kubernetes_resource_quota_v1.namespace_limits_spare_quota: spec.hard.limits.memory, spec.hard.requests.cpu, spec.hard.requests.memory",
    ],
  ],
  [
    "HookSecrets.secrets",
    {},
    { secrets: ["other-tls"] },
    ["update kubernetes_role_v1.namespace_hook_role: rule.#.resource_names.#"],
  ],
  [
    "HookSecrets.foreignSecrets",
    {},
    { foreignSecrets: ["foreign-tls"] },
    ["update kubernetes_role_v1.namespace_hook_role: rule.#"],
  ],
  [
    "InstanceNamespaceProps.name",
    {},
    { name: "customer10-other" },
    ["replace kubernetes_namespace_v1.namespace: metadata.name"],
  ],
  [
    "InstanceNamespaceProps.release",
    {},
    { release: "customer10-other" },
    [
      "replace kubernetes_priority_class_v1.namespace_limits_priority_class: metadata.name",
      "update kubernetes_network_policy_v1.namespace_allow_clients: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.namespace_allow_dns: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.namespace_allow_kubernetes_api: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.namespace_allow_replicas: spec.ingress.#.from.#.pod_selector.match_labels.app.kubernetes.io/instance, spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.namespace_allow_to_replicas: spec.egress.#.to.#.pod_selector.match_labels.app.kubernetes.io/instance, spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_resource_quota_v1.namespace_limits_server_quota: spec.scope_selector.match_expression.#.values.#",
      "update kubernetes_resource_quota_v1.namespace_limits_spare_quota: spec.scope_selector.match_expression.#.values.#",
      "update kubernetes_role_v1.namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "InstanceNamespaceProps.tenant",
    {},
    { tenant: "customer11" },
    ["update kubernetes_namespace_v1.namespace: metadata.labels.tenant-vault/tenant"],
  ],
];
describe("the namespace of an instance", () => testChanges(namespace, NAMESPACE));

function provider(props: Partial<InstanceProviderProps> & { readonly other?: boolean }): Synthesized {
  return synthesizeInVault((stack, { centralProvider, provider: another }) => {
    const { other = false, ...rest } = props;
    const given = { tenant: "customer10", name: "main", address: "https://main.example:8200", alias: "instance-main" };
    new InstanceProvider(stack, "Main", { ...given, centralProvider: other ? another : centralProvider, ...rest });
  });
}

const PROVIDER: readonly FieldChange<Parameters<typeof provider>[0]>[] = [
  ["InstanceProviderProps.address", {}, { address: "https://other.example:8200" }, ["configure vault"]],
  ["InstanceProviderProps.alias", {}, { alias: "other" }, ["configure vault"]],
  ["InstanceProviderProps.caCertificateFile", {}, { caCertificateFile: CA }, ["configure vault"]],
  ["InstanceProviderProps.centralProvider", {}, { other: true }, ["read ephemeral"]],
  ["InstanceProviderProps.identity", {}, { identity: "plan" }, ["read ephemeral"]],
  ["InstanceProviderProps.name", {}, { name: "other" }, ["read ephemeral"]],
  ["InstanceProviderProps.namespace", {}, { namespace: "team1" }, ["configure vault"]],
  ["InstanceProviderProps.rootCaFile", {}, { rootCaFile: "central-root-ca.pem" }, ["configure vault"]],
  ["InstanceProviderProps.tenant", {}, { tenant: "customer11" }, ["read ephemeral"]],
];
describe("the provider of an instance", () => testChanges(provider, PROVIDER));

function clusterProviders({
  path = "customer10",
  other = false,
}: {
  readonly path?: string;
  readonly other?: boolean;
}): Synthesized {
  return synthesizeInVault((stack, { centralProvider, provider: another }) => {
    new ClusterProviders(stack, "Cluster", {
      kubeconfig: { mount: "clusters", path },
      centralProvider: other ? another : centralProvider,
    });
  });
}

const CLUSTER_PROVIDERS: readonly FieldChange<Parameters<typeof clusterProviders>[0]>[] = [
  ["ClusterProvidersProps.kubeconfig", {}, { path: "other" }, ["read ephemeral"]],
  ["ClusterProvidersProps.centralProvider", {}, { other: true }, ["read ephemeral"]],
];
describe("the providers of a cluster", () => testChanges(clusterProviders, CLUSTER_PROVIDERS));

type Instance = Partial<VaultInstanceProps> & { readonly kind?: IDeployment; readonly other?: boolean };
const [HA, STANDALONE] = [new HighAvailabilityDeployment(STORED), new StandaloneDeployment(STORED)];
const CLASS = { ...HELM_PROPS, storage: VaultStorage.storageClass("fast") };
const namespaceOf = (of: object): Instance => ({
  kind: new NamespaceDeployment({ of: "shared/main", address: "https://shared.example:8200", ...of }),
});
const external = (of: object): Instance => ({
  kind: new ExternalDeployment({ addresses: ["https://10.0.0.1:8200"], ...of }),
});

function instance({ kind = HA, other = false, ...props }: Instance): Synthesized {
  if (!other) return synthesizeInstance(kind, props);
  return synthesizeInVault((stack, { provider: another }) => {
    new OpenstackProvider(stack, "OpenStack");
    new KubernetesProvider(stack, "Kubernetes");
    new HelmProvider(stack, "Helm");
    const given = {
      tenant: "customer10",
      name: "main",
      product: "openbao",
      address: "https://customer10.example:8200",
    } as const;
    new VaultInstance(stack, "Main", {
      ...given,
      central: { address: "https://central:8200" },
      centralProvider: another,
      deployment: kind,
      ...props,
    });
  });
}

const EXPORTED = { mount: "pki", type: "exported" } as const;
const PLUGIN = { type: "secret", name: "aws" } as const;
const [PKI, PROGRAMS] = [
  { path: "pki", type: "pki" },
  { path: "programs", type: "approle" },
] as const;
const administered = (of: Partial<AdministeredMounts>): Instance => ({
  administered: { engines: [], logins: [], ...of },
});
const INSTANCE: readonly FieldChange<Instance>[] = [
  [
    "VaultInstanceProps.administered",
    {},
    administered({ engines: [PKI] }),
    ["run terraform_data.main_unseal: description.identities.mounts.#"],
  ],
  [
    "AdministeredMounts.engines",
    administered({ engines: [PKI] }),
    administered({}),
    ["run terraform_data.main_unseal: description.identities.mounts.#"],
  ],
  [
    "AdministeredMounts.logins",
    {},
    administered({ logins: [PROGRAMS] }),
    ["run terraform_data.main_unseal: description.identities.logins.#"],
  ],
  [
    "AdministeredEngine.path",
    administered({ engines: [PKI] }),
    administered({ engines: [{ ...PKI, path: "other" }] }),
    ["run terraform_data.main_unseal: description.identities.mounts.#.path"],
  ],
  [
    "AdministeredEngine.type",
    administered({ engines: [PKI] }),
    administered({ engines: [{ ...PKI, type: "ssh" }] }),
    ["run terraform_data.main_unseal: description.identities.mounts.#.type"],
  ],
  [
    "AdministeredLogin.path",
    administered({ logins: [PROGRAMS] }),
    administered({ logins: [{ ...PROGRAMS, path: "other" }] }),
    ["run terraform_data.main_unseal: description.identities.logins.#.path"],
  ],
  [
    "AdministeredMounts.features",
    {},
    administered({ features: ["token-roles"] }),
    ["run terraform_data.main_unseal: description.identities.features"],
  ],
  [
    "AdministeredMounts.placeholders",
    {},
    administered({ placeholders: [{ mount: "kv", path: "web" }] }),
    ["run terraform_data.main_unseal: description.identities.placeholders"],
  ],
  [
    "PlaceholderPath.mount",
    administered({ placeholders: [{ mount: "kv", path: "web" }] }),
    administered({ placeholders: [{ mount: "other", path: "web" }] }),
    ["run terraform_data.main_unseal: description.identities.placeholders.#.mount"],
  ],
  [
    "PlaceholderPath.path",
    administered({ placeholders: [{ mount: "kv", path: "web" }] }),
    administered({ placeholders: [{ mount: "kv", path: "shop" }] }),
    ["run terraform_data.main_unseal: description.identities.placeholders.#.paths.#"],
  ],
  [
    "AdministeredMounts.authorities",
    {},
    administered({ authorities: [EXPORTED] }),
    ["run terraform_data.main_unseal: description.identities.authorities"],
  ],
  [
    "HeldAuthorityMount.mount",
    administered({ authorities: [EXPORTED] }),
    administered({ authorities: [{ ...EXPORTED, mount: "other" }] }),
    ["run terraform_data.main_unseal: description.identities.authorities.#.mount"],
  ],
  [
    "HeldAuthorityMount.type",
    administered({ authorities: [EXPORTED] }),
    administered({ authorities: [{ ...EXPORTED, type: "imported" }] }),
    ["run terraform_data.main_unseal: description.identities.authorities.#.type"],
  ],
  [
    "AdministeredMounts.plugins",
    {},
    administered({ plugins: [PLUGIN] }),
    ["run terraform_data.main_unseal: description.identities.plugins"],
  ],
  [
    "AdministeredPlugin.type",
    administered({ plugins: [PLUGIN] }),
    administered({ plugins: [{ ...PLUGIN, type: "auth" }] }),
    ["run terraform_data.main_unseal: description.identities.plugins.#.type"],
  ],
  [
    "AdministeredPlugin.name",
    administered({ plugins: [PLUGIN] }),
    administered({ plugins: [{ ...PLUGIN, name: "other" }] }),
    ["run terraform_data.main_unseal: description.identities.plugins.#.name"],
  ],
  // There is one type so far.
  [
    "AdministeredLogin.type",
    administered({ logins: [PROGRAMS] }),
    administered({ logins: [{ ...PROGRAMS, type: "another" as never }] }),
    ["run terraform_data.main_unseal: description.identities.logins.#.type"],
  ],
  [
    "VaultInstanceProps.identities",
    {},
    { identities: { tokenTtl: Duration.hours(2) } },
    ["run terraform_data.main_unseal: description.identities.tokenTtl"],
  ],
  [
    "IdentitiesProps.boundCidrs",
    {},
    { identities: { boundCidrs: ["10.0.0.0/8"] } },
    ["run terraform_data.main_unseal: description.identities.boundCidrs"],
  ],
  [
    "IdentitiesProps.secretIdTtl",
    {},
    { identities: { secretIdTtl: Duration.days(30) } },
    ["run terraform_data.main_unseal: description.identities.secretIdTtl"],
  ],
  [
    "IdentitiesProps.tokenTtl",
    { identities: { tokenTtl: Duration.hours(2) } },
    {},
    ["run terraform_data.main_unseal: description.identities.tokenTtl"],
  ],
  [
    "VaultInstanceProps.rootToken",
    {},
    { rootToken: "revoke" },
    ["run terraform_data.main_unseal: description.identities.rootToken"],
  ],
  [
    "ExternalDeploymentProps.addresses",
    external({}),
    external({ addresses: ["https://10.0.0.1:8200", "https://10.0.0.2:8200"] }),
    ["run terraform_data.main_unseal: description.replicas.#"],
  ],
  [
    "ExternalDeploymentProps.caCertificateFile",
    external({}),
    external({ caCertificateFile: CA }),
    ["run terraform_data.main_unseal: description.caCertificate"],
  ],
  [
    "NamespaceDeploymentProps.of",
    namespaceOf({}),
    namespaceOf({ of: "other/main" }),
    [
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.sharedInstance",
    ],
  ],
  [
    "NamespaceDeploymentProps.address",
    namespaceOf({}),
    namespaceOf({ address: "https://other.example:8200" }),
    ["run terraform_data.main_unseal: description.replicas.#.address"],
  ],
  [
    "NamespaceDeploymentProps.caCertificateFile",
    namespaceOf({}),
    namespaceOf({ caCertificateFile: CA }),
    ["run terraform_data.main_unseal: description.caCertificate"],
  ],
  [
    "VaultInstanceProps.namespaces",
    external({}),
    { ...external({}), namespaces: ["customer20/main"] },
    ["run terraform_data.main_unseal: description.identities.namespaces"],
  ],
  [
    "VaultInstanceProps.centralProvider",
    { seal: Seal.transit() },
    { seal: Seal.transit(), other: true },
    [
      "configure vault",
      "provider vault_policy.main_seal_policy",
      "provider vault_token_auth_backend_role.main_seal_token_role",
      "provider vault_transit_secret_backend_key.main_seal_key",
    ],
  ],
  [
    "StandaloneDeploymentProps.storage",
    { kind: STANDALONE },
    { kind: new StandaloneDeployment(CLASS) },
    [
      "delete kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "delete kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "delete kubernetes_storage_class_v1.main_storage_storage_class",
      "delete openstack_blockstorage_volume_v3.main_storage_audit#",
      "delete openstack_blockstorage_volume_v3.main_storage_data#",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.auditStorage.storageClass, values.#.server.dataStorage.storageClass",
    ],
  ],
  [
    "VaultInstanceProps.retired",
    { seal: Seal.transit() },
    { seal: Seal.transit(), retired: true },
    [
      "create terraform_data.main_retirement",
      "delete helm_release.main_guard",
      "delete helm_release.main_release",
      "delete kubernetes_default_service_account_v1.main_namespace_hook_default_account",
      "delete kubernetes_limit_range_v1.main_namespace_limits_limit_range",
      "delete kubernetes_namespace_v1.main_namespace",
      "delete kubernetes_network_policy_v1.main_namespace_allow_clients",
      "delete kubernetes_network_policy_v1.main_namespace_allow_dns",
      "delete kubernetes_network_policy_v1.main_namespace_allow_egress",
      "delete kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api",
      "delete kubernetes_network_policy_v1.main_namespace_allow_replicas",
      "delete kubernetes_network_policy_v1.main_namespace_allow_to_replicas",
      "delete kubernetes_network_policy_v1.main_namespace_deny_all",
      "delete kubernetes_priority_class_v1.main_namespace_limits_priority_class",
      "delete kubernetes_resource_quota_v1.main_namespace_limits_quota",
      "delete kubernetes_resource_quota_v1.main_namespace_limits_server_quota",
      "delete kubernetes_resource_quota_v1.main_namespace_limits_spare_quota",
      "delete kubernetes_role_binding_v1.main_namespace_hook_role_binding",
      "delete kubernetes_role_v1.main_namespace_hook_role",
      "delete kubernetes_service_account_v1.main_namespace_hook",
      "delete kubernetes_storage_class_v1.main_storage_storage_class",
      "delete terraform_data.main_unseal",
      "delete vault_policy.main_seal_policy",
      "delete vault_token_auth_backend_role.main_seal_token_role",
      "forget kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "forget kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "forget openstack_blockstorage_volume_v3.main_storage_audit#",
      "forget openstack_blockstorage_volume_v3.main_storage_data#",
      "forget vault_transit_secret_backend_key.main_seal_key",
    ],
  ],
  [
    "VaultInstanceProps.name",
    {},
    { name: "other" },
    [
      "command terraform_data.main_unseal: command",
      "read data.kubernetes_resources.main_former_members",
      "refuse terraform_data.main_lasting_storage: input.instance, input.storage",
      "replace helm_release.main_guard: name",
      "replace helm_release.main_release: name",
      "replace kubernetes_namespace_v1.main_namespace: metadata.name",
      "replace kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume: metadata.name",
      "replace kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume: metadata.name",
      "replace kubernetes_priority_class_v1.main_namespace_limits_priority_class: metadata.name",
      "replace kubernetes_storage_class_v1.main_storage_storage_class: metadata.name",
      "run terraform_data.main_unseal: description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.secretName, description.kubernetes.namespace, description.kubernetes.statefulSet, description.name, description.replicas.#.address, description.replicas.#.name, description.replicas.#.address, description.replicas.#.name, description.replicas.#.address, description.replicas.#.name",
      "update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_dns: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_replicas: spec.ingress.#.from.#.pod_selector.match_labels.app.kubernetes.io/instance, spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_to_replicas: spec.egress.#.to.#.pod_selector.match_labels.app.kubernetes.io/instance, spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.scope_selector.match_expression.#.values.#",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.scope_selector.match_expression.#.values.#",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
      "update openstack_blockstorage_volume_v3.main_storage_audit#: metadata.claim, name",
      "update openstack_blockstorage_volume_v3.main_storage_data#: metadata.claim, name",
    ],
  ],
  [
    "VaultInstanceProps.tenant",
    {},
    { tenant: "customer11" },
    [
      "command terraform_data.main_unseal: command",
      "read data.kubernetes_resources.main_former_members",
      "refuse terraform_data.main_lasting_storage: input.instance, input.storage",
      "replace helm_release.main_guard: name",
      "replace helm_release.main_release: name",
      "replace kubernetes_namespace_v1.main_namespace: metadata.name",
      "replace kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume: metadata.name",
      "replace kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume: metadata.name",
      "replace kubernetes_priority_class_v1.main_namespace_limits_priority_class: metadata.name",
      "replace kubernetes_storage_class_v1.main_storage_storage_class: metadata.name",
      "run terraform_data.main_unseal: description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.names.#, description.kubernetes.certificate.secretName, description.kubernetes.namespace, description.kubernetes.statefulSet, description.replicas.#.address, description.replicas.#.name, description.replicas.#.address, description.replicas.#.name, description.replicas.#.address, description.replicas.#.name, description.tenant",
      "update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_dns: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api: spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_replicas: spec.ingress.#.from.#.pod_selector.match_labels.app.kubernetes.io/instance, spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_network_policy_v1.main_namespace_allow_to_replicas: spec.egress.#.to.#.pod_selector.match_labels.app.kubernetes.io/instance, spec.pod_selector.match_labels.app.kubernetes.io/instance",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.scope_selector.match_expression.#.values.#",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.scope_selector.match_expression.#.values.#",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
      "update openstack_blockstorage_volume_v3.main_storage_audit#: metadata.claim, metadata.tenant, name",
      "update openstack_blockstorage_volume_v3.main_storage_data#: metadata.claim, metadata.tenant, name",
    ],
  ],
];
describe("an instance", () => testChanges(instance, INSTANCE));

/** Changes of what an exception in the declaration tells. */
const EXCEPTIONS: readonly FieldChange<Instance>[] = [
  [
    "CentralVaultAccess.address",
    { seal: Seal.transit() },
    { seal: Seal.transit(), central: { address: "https://vault.operator.example:8200" } },
    [
      "command terraform_data.main_unseal: environment.VAULT_ADDR",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "VaultInstanceProps.deployment",
    { kind: STANDALONE },
    {},
    [
      "create kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "create kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "create openstack_blockstorage_volume_v3.main_storage_audit#",
      "create openstack_blockstorage_volume_v3.main_storage_data#",
      "read data.kubernetes_resources.main_former_members",
      "run terraform_data.main_unseal: description.replicas.#, description.replicas.#",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_guard: values.#.maxUnavailable",
      "update helm_release.main_release: values.#.server.affinity, values.#.server.ha.raft.config, values.#.server.ha.replicas",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.pods",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.hard.pods",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "VaultInstanceProps.deployment",
    {},
    { kind: new DevelopmentDeployment(HELM_PROPS) },
    [
      "delete kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "delete kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "delete kubernetes_storage_class_v1.main_storage_storage_class",
      "delete openstack_blockstorage_volume_v3.main_storage_audit#",
      "delete openstack_blockstorage_volume_v3.main_storage_data#",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.replicas.#, description.replicas.#, description.volatile",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_guard: values.#.maxUnavailable",
      "update helm_release.main_release: values.#.server.affinity, values.#.server.auditStorage.enabled, values.#.server.auditStorage.size, values.#.server.auditStorage.storageClass, values.#.server.dataStorage.enabled, values.#.server.dataStorage.size, values.#.server.dataStorage.storageClass, values.#.server.ha.raft.config, values.#.server.ha.replicas, values.#.server.postStart.#, values.#.server.volumeMounts.#, values.#.server.volumeMounts.#, values.#.server.volumes.#, values.#.server.volumes.#",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.pods",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.hard.pods",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "VaultInstanceProps.deployment",
    {},
    external({}),
    [
      "delete helm_release.main_guard",
      "delete helm_release.main_release",
      "delete kubernetes_default_service_account_v1.main_namespace_hook_default_account",
      "delete kubernetes_limit_range_v1.main_namespace_limits_limit_range",
      "delete kubernetes_namespace_v1.main_namespace",
      "delete kubernetes_network_policy_v1.main_namespace_allow_clients",
      "delete kubernetes_network_policy_v1.main_namespace_allow_dns",
      "delete kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api",
      "delete kubernetes_network_policy_v1.main_namespace_allow_replicas",
      "delete kubernetes_network_policy_v1.main_namespace_allow_to_replicas",
      "delete kubernetes_network_policy_v1.main_namespace_deny_all",
      "delete kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "delete kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "delete kubernetes_priority_class_v1.main_namespace_limits_priority_class",
      "delete kubernetes_resource_quota_v1.main_namespace_limits_quota",
      "delete kubernetes_resource_quota_v1.main_namespace_limits_server_quota",
      "delete kubernetes_resource_quota_v1.main_namespace_limits_spare_quota",
      "delete kubernetes_role_binding_v1.main_namespace_hook_role_binding",
      "delete kubernetes_role_v1.main_namespace_hook_role",
      "delete kubernetes_service_account_v1.main_namespace_hook",
      "delete kubernetes_storage_class_v1.main_storage_storage_class",
      "delete openstack_blockstorage_volume_v3.main_storage_audit#",
      "delete openstack_blockstorage_volume_v3.main_storage_data#",
      "delete terraform_data.main_lasting_product",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.kubernetes, description.replicas.#.address, description.replicas.#.name, description.replicas.#, description.replicas.#, revision",
    ],
  ],
  [
    "VaultInstanceProps.product",
    { ...external({}), product: "vault" },
    external({}),
    ["run terraform_data.main_unseal: description.product"],
  ],
];
describe("what a declaration says beside", () => testChanges(instance, EXCEPTIONS, false));

/** From the seal that the servers have to another one, as a tenant file would write it. */
const SEAL: readonly FieldChange<Instance>[] = [
  [
    "VaultInstanceProps.seal",
    { seal: SEALS.shamir },
    { seal: SEALS.transit },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create vault_policy.main_seal_policy",
      "create vault_token_auth_backend_role.main_seal_token_role",
      "create vault_transit_secret_backend_key.main_seal_key",
      "run terraform_data.main_unseal: description.kubernetes.sealToken, description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "ISeal.type",
    { seal: SEALS.shamir },
    { seal: SEALS.transit },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create vault_policy.main_seal_policy",
      "create vault_token_auth_backend_role.main_seal_token_role",
      "create vault_transit_secret_backend_key.main_seal_key",
      "run terraform_data.main_unseal: description.kubernetes.sealToken, description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "ISeal.unsealsItself",
    { seal: SEALS.transit },
    { seal: Seal.shamir({ former: SEALS.transit }) },
    [
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "ShamirSealSpec.type",
    { seal: SEALS.transit },
    { seal: Seal.shamir({ former: SEALS.transit }) },
    [
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "ShamirSealSpec.former",
    { seal: Seal.shamir({ former: SEALS.transit }) },
    { seal: SEALS.shamir },
    [
      "delete kubernetes_network_policy_v1.main_namespace_allow_egress",
      "delete vault_policy.main_seal_policy",
      "delete vault_token_auth_backend_role.main_seal_token_role",
      "forget vault_transit_secret_backend_key.main_seal_key",
      "run terraform_data.main_unseal: description.kubernetes.sealToken",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "TransitSealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.transit },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create vault_policy.main_seal_policy",
      "create vault_token_auth_backend_role.main_seal_token_role",
      "create vault_transit_secret_backend_key.main_seal_key",
      "run terraform_data.main_unseal: description.kubernetes.sealToken, description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "AwsKmsSealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.awskms },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create kubernetes_secret_v1.main_seal",
      "create terraform_data.main_lasting_seal_key_awskms",
      "read ephemeral",
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraSecretEnvironmentVars.#, values.#.server.ha.raft.config",
    ],
  ],
  [
    "GcpCloudKmsSealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.gcpckms },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create kubernetes_secret_v1.main_seal",
      "create terraform_data.main_lasting_seal_key_gcpckms",
      "read ephemeral",
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
    ],
  ],
  [
    "AzureKeyVaultSealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.azurekeyvault },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create kubernetes_secret_v1.main_seal",
      "create terraform_data.main_lasting_seal_key_azurekeyvault",
      "read ephemeral",
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraSecretEnvironmentVars.#, values.#.server.ha.raft.config",
    ],
  ],
  [
    "AliCloudKmsSealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.alicloudkms },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create kubernetes_secret_v1.main_seal",
      "create terraform_data.main_lasting_seal_key_alicloudkms",
      "read ephemeral",
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraSecretEnvironmentVars.#, values.#.server.ha.raft.config",
    ],
  ],
  [
    "OciKmsSealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.ocikms },
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create terraform_data.main_lasting_seal_key_ocikms",
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "Pkcs11SealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.pkcs11 },
    [
      "create kubernetes_secret_v1.main_seal",
      "create terraform_data.main_lasting_seal_key_pkcs11",
      "read ephemeral",
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraSecretEnvironmentVars.#, values.#.server.ha.raft.config",
    ],
  ],
  [
    "StaticKeySealSpec.type",
    { seal: SEALS.shamir },
    { seal: SEALS.static },
    [
      "create kubernetes_secret_v1.main_seal",
      "read ephemeral",
      "run terraform_data.main_unseal: description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
    ],
  ],
];
describe("another seal", () => testChanges(instance, SEAL));

test.each(all(Object.values(SEALS)).map(({ type }) => type))(
  "the hook stops while the servers do not have the seal %s",
  (type) => {
    const running = type === "transit" ? "awskms" : "transit";
    const replica = { name: "main-0", address: "https://main-0:8200" };
    const status = { state: "sealed", seal: running, threshold: 3, progress: 0 } as const;
    const seen = {
      instance: { seal: type },
      record: { fields: {} },
      journals: [],
      replicas: [{ ...replica, status }],
      announced: undefined,
    };
    expect(decide(seen as never)).toMatchObject({ do: "stop", code: "seal-differs" });
  },
);

/** The hook learns of them. */
const SHARES: readonly FieldChange<Instance>[] = [
  [
    "ISeal.secretShares",
    {},
    { seal: Seal.shamir({ secretShares: 7 }) },
    ["run terraform_data.main_unseal: description.secretShares"],
  ],
  [
    "ISeal.secretThreshold",
    {},
    { seal: Seal.shamir({ secretThreshold: 4 }) },
    ["run terraform_data.main_unseal: description.secretThreshold"],
  ],
  [
    "KeyShares.secretShares",
    { seal: SEALS.transit },
    { seal: Seal.transit({ secretShares: 7 }) },
    ["run terraform_data.main_unseal: description.secretShares"],
  ],
  [
    "KeyShares.secretThreshold",
    { seal: SEALS.transit },
    { seal: Seal.transit({ secretThreshold: 4 }) },
    ["run terraform_data.main_unseal: description.secretThreshold"],
  ],
];
describe("another number of key shares", () => testChanges(instance, SHARES, false));

type Alerts = Partial<AlertRulesProps>;
const ON_PODS = [
  "VaultDown",
  "VaultNoLeader",
  "VaultSealed",
  "VaultRaftPeerLost",
  "VaultAuditFailing",
  "VaultLeasesNotRevoked",
];
const ON_RECORDS = [
  "VaultCertificateExpiring",
  "VaultIssuerExpiring",
  "VaultSealTokenExpiring",
  "VaultEscrowRecordMissing",
  "VaultRestoreUnproven",
  "VaultStatusStale",
  "VaultSharesMissing",
  "VaultWatchStuck",
];
const ALERTS: readonly (readonly [field: string, change: Alerts, texts: readonly string[]])[] = [
  ["AlertRulesProps.certificateMargin", { certificateMargin: Duration.days(3) }, ["VaultCertificateExpiring"]],
  ["AlertRulesProps.issuerMargin", { issuerMargin: Duration.days(90) }, ["VaultIssuerExpiring"]],
  ["AlertRulesProps.restoreProofAge", { restoreProofAge: Duration.days(10) }, ["VaultRestoreUnproven"]],
  ["AlertRulesProps.sealTokenMargin", { sealTokenMargin: Duration.hours(1) }, ["VaultSealTokenExpiring"]],
  ["MonitoredInstance.name", { name: "other" }, [...ON_PODS, ...ON_RECORDS]],
  ["MonitoredInstance.namespace", { namespace: "other" }, ON_PODS],
  ["MonitoredInstance.release", { release: "other" }, ON_PODS],
  ["MonitoredInstance.replicas", { replicas: 5 }, ["VaultRaftPeerLost"]],
  ["MonitoredInstance.tenant", { tenant: "customer11" }, [...ON_PODS, ...ON_RECORDS]],
];
describe("the alerts of an instance", () => {
  const target = {
    tenant: "customer10",
    name: "main",
    namespace: "customer10-main",
    release: "customer10-main",
    replicas: 3,
  };
  test.each(ALERTS)("%s changes these rules, and no plan but their own", (field, change, rules) => {
    const [before, after] = [alertRules(target), alertRules({ ...target, ...change })];
    const changed = before.filter((rule, index) => pathsOf(rule, after[index]).length > 0);
    expect(changed.map(({ alert }) => alert)).toEqual(rules);
    expect(declaredKind(field)).toBe("in place");
  });
});
