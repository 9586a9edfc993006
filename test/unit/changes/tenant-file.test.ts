import { describe } from "vitest";
import { localBackend, type LayerStack } from "../../../src/index";
import { defineTenant } from "../../../src/tenant";
import { buildApp } from "../../../stacks/app";
import { testChanges, type FieldChange, type Layers } from "../../support/changes/test-changes";
import { toJson } from "../../support/synth";
import { REMOVED, RIGHT, withFields } from "../../support/tenant-file";

/** Values of a tenant file that uses every section, by the paths of their fields. */
type Setting = Readonly<Record<string, unknown>>;

const OPERATOR = {
  central: { address: "https://vault.operator.example:8200", instanceDomains: ["customers.example"] },
  backend: localBackend(".terraform-state"),
};

function layers(setting: Setting): Layers {
  const file = withFields(setting);
  const app = buildApp(OPERATOR, [defineTenant(file as never)]);
  const stacks = app.node.children.filter(({ node }) => node.id !== "central") as LayerStack[];
  return { layers: new Map(stacks.map((stack) => [stack.node.id, toJson(stack)])) };
}

const deployment = (of: Setting): Setting =>
  Object.fromEntries(Object.entries(of).map(([field, value]) => [`instances.0.deployment.${field}`, value]));
const instance = (of: Setting): Setting =>
  Object.fromEntries(Object.entries(of).map(([field, value]) => [`instances.0.${field}`, value]));
const SYSLOG = { "auditDevices.0": { type: "syslog", facility: "AUTH" } };
const VAULT = instance({ product: "vault", seal: { type: "shamir" } });
const EXISTING = {
  existing: true,
  clientAccess: { cidrs: ["10.8.0.0/24"] },
  kubeconfig: { mount: "clusters", path: "shared" },
};
/** In a cluster that exists, where no volumes of OpenStack are. */
const SHARED = {
  cluster: EXISTING,
  ...deployment({ storageClass: "fast", egress: REMOVED, kubernetesApiCidrs: ["10.0.0.5/32"] }),
};
const NO_PORT = { ...SHARED, ...deployment({ nodePort: REMOVED }) };
const PORTS = { "cluster.clientAccess.ports": [30_820, 30_821] };
const NO_ENGINES = instance({ pki: REMOVED, ssh: REMOVED, databases: REMOVED, keyValue: REMOVED, roles: REMOVED });
/** What an instance in a cluster has besides its record, and loses when its deployment goes. */
const DELETED_SERVERS = [
  "delete helm_release.main_certificate",
  "delete helm_release.main_guard",
  "delete helm_release.main_release",
  "delete kubernetes_config_map_v1.main_monitoring_dashboard",
  "delete kubernetes_default_service_account_v1.main_namespace_hook_default_account",
  "delete kubernetes_limit_range_v1.main_namespace_limits_limit_range",
  "delete kubernetes_namespace_v1.main_namespace",
  "delete kubernetes_network_policy_v1.main_namespace_allow_clients",
  "delete kubernetes_network_policy_v1.main_namespace_allow_dns",
  "delete kubernetes_network_policy_v1.main_namespace_allow_egress",
  "delete kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api",
  "delete kubernetes_network_policy_v1.main_namespace_allow_monitoring",
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
  "delete kubernetes_secret_v1.main_seal",
  "delete kubernetes_service_account_v1.main_namespace_hook",
  "delete kubernetes_service_v1.main_external_service",
  "delete kubernetes_service_v1.main_monitoring_service",
  "delete kubernetes_storage_class_v1.main_storage_storage_class",
  "delete openstack_blockstorage_volume_v3.main_storage_audit#",
  "delete openstack_blockstorage_volume_v3.main_storage_data#",
  "delete terraform_data.main_lasting_product",
  "delete terraform_data.main_lasting_seal_key_pkcs11",
];
const SECOND = {
  name: "second",
  product: "openbao",
  address: "https://second.customers.example:8200",
  deployment: { mode: "standalone" },
};
const EXTERNAL = { mode: "external", addresses: ["https://10.0.0.1:8200"] };
const SELF = [{ name: "web", operation: "update", path: "sys/auth/approle" }];
const STANDALONE = deployment({ mode: "standalone", replicas: REMOVED });
const HA = RIGHT.instances[0].deployment;
/** Three replicas become one, of which the others are the majority. */
const ONE_REPLICA = [
  "delete kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
  "delete kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
  "delete openstack_blockstorage_volume_v3.main_storage_audit#",
  "delete openstack_blockstorage_volume_v3.main_storage_data#",
  "read data.kubernetes_resources.main_former_members",
  "refuse data.kubernetes_resources.main_former_members: data-customer10-main-1",
  "run terraform_data.main_unseal: description.replicas.#, description.replicas.#",
  "run terraform_data.main_unseal: revision",
  "update helm_release.main_guard: values.#.maxUnavailable",
  "update helm_release.main_release: values.#.server.affinity, values.#.server.ha.raft.config, values.#.server.ha.replicas, values.#.serverTelemetry.prometheusRules.rules.#.annotations.description, values.#.serverTelemetry.prometheusRules.rules.#.expr",
  "update kubernetes_config_map_v1.main_monitoring_dashboard: data.customer10-main.json",
  "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.pods",
  "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.hard.pods",
  "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
];

const STATIC_ROLE = instance({
  "databases.0.staticRoles": [{ name: "batch", username: "batch", rotationPeriod: "24h" }],
});

const SECRET = { mount: "operator", path: "cloud", field: "secret" };
const ARN = "arn:aws:iam::123456789012:role/deploy";
/** A role of each kind. */
const ROLES = [
  { type: "assumed-role", name: "deploy", roleArns: [ARN] },
  { type: "federation-token", name: "deploy", policyArns: [ARN] },
  { type: "iam-user", name: "deploy", policyArns: [ARN] },
];
/** A cloud of each kind. */
const CLOUDS: Readonly<Record<string, object>> = {
  aws: {
    cloud: "aws",
    accessKeyId: "AKIA",
    secretAccessKey: SECRET,
    region: "eu-central-1",
    roles: [ROLES[0]],
  },
  azure: { cloud: "azure", subscriptionId: "s", tenantId: "t", clientId: "c", clientSecret: SECRET, roles: [] },
  gcp: { cloud: "gcp", credentials: SECRET, roles: [] },
  terraform: { cloud: "terraform", token: SECRET, roles: [] },
};
const PLUGINS = Object.keys(CLOUDS).map((name) => ({
  type: "secret",
  name,
  command: `plugin-${name}`,
  version: "v0.1.0",
  sha256sum: "0".repeat(64),
}));
const CLOUD = { plugins: PLUGINS, clouds: [CLOUDS.aws] };

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "AuditSocketSpec.address",
    {},
    deployment({ "auditDevices.0.address": "siem2.example.com:6514" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "AuditSocketSpec.socketType",
    {},
    deployment({ "auditDevices.0.socketType": "udp" }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: spec.egress.#.ports.#.protocol",
    ],
  ],
  [
    "AuditSocketSpec.type",
    {},
    deployment(SYSLOG),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port, spec.egress.#.ports.#.port, spec.egress.#",
    ],
  ],
  [
    "AuditSyslogSpec.type",
    deployment(SYSLOG),
    {},
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port, spec.egress.#.ports.#.port, spec.egress.#",
    ],
  ],
  [
    "AuditSyslogSpec.facility",
    deployment(SYSLOG),
    deployment({ ...SYSLOG, "auditDevices.0.facility": "LOCAL0" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "AuditSyslogSpec.tag",
    deployment(SYSLOG),
    deployment({ ...SYSLOG, "auditDevices.0.tag": "secrets" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "HelmSpec.auditDevices",
    {},
    deployment({ auditDevices: [] }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port, spec.egress.#.ports.#.port, spec.egress.#",
    ],
  ],
  [
    "HelmSpec.certificate",
    {},
    deployment({ certificate: { secret: "customer10-tls" } }),
    [
      "delete helm_release.main_certificate",
      "run terraform_data.main_unseal: description.kubernetes.certificate.secretName",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraEnvironmentVars.BAO_CACERT, values.#.server.extraVolumes.#.name, values.#.server.ha.raft.config, values.#.serverTelemetry.serviceMonitor.tlsConfig.ca.secret.name",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "CertManagerSpec.certManager",
    deployment({ certificate: { secret: "customer10-tls" } }),
    {},
    [
      "create helm_release.main_certificate",
      "run terraform_data.main_unseal: description.kubernetes.certificate.secretName",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraEnvironmentVars.BAO_CACERT, values.#.server.extraVolumes.#.name, values.#.server.ha.raft.config, values.#.serverTelemetry.serviceMonitor.tlsConfig.ca.secret.name",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "CertificateSecretSpec.secret",
    deployment({ certificate: { secret: "a" } }),
    deployment({ certificate: { secret: "b" } }),
    [
      "run terraform_data.main_unseal: description.kubernetes.certificate.secretName",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraEnvironmentVars.BAO_CACERT, values.#.server.extraVolumes.#.name, values.#.server.ha.raft.config, values.#.serverTelemetry.serviceMonitor.tlsConfig.ca.secret.name",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "HelmSpec.clients",
    {},
    deployment({ clients: [{ cidr: "10.9.0.0/24" }] }),
    [
      "update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#.ip_block, spec.ingress.#.from.#.namespace_selector",
    ],
  ],
  [
    "NetworkClientSpec.cidr",
    deployment({ clients: [{ cidr: "10.9.0.0/24" }] }),
    deployment({ clients: [{ cidr: "10.7.0.0/24" }] }),
    ["update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#.ip_block.cidr"],
  ],
  [
    "NamespaceClientSpec.namespace",
    deployment({ clients: [{ namespace: "a" }] }),
    deployment({ clients: [{ namespace: "b" }] }),
    [
      "update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#.namespace_selector.match_labels.kubernetes.io/metadata.name",
    ],
  ],
  [
    "LabelledClientSpec.namespaceLabels",
    deployment({ clients: [{ namespaceLabels: { a: "b" } }] }),
    deployment({ clients: [{ namespaceLabels: { a: "c" } }] }),
    [
      "update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#.namespace_selector.match_labels.a",
    ],
  ],
  [
    "HelmSpec.egress",
    {},
    deployment({ egress: [] }),
    [
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#",
    ],
  ],
  [
    "EgressSpec.cidr",
    {},
    deployment({ "egress.0.cidr": "10.0.0.0/8" }),
    ["update kubernetes_network_policy_v1.main_namespace_allow_egress: spec.egress.#.to"],
  ],
  [
    "EgressSpec.reason",
    {},
    deployment({ "egress.0.reason": "another module" }),
    ["update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description"],
  ],
  [
    "HelmSpec.kubernetesApiCidrs",
    {},
    deployment({ kubernetesApiCidrs: ["10.0.0.5/32"] }),
    ["update kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api: spec.egress.#.to.#.ip_block.cidr"],
  ],
  [
    "HelmSpec.nodePort",
    PORTS,
    { ...PORTS, ...deployment({ nodePort: 30_821 }) },
    ["update kubernetes_service_v1.main_external_service: spec.port.#.node_port"],
  ],
  [
    "HelmSpec.loadBalancer",
    NO_PORT,
    { ...NO_PORT, ...deployment({ loadBalancer: {} }) },
    [
      "create kubernetes_service_v1.main_external_service",
      "update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.services.loadbalancers, spec.hard.services.nodeports",
    ],
  ],
  [
    "LoadBalancerSpec.annotations",
    { ...NO_PORT, ...deployment({ loadBalancer: {} }) },
    { ...NO_PORT, ...deployment({ loadBalancer: { annotations: { a: "b" } } }) },
    ["update kubernetes_service_v1.main_external_service: metadata.annotations.a"],
  ],
  [
    "VolumesSpec.storageClass",
    {},
    deployment({ storageClass: "fast" }),
    [
      "configure openstack",
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
  ["HighAvailabilitySpec.mode", {}, deployment({ mode: "custom", values: {} }), []],
  ["CustomSpec.mode", deployment({ mode: "custom", values: {} }), {}, []],
  ["HighAvailabilitySpec.mode", {}, STANDALONE, ONE_REPLICA],
  ["CustomSpec.mode", deployment({ mode: "custom", values: {} }), STANDALONE, ONE_REPLICA],
  [
    "CustomSpec.values",
    deployment({ mode: "custom", values: {} }),
    deployment({ mode: "custom", values: { server: { extraLabels: { team: "secrets" } } } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.extraLabels"],
  ],
  [
    "StandaloneSpec.mode",
    STANDALONE,
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
      "update helm_release.main_release: values.#.server.affinity, values.#.server.ha.raft.config, values.#.server.ha.replicas, values.#.serverTelemetry.prometheusRules.rules.#.annotations.description, values.#.serverTelemetry.prometheusRules.rules.#.expr",
      "update kubernetes_config_map_v1.main_monitoring_dashboard: data.customer10-main.json",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.pods",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.hard.pods",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "DevelopmentSpec.mode",
    deployment({ mode: "dev", replicas: REMOVED }),
    {},
    [
      "configure openstack",
      "create kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "create kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "create kubernetes_storage_class_v1.main_storage_storage_class",
      "create openstack_blockstorage_volume_v3.main_storage_audit#",
      "create openstack_blockstorage_volume_v3.main_storage_data#",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.replicas.#, description.replicas.#, description.volatile",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_guard: values.#.maxUnavailable",
      "update helm_release.main_release: values.#.server.affinity, values.#.server.auditStorage.enabled, values.#.server.auditStorage.size, values.#.server.auditStorage.storageClass, values.#.server.dataStorage.enabled, values.#.server.dataStorage.size, values.#.server.dataStorage.storageClass, values.#.server.ha.raft.config, values.#.server.ha.replicas, values.#.server.postStart.#, values.#.server.volumeMounts.#, values.#.server.volumeMounts.#, values.#.server.volumes.#, values.#.server.volumes.#, values.#.serverTelemetry.prometheusRules.rules.#.annotations.description, values.#.serverTelemetry.prometheusRules.rules.#.expr",
      "update kubernetes_config_map_v1.main_monitoring_dashboard: data.customer10-main.json",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.pods",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.hard.pods",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "ExternalSpec.mode",
    instance({ deployment: EXTERNAL }),
    instance({ deployment: HA }),
    [
      "configure openstack",
      "create helm_release.main_certificate",
      "create helm_release.main_guard",
      "create helm_release.main_release",
      "create kubernetes_config_map_v1.main_monitoring_dashboard",
      "create kubernetes_default_service_account_v1.main_namespace_hook_default_account",
      "create kubernetes_limit_range_v1.main_namespace_limits_limit_range",
      "create kubernetes_namespace_v1.main_namespace",
      "create kubernetes_network_policy_v1.main_namespace_allow_clients",
      "create kubernetes_network_policy_v1.main_namespace_allow_dns",
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "create kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api",
      "create kubernetes_network_policy_v1.main_namespace_allow_monitoring",
      "create kubernetes_network_policy_v1.main_namespace_allow_replicas",
      "create kubernetes_network_policy_v1.main_namespace_allow_to_replicas",
      "create kubernetes_network_policy_v1.main_namespace_deny_all",
      "create kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "create kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "create kubernetes_priority_class_v1.main_namespace_limits_priority_class",
      "create kubernetes_resource_quota_v1.main_namespace_limits_quota",
      "create kubernetes_resource_quota_v1.main_namespace_limits_server_quota",
      "create kubernetes_resource_quota_v1.main_namespace_limits_spare_quota",
      "create kubernetes_role_binding_v1.main_namespace_hook_role_binding",
      "create kubernetes_role_v1.main_namespace_hook_role",
      "create kubernetes_secret_v1.main_seal",
      "create kubernetes_service_account_v1.main_namespace_hook",
      "create kubernetes_service_v1.main_external_service",
      "create kubernetes_service_v1.main_monitoring_service",
      "create kubernetes_storage_class_v1.main_storage_storage_class",
      "create openstack_blockstorage_volume_v3.main_storage_audit#",
      "create openstack_blockstorage_volume_v3.main_storage_data#",
      "create terraform_data.main_lasting_product",
      "create terraform_data.main_lasting_seal_key_pkcs11",
      "read ephemeral",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.kubernetes, description.replicas.#.address, description.replicas.#.name, description.replicas.#, description.replicas.#, revision",
    ],
  ],
  [
    "NamespaceSpec.mode",
    instance({ seal: REMOVED, deployment: { mode: "namespace", of: "shared/main" } }),
    instance({ seal: REMOVED, deployment: EXTERNAL }),
    [
      "configure vault",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.replicas.#.address, description.replicas.#.name, description.sharedInstance",
      "update vault_pki_secret_backend_config_urls.main_pki_mount_urls: crl_distribution_points.#, issuing_certificates.#",
      "update vault_policy.access_deploy_policy: policy",
      "update vault_policy.access_hook_policy: policy",
    ],
  ],
  [
    "InstanceSpec.deployment",
    {},
    instance({ deployment: EXTERNAL }),
    [
      "configure openstack",
      ...DELETED_SERVERS,
      "read ephemeral",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.kubernetes, description.replicas.#.address, description.replicas.#.name, description.replicas.#, description.replicas.#, revision",
    ],
  ],
  [
    "InstanceSpec.seal",
    {},
    instance({ seal: { type: "transit" } }),
    [
      "create vault_policy.main_seal_policy",
      "create vault_token_auth_backend_role.main_seal_token_role",
      "create vault_transit_secret_backend_key.main_seal_key",
      "delete kubernetes_secret_v1.main_seal",
      "delete terraform_data.main_lasting_seal_key_pkcs11",
      "read ephemeral",
      "run terraform_data.main_unseal: description.kubernetes.sealToken, description.seal",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraSecretEnvironmentVars.#.envName, values.#.server.extraSecretEnvironmentVars.#.secretKey, values.#.server.extraSecretEnvironmentVars.#.secretName, values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port, spec.egress.#.ports.#.port, spec.egress.#.ports.#.port, spec.egress.#",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#, rule.#.resource_names.#, rule.#.verbs.#, rule.#",
    ],
  ],
  [
    "ExistingClientAccessSpec.cidrs",
    SHARED,
    { ...SHARED, "cluster.clientAccess.cidrs": ["10.9.0.0/24"] },
    ["update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#.ip_block.cidr"],
  ],
  [
    "ExistingClusterSpec.clientAccess",
    SHARED,
    { ...SHARED, "cluster.clientAccess": { cidrs: ["10.8.0.0/24", "10.9.0.0/24"] } },
    ["update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#"],
  ],
  [
    "ExistingClusterSpec.kubeconfig",
    SHARED,
    { ...SHARED, "cluster.kubeconfig.path": "other" },
    [
      "read ephemeral",
      "run terraform_data.main_unseal: description.kubernetes.kubeconfig.path",
      "update vault_policy.access_deploy_policy: policy",
    ],
  ],
  [
    "ExistingClusterSpec.existing",
    deployment({ storageClass: "fast", egress: REMOVED }),
    SHARED,
    [
      "leave the stack customer10-cluster",
      "read ephemeral",
      "run terraform_data.main_unseal: description.kubernetes.kubeconfig.path",
      "update kubernetes_network_policy_v1.main_namespace_allow_clients: spec.ingress.#.from.#.ip_block.cidr, spec.ingress.#.from.#",
      "update kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api: spec.egress.#.to.#.ip_block.cidr",
      "update vault_policy.access_deploy_policy: policy",
    ],
  ],
  [
    "DatabasesField.databases",
    {},
    instance({ databases: REMOVED, "roles.0.databases": REMOVED }),
    [
      "delete vault_database_secret_backend_role.main_database_orders_role_readonly",
      "delete vault_database_secrets_mount.main_database_orders_engine",
      "delete vault_generic_endpoint.main_database_orders_passwords",
      "read ephemeral",
      "run terraform_data.main_unseal: description.identities.mounts.#.path, description.identities.mounts.#.type, description.identities.mounts.#",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port, spec.egress.#",
      "update vault_policy.main_role_web_policy: policy",
    ],
  ],
  [
    "DatabasesGrants.databases",
    {},
    instance({ "roles.0.databases": REMOVED }),
    ["update vault_policy.main_role_web_policy: policy"],
  ],
  [
    "DatabasesGrants.rotateDatabases",
    STATIC_ROLE,
    { ...STATIC_ROLE, ...instance({ "roles.0.rotateDatabases": ["orders/batch"] }) },
    ["update vault_policy.main_role_web_policy: policy"],
  ],
  [
    "InstanceSpec.plugins",
    {},
    instance({ plugins: PLUGINS }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "CloudsField.clouds",
    instance({ ...CLOUD, "roles.0.clouds": ["aws/deploy"] }),
    instance({ plugins: PLUGINS }),
    [
      "delete terraform_data.main_cloud_aws_root",
      "delete vault_aws_secret_backend.main_cloud_aws_engine",
      "delete vault_aws_secret_backend_role.main_cloud_aws_role_deploy",
      "read ephemeral",
      "run terraform_data.main_unseal: description.identities.mounts.#",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port, spec.egress.#",
      "update vault_policy.access_deploy_policy: policy",
      "update vault_policy.main_role_web_policy: policy",
    ],
  ],
  [
    "CloudsGrants.clouds",
    instance(CLOUD),
    instance({ ...CLOUD, "roles.0.clouds": ["aws/deploy"] }),
    ["update vault_policy.main_role_web_policy: policy"],
  ],
  [
    "AwsCredentialsSpec.roles",
    instance(CLOUD),
    instance({ ...CLOUD, "clouds.0.roles": [] }),
    ["delete vault_aws_secret_backend_role.main_cloud_aws_role_deploy"],
  ],
  ...ROLES.map((role, index): FieldChange<Setting> => [
    ["AwsAssumedRoleSpec.type", "AwsFederationTokenSpec.type", "AwsIamUserSpec.type"][index] ?? "",
    instance({ ...CLOUD, "clouds.0.roles.0": role }),
    instance({ ...CLOUD, "clouds.0.roles.0": ROLES[(index + 1) % 3] }),
    [
      index === 1
        ? "update vault_aws_secret_backend_role.main_cloud_aws_role_deploy: credential_type, default_sts_ttl, max_sts_ttl"
        : `replace vault_aws_secret_backend_role.main_cloud_aws_role_deploy: role_arns`,
    ],
  ]),
  ...Object.keys(CLOUDS).map((cloud, index, clouds): FieldChange<Setting> => {
    const next = clouds[(index + 1) % 4] ?? "";
    const at = (name: string): Setting =>
      instance({ plugins: PLUGINS, clouds: [{ ...CLOUDS[name], mount: "cloud", roles: [] }] });
    const engine = (name: string): string =>
      `vault_${name === "terraform" ? "terraform_cloud" : name}_secret_backend.main_cloud_cloud_engine`;
    return [
      [
        "AwsCredentialsSpec.cloud",
        "AzureCredentialsSpec.cloud",
        "GcpCredentialsSpec.cloud",
        "TerraformCloudCredentialsSpec.cloud",
      ][index] ?? "",
      at(cloud),
      at(next),
      [
        ...(next === "aws" ? ["create terraform_data.main_cloud_cloud_root"] : []),
        `create ${engine(next)}`,
        ...(cloud === "aws" ? ["delete terraform_data.main_cloud_cloud_root"] : []),
        `delete ${engine(cloud)}`,
        "run terraform_data.main_unseal: description.identities.mounts.#.type",
        "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description",
      ],
    ];
  }),
  [
    "PostgresqlProps.failoverHosts",
    {},
    instance({ "databases.0.failoverHosts": ["postgres-2.customer10.internal"] }),
    ["update vault_database_secrets_mount.main_database_orders_engine: postgresql.#.connection_url"],
  ],
  [
    "PostgresqlDatabaseSpec.engine",
    {},
    instance({ "databases.0.engine": "mysql" }),
    [
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port",
      "update vault_database_secret_backend_role.main_database_orders_role_readonly: creation_statements.#, creation_statements.#, db_name, revocation_statements.#, revocation_statements.#",
      "update vault_database_secrets_mount.main_database_orders_engine: mysql, postgresql",
    ],
  ],
  [
    "MysqlDatabaseSpec.engine",
    instance({ "databases.0.engine": "mysql" }),
    {},
    [
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port",
      "update vault_database_secret_backend_role.main_database_orders_role_readonly: creation_statements.#, creation_statements.#, db_name, revocation_statements.#, revocation_statements.#",
      "update vault_database_secrets_mount.main_database_orders_engine: mysql, postgresql",
    ],
  ],
  [
    "InstanceSpec.identities",
    {},
    instance({ identities: { tokenTtl: "2h" } }),
    ["run terraform_data.main_unseal: description.identities.tokenTtl"],
  ],
  [
    "InstanceSpec.name",
    NO_ENGINES,
    { ...NO_ENGINES, ...instance({ name: "other" }) },
    [
      "configure vault",
      "create helm_release.other_certificate",
      "create helm_release.other_guard",
      "create helm_release.other_release",
      "create kubernetes_config_map_v1.other_monitoring_dashboard",
      "create kubernetes_default_service_account_v1.other_namespace_hook_default_account",
      "create kubernetes_limit_range_v1.other_namespace_limits_limit_range",
      "create kubernetes_namespace_v1.other_namespace",
      "create kubernetes_network_policy_v1.other_namespace_allow_clients",
      "create kubernetes_network_policy_v1.other_namespace_allow_dns",
      "create kubernetes_network_policy_v1.other_namespace_allow_egress",
      "create kubernetes_network_policy_v1.other_namespace_allow_kubernetes_api",
      "create kubernetes_network_policy_v1.other_namespace_allow_monitoring",
      "create kubernetes_network_policy_v1.other_namespace_allow_replicas",
      "create kubernetes_network_policy_v1.other_namespace_allow_to_replicas",
      "create kubernetes_network_policy_v1.other_namespace_deny_all",
      "create kubernetes_persistent_volume_v1.other_storage_audit#_persistent_volume",
      "create kubernetes_persistent_volume_v1.other_storage_data#_persistent_volume",
      "create kubernetes_priority_class_v1.other_namespace_limits_priority_class",
      "create kubernetes_resource_quota_v1.other_namespace_limits_quota",
      "create kubernetes_resource_quota_v1.other_namespace_limits_server_quota",
      "create kubernetes_resource_quota_v1.other_namespace_limits_spare_quota",
      "create kubernetes_role_binding_v1.other_namespace_hook_role_binding",
      "create kubernetes_role_v1.other_namespace_hook_role",
      "create kubernetes_secret_v1.other_seal",
      "create kubernetes_service_account_v1.other_namespace_hook",
      "create kubernetes_service_v1.other_external_service",
      "create kubernetes_service_v1.other_monitoring_service",
      "create kubernetes_storage_class_v1.other_storage_storage_class",
      "create openstack_blockstorage_volume_v3.other_storage_audit#",
      "create openstack_blockstorage_volume_v3.other_storage_data#",
      'create terraform_data.instances_not_retired["other"]',
      "create terraform_data.other_lasting_product",
      "create terraform_data.other_lasting_seal_key_pkcs11",
      "create terraform_data.other_lasting_storage",
      "create terraform_data.other_unseal",
      ...DELETED_SERVERS,
      "delete terraform_data.main_lasting_storage",
      "delete terraform_data.main_unseal",
      "read ephemeral",
      'refuse terraform_data.instances_not_retired["main"]',
    ],
  ],
  [
    "TenantSpec.instances",
    { ...NO_ENGINES, "instances.1": SECOND },
    NO_ENGINES,
    [
      "configure vault",
      "delete helm_release.second_guard",
      "delete helm_release.second_release",
      "delete kubernetes_default_service_account_v1.second_namespace_hook_default_account",
      "delete kubernetes_limit_range_v1.second_namespace_limits_limit_range",
      "delete kubernetes_namespace_v1.second_namespace",
      "delete kubernetes_network_policy_v1.second_namespace_allow_clients",
      "delete kubernetes_network_policy_v1.second_namespace_allow_dns",
      "delete kubernetes_network_policy_v1.second_namespace_allow_kubernetes_api",
      "delete kubernetes_network_policy_v1.second_namespace_allow_replicas",
      "delete kubernetes_network_policy_v1.second_namespace_allow_to_replicas",
      "delete kubernetes_network_policy_v1.second_namespace_deny_all",
      "delete kubernetes_persistent_volume_v1.second_storage_audit#_persistent_volume",
      "delete kubernetes_persistent_volume_v1.second_storage_data#_persistent_volume",
      "delete kubernetes_priority_class_v1.second_namespace_limits_priority_class",
      "delete kubernetes_resource_quota_v1.second_namespace_limits_quota",
      "delete kubernetes_resource_quota_v1.second_namespace_limits_server_quota",
      "delete kubernetes_resource_quota_v1.second_namespace_limits_spare_quota",
      "delete kubernetes_role_binding_v1.second_namespace_hook_role_binding",
      "delete kubernetes_role_v1.second_namespace_hook_role",
      "delete kubernetes_service_account_v1.second_namespace_hook",
      "delete kubernetes_storage_class_v1.second_storage_storage_class",
      "delete openstack_blockstorage_volume_v3.second_storage_audit#",
      "delete openstack_blockstorage_volume_v3.second_storage_data#",
      "delete terraform_data.second_lasting_product",
      "delete terraform_data.second_lasting_storage",
      "delete terraform_data.second_unseal",
      "delete vault_pki_secret_backend_role.access_certificates",
      "read ephemeral",
      'refuse terraform_data.instances_not_retired["second"]',
    ],
  ],
  [
    "TenantSpec.name",
    {},
    { name: "customer11" },
    [
      "add the stack customer11-access",
      "add the stack customer11-cluster",
      "add the stack customer11-config",
      "add the stack customer11-vault",
      "leave the stack customer10-access",
      "leave the stack customer10-cluster",
      "leave the stack customer10-config",
      "leave the stack customer10-vault",
    ],
  ],
  [
    "TenantClusterProps.tenant",
    {},
    { name: "customer11" },
    [
      "add the stack customer11-access",
      "add the stack customer11-cluster",
      "add the stack customer11-config",
      "add the stack customer11-vault",
      "leave the stack customer10-access",
      "leave the stack customer10-cluster",
      "leave the stack customer10-config",
      "leave the stack customer10-vault",
    ],
  ],
  [
    "TenantSpec.cluster",
    {},
    { cluster: REMOVED, ...instance({ deployment: EXTERNAL }) },
    [
      "configure helm",
      "configure kubernetes",
      "configure openstack",
      ...DELETED_SERVERS,
      "leave the stack customer10-cluster",
      "read ephemeral",
      "refuse terraform_data.main_lasting_storage: input.storage",
      "run terraform_data.main_unseal: description.kubernetes, description.replicas.#.address, description.replicas.#.name, description.replicas.#, description.replicas.#, revision",
      "update vault_policy.access_deploy_policy: policy",
    ],
  ],
  [
    "TenantSpec.deletionProtection",
    {},
    { deletionProtection: false },
    [
      "protection openstack_blockstorage_volume_v3.main_storage_audit#",
      "protection openstack_blockstorage_volume_v3.main_storage_data#",
      "protection openstack_compute_instance_v2.cluster_machines_control_plane_#",
      "protection openstack_networking_network_v2.cluster_network",
      "protection openstack_networking_port_v2.cluster_machines_control_plane_#_port",
      "protection openstack_networking_router_interface_v2.cluster_network_router_interface",
      "protection openstack_networking_router_v2.cluster_network_router",
      "protection openstack_networking_subnet_v2.cluster_network_subnet",
      "protection terraform_data.cluster_not_destroyable",
      "protection terraform_data.deletionProtection",
      "protection terraform_data.instances_not_retired",
      "protection terraform_data.main_pki_intermediate_fb521731_created",
      "protection terraform_data.main_pki_intermediate_fb521731_origin",
      "protection terraform_data.main_ssh_imported_keys",
      "protection vault_mount.main_key_value_kv",
      "protection vault_mount.main_pki_mount",
      "protection vault_mount.main_ssh_mount",
      "protection vault_pki_secret_backend_intermediate_cert_request.main_pki_intermediate_fb521731_request",
      "protection vault_pki_secret_backend_intermediate_set_signed.main_pki_intermediate_fb521731",
      "protection vault_pki_secret_backend_root_sign_intermediate.main_pki_intermediate_fb521731_signature",
      "protection vault_ssh_secret_backend_ca.main_ssh",
      "update vault_generic_endpoint.main_key_value_kv_deletion_protection: disable_delete",
    ],
  ],
];
describe("the tenant file", () => testChanges(layers, CHANGES));

const WITH_VAULT: readonly FieldChange<Setting>[] = [
  [
    "InstanceSpec.plugins",
    VAULT,
    { ...VAULT, ...instance({ plugins: PLUGINS.slice(0, 1) }) },
    [
      "create vault_plugin.main_plugins_secret_aws_v0_#_#",
      "run terraform_data.main_unseal: description.identities.plugins",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "HelmSpec.auditDevices",
    VAULT,
    { ...VAULT, ...deployment({ auditDevices: [] }) },
    [
      "delete vault_audit.main_audit_socket",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#.ports.#.port, spec.egress.#.ports.#.port, spec.egress.#",
    ],
  ],
];
describe("the tenant file, with Vault", () => testChanges(layers, WITH_VAULT, false));

const ALONE = { ...NO_ENGINES, ...STANDALONE };
const SELF_INITIALIZATION: readonly FieldChange<Setting>[] = [
  [
    "HelmSpec.selfInitialization",
    ALONE,
    { ...ALONE, ...deployment({ selfInitialization: SELF }) },
    [
      "run terraform_data.main_unseal: description.kubernetes.bootstrap, description.selfInitializes",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#, rule.#.resource_names.#, rule.#.verbs.#, rule.#",
    ],
  ],
];
describe("self-initialisation in the tenant file", () => testChanges(layers, SELF_INITIALIZATION));
