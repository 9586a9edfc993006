import {
  AuditDevice,
  Duration,
  Exposure,
  HighAvailabilityDeployment,
  NetworkPeer,
  Seal,
  SecretRef,
  SelfInitialization,
  ServerCertificate,
  Size,
  StandaloneDeployment,
  TenantCluster,
  VaultStorage,
  type ChartValues,
  type HighAvailabilityDeploymentProps,
  type StaticKeySealProps,
  type VaultInstanceProps,
} from "../../../src/index";
import { STORED, synthesizeInstance } from "../instance";
import type { Synthesized } from "../synth";
import type { FieldChange } from "./test-changes";

/** What the namespace demands of each container. */
const RESTRICTED = { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** An instance in Kubernetes, as far as it differs from the usual one. */
export type InstanceSetting = Partial<VaultInstanceProps> & {
  readonly helm?: Partial<HighAvailabilityDeploymentProps>;
};

export function synthesizeSetting({ helm, ...props }: InstanceSetting): Synthesized {
  return synthesizeInstance(new HighAvailabilityDeployment({ ...STORED, ...helm }), props);
}

const secret = (name: string): SecretRef =>
  SecretRef.centralVault({ mount: "operator", path: `customer10/${name}`, field: "value" });
const values = (of: ChartValues): InstanceSetting => ({ helm: { values: of } });
const server = (of: ChartValues["server"]): InstanceSetting => values({ server: of });
const helm = (of: Partial<HighAvailabilityDeploymentProps>): InstanceSetting => ({ helm: of });
const CLIENTS = [NetworkPeer.anyNamespace(), NetworkPeer.cidr("10.8.0.0/24")];
const IMAGE = { repository: "quay.io/openbao/openbao", tag: "2.6.2" };
const RESOURCES = { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "1Gi" } };
const variable = (name: string, from: string, key: string): InstanceSetting =>
  server({ extraSecretEnvironmentVars: [{ envName: name, secretName: from, secretKey: key }] });

/** Standalone servers that initialise themselves, with one request. */
function selfInitialized(request?: Partial<Record<string, string>>): Synthesized {
  const given = { name: "web", operation: "update" as const, path: "sys/auth/approle", data: { type: "approle" } };
  const requests = [{ ...given, ...request, data: { type: request?.data ?? "approle" } } as never];
  const selfInitialization = request === undefined ? undefined : new SelfInitialization(requests);
  return synthesizeInstance(new StandaloneDeployment({ ...STORED, selfInitialization }), { seal: Seal.transit() });
}

const EXTERNAL = {
  type: "secret",
  name: "aws",
  command: "openbao-plugin-secrets-aws",
  version: "v0.1.0",
  sha256sum: "0".repeat(64),
} as const;

/** Changes of the servers' pods, or of what is around them. */
export const HELM_CHANGES: readonly FieldChange<InstanceSetting>[] = [
  [
    "HelmChart.chart",
    helm({ chart: { chart: "charts/a" } }),
    helm({ chart: { chart: "charts/b" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: chart"],
  ],
  [
    "HelmChart.repository",
    helm({ chart: { chart: "openbao", repository: "https://a.example" } }),
    helm({ chart: { chart: "openbao", repository: "https://b.example" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: repository"],
  ],
  [
    "HelmChart.version",
    helm({ chart: { chart: "openbao", version: "1.0.0" } }),
    helm({ chart: { chart: "openbao", version: "1.0.1" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: version"],
  ],
  [
    "HelmDeploymentProps.chart",
    {},
    helm({ chart: { chart: "charts/openbao" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: chart, repository, version"],
  ],
  [
    "HelmDeploymentProps.image",
    {},
    helm({ image: { ...IMAGE, tag: "2.7.2" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraContainers.#.image, values.#.server.image.tag",
    ],
  ],
  [
    "ContainerImage.repository",
    helm({ image: IMAGE }),
    helm({ image: { ...IMAGE, repository: "registry.example.com/openbao" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraContainers.#.image, values.#.server.image.registry, values.#.server.image.repository",
    ],
  ],
  [
    "ContainerImage.tag",
    helm({ image: IMAGE }),
    helm({ image: { ...IMAGE, tag: "2.7.2" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraContainers.#.image, values.#.server.image.tag",
    ],
  ],
  [
    "HelmDeploymentProps.resources",
    {},
    helm({ resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { memory: "2Gi" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.resources.limits.memory, values.#.server.resources.requests.cpu, values.#.server.resources.requests.memory",
      "update kubernetes_limit_range_v1.main_namespace_limits_limit_range: spec.limit.#.default.memory, spec.limit.#.default_request.cpu, spec.limit.#.default_request.memory",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.hard.limits.memory, spec.hard.requests.cpu, spec.hard.requests.memory",
    ],
  ],
  [
    "ServerResources.limits",
    helm({ resources: RESOURCES }),
    helm({ resources: { ...RESOURCES, limits: { memory: "3Gi" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.resources.limits.memory",
      "update kubernetes_limit_range_v1.main_namespace_limits_limit_range: spec.limit.#.default.memory",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.hard.limits.memory",
    ],
  ],
  [
    "ServerResources.limits.memory",
    helm({ resources: RESOURCES }),
    helm({ resources: { ...RESOURCES, limits: { memory: "4Gi" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.resources.limits.memory",
      "update kubernetes_limit_range_v1.main_namespace_limits_limit_range: spec.limit.#.default.memory",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.hard.limits.memory",
    ],
  ],
  [
    "ServerResources.requests",
    helm({ resources: RESOURCES }),
    helm({ resources: { ...RESOURCES, requests: { cpu: "1", memory: "512Mi" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.resources.requests.cpu, values.#.server.resources.requests.memory",
      "update kubernetes_limit_range_v1.main_namespace_limits_limit_range: spec.limit.#.default_request.cpu, spec.limit.#.default_request.memory",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.hard.requests.cpu, spec.hard.requests.memory",
    ],
  ],
  [
    "ServerResources.requests.cpu",
    helm({ resources: RESOURCES }),
    helm({ resources: { ...RESOURCES, requests: { cpu: "1", memory: "1Gi" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.resources.requests.cpu",
      "update kubernetes_limit_range_v1.main_namespace_limits_limit_range: spec.limit.#.default_request.cpu",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.hard.requests.cpu",
    ],
  ],
  [
    "ServerResources.requests.memory",
    helm({ resources: RESOURCES }),
    helm({ resources: { ...RESOURCES, requests: { cpu: "250m", memory: "512Mi" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.resources.requests.memory",
      "update kubernetes_limit_range_v1.main_namespace_limits_limit_range: spec.limit.#.default_request.memory",
      "update kubernetes_resource_quota_v1.main_namespace_limits_spare_quota: spec.hard.requests.memory",
    ],
  ],
  [
    "HelmDeploymentProps.exposure",
    helm({ clients: CLIENTS }),
    helm({ clients: CLIENTS, exposure: Exposure.nodePort(30_820) }),
    [
      "create kubernetes_service_v1.main_external_service",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.services.nodeports",
    ],
  ],
  [
    "HelmDeploymentProps.ui",
    {},
    helm({ ui: true }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config, values.#.ui.enabled",
    ],
  ],
  [
    "HelmDeploymentProps.logLevel",
    {},
    helm({ logLevel: "debug" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "HelmDeploymentProps.logFormat",
    {},
    helm({ logFormat: "standard" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "HelmDeploymentProps.auditDevices",
    {},
    helm({ auditDevices: [AuditDevice.syslog()] }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "HelmDeploymentProps.plugins",
    {},
    helm({ plugins: [EXTERNAL] }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  ...Object.entries({
    "ExternalPlugin.type": { type: "database" as const },
    "ExternalPlugin.name": { name: "other" },
    "ExternalPlugin.command": { command: "other" },
    "ExternalPlugin.version": { version: "v0.2.0" },
    "ExternalPlugin.sha256sum": { sha256sum: "1".repeat(64) },
  }).map(([field, other]): FieldChange<InstanceSetting> => [
    field,
    helm({ plugins: [EXTERNAL] }),
    helm({ plugins: [{ ...EXTERNAL, ...other }] }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ]),
  [
    "HelmDeploymentProps.kubernetesAuth",
    {},
    helm({ kubernetesAuth: true }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.authDelegator.enabled",
    ],
  ],
  [
    "HelmDeploymentProps.serviceAccountAnnotations",
    {},
    helm({ serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/vault" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.serviceAccount.annotations.eks.amazonaws.com/role-arn",
    ],
  ],
  [
    "HelmDeploymentProps.monitoring",
    {},
    helm({ monitoring: { namespace: "monitoring" } }),
    [
      "create kubernetes_config_map_v1.main_monitoring_dashboard",
      "create kubernetes_network_policy_v1.main_namespace_allow_monitoring",
      "create kubernetes_service_v1.main_monitoring_service",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraPorts, values.#.server.ha.raft.config, values.#.serverTelemetry",
    ],
  ],
  [
    "HelmDeploymentProps.values",
    {},
    server({ extraLabels: { team: "secrets" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.extraLabels"],
  ],
  [
    "HelmDeploymentProps.certificate",
    {},
    helm({ certificate: ServerCertificate.secret("customer10-tls") }),
    [
      "run terraform_data.main_unseal: description.kubernetes.certificate.issuer, description.kubernetes.certificate.secretName",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraEnvironmentVars.BAO_CACERT, values.#.server.extraVolumes.#.name, values.#.server.ha.raft.config",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.verbs.#, rule.#",
    ],
  ],
  [
    "HelmDeploymentProps.cluster",
    {},
    helm({
      cluster: TenantCluster.fromKubeconfig({ mount: "clusters", path: "other" }, { apiCidrs: ["10.0.0.0/24"] }),
    }),
    ["run terraform_data.main_unseal: description.kubernetes.kubeconfig.path"],
  ],
  [
    "IKubernetesCluster.apiCidrs",
    {},
    helm({
      cluster: TenantCluster.fromKubeconfig({ mount: "clusters", path: "customer10" }, { apiCidrs: ["10.0.1.0/24"] }),
    }),
    ["update kubernetes_network_policy_v1.main_namespace_allow_kubernetes_api: spec.egress.#.to.#.ip_block.cidr"],
  ],
  [
    "IKubernetesCluster.kubeconfig",
    {},
    helm({
      cluster: TenantCluster.fromKubeconfig({ mount: "clusters", path: "other" }, { apiCidrs: ["10.0.0.0/24"] }),
    }),
    ["run terraform_data.main_unseal: description.kubernetes.kubeconfig.path"],
  ],
  [
    "KubeconfigLocation.mount",
    {},
    helm({
      cluster: TenantCluster.fromKubeconfig(
        { mount: "kubeconfigs", path: "customer10" },
        { apiCidrs: ["10.0.0.0/24"] },
      ),
    }),
    ["run terraform_data.main_unseal: description.kubernetes.kubeconfig.mount"],
  ],
  [
    "KubeconfigLocation.path",
    {},
    helm({
      cluster: TenantCluster.fromKubeconfig({ mount: "clusters", path: "other" }, { apiCidrs: ["10.0.0.0/24"] }),
    }),
    ["run terraform_data.main_unseal: description.kubernetes.kubeconfig.path"],
  ],
  [
    "NodePlacement.nodeSelector",
    {},
    helm({ nodeSelector: { "tenant-vault/pool": "secrets" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.nodeSelector.tenant-vault/pool",
    ],
  ],
  [
    "NodePlacement.tolerations",
    {},
    helm({ tolerations: [{ key: "dedicated", effect: "NoSchedule" }] }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.tolerations.#"],
  ],
  [
    "Toleration.effect",
    helm({ tolerations: [{ key: "dedicated", effect: "NoSchedule" }] }),
    helm({ tolerations: [{ key: "dedicated", effect: "NoExecute" }] }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.tolerations.#.effect",
    ],
  ],
  [
    "Toleration.key",
    helm({ tolerations: [{ key: "dedicated", effect: "NoSchedule" }] }),
    helm({ tolerations: [{ key: "secrets", effect: "NoSchedule" }] }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.tolerations.#.key"],
  ],
  [
    "Toleration.value",
    helm({ tolerations: [{ key: "dedicated", effect: "NoSchedule" }] }),
    helm({ tolerations: [{ key: "dedicated", value: "vault", effect: "NoSchedule" }] }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.tolerations.#.operator, values.#.server.tolerations.#.value",
    ],
  ],
  [
    "HighAvailabilityDeploymentProps.spreadOverNodes",
    {},
    helm({ spreadOverNodes: false }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.affinity"],
  ],
  [
    "HighAvailabilityDeploymentProps.replicas",
    {},
    helm({ replicas: 5 }),
    [
      "create kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "create kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "create openstack_blockstorage_volume_v3.main_storage_audit#",
      "create openstack_blockstorage_volume_v3.main_storage_data#",
      "run terraform_data.main_unseal: description.replicas.#, description.replicas.#",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config, values.#.server.ha.replicas",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.pods",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.hard.pods",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "HighAvailabilityDeploymentProps.replicas",
    helm({ replicas: 5 }),
    {},
    [
      "delete kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume",
      "delete kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume",
      "delete openstack_blockstorage_volume_v3.main_storage_audit#",
      "delete openstack_blockstorage_volume_v3.main_storage_data#",
      "run terraform_data.main_unseal: description.replicas.#, description.replicas.#",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config, values.#.server.ha.replicas",
      "update kubernetes_resource_quota_v1.main_namespace_limits_quota: spec.hard.pods",
      "update kubernetes_resource_quota_v1.main_namespace_limits_server_quota: spec.hard.pods",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#, rule.#.resource_names.#",
    ],
  ],
  [
    "CentralCertificateProps.mount",
    {},
    helm({ certificate: ServerCertificate.central({ mount: "pki-other", role: "instances" }) }),
    ["run terraform_data.main_unseal: description.kubernetes.certificate.issuer.mount"],
  ],
  [
    "CentralCertificateProps.role",
    {},
    helm({ certificate: ServerCertificate.central({ mount: "pki-root", role: "others" }) }),
    ["run terraform_data.main_unseal: description.kubernetes.certificate.issuer.role"],
  ],
  [
    "CentralCertificateProps.domains",
    {},
    helm({ certificate: ServerCertificate.central({ mount: "pki-root", role: "instances", domains: ["example"] }) }),
    [],
  ],
  [
    "CertManagerProps.issuer",
    helm({ certificate: ServerCertificate.certManager({ issuer: "a" }) }),
    helm({ certificate: ServerCertificate.certManager({ issuer: "b" }) }),
    ["update helm_release.main_certificate: values.#.issuer.name"],
  ],
  [
    "CertManagerProps.kind",
    helm({ certificate: ServerCertificate.certManager({ issuer: "a" }) }),
    helm({ certificate: ServerCertificate.certManager({ issuer: "a", kind: "Issuer" }) }),
    ["update helm_release.main_certificate: values.#.issuer.kind"],
  ],
  [
    "CertManagerProps.duration",
    helm({ certificate: ServerCertificate.certManager({ issuer: "a" }) }),
    helm({ certificate: ServerCertificate.certManager({ issuer: "a", duration: Duration.days(60) }) }),
    ["update helm_release.main_certificate: values.#.duration"],
  ],
  [
    "CertManagerProps.renewBefore",
    helm({ certificate: ServerCertificate.certManager({ issuer: "a" }) }),
    helm({ certificate: ServerCertificate.certManager({ issuer: "a", renewBefore: Duration.days(20) }) }),
    ["update helm_release.main_certificate: values.#.renewBefore"],
  ],
  [
    "MonitoringProps.namespace",
    helm({ monitoring: { namespace: "monitoring" } }),
    helm({ monitoring: { namespace: "observability" } }),
    [
      "replace kubernetes_config_map_v1.main_monitoring_dashboard: metadata.namespace",
      "update kubernetes_network_policy_v1.main_namespace_allow_monitoring: spec.ingress.#.from.#.namespace_selector.match_labels.kubernetes.io/metadata.name",
    ],
  ],
  [
    "MonitoringProps.alerts",
    helm({ monitoring: { namespace: "monitoring" } }),
    helm({ monitoring: { namespace: "monitoring", alerts: false } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.serverTelemetry.prometheusRules",
    ],
  ],
  [
    "MonitoringProps.dashboard",
    helm({ monitoring: { namespace: "monitoring" } }),
    helm({ monitoring: { namespace: "monitoring", dashboard: false } }),
    ["delete kubernetes_config_map_v1.main_monitoring_dashboard"],
  ],
  [
    "MonitoringProps.scrape",
    helm({ monitoring: { namespace: "monitoring" } }),
    helm({ monitoring: { namespace: "monitoring", scrape: "annotations", alerts: true } }),
    [
      "delete kubernetes_service_v1.main_monitoring_service",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.serverTelemetry.serviceMonitor",
    ],
  ],
  [
    "MonitoringProps.selectors",
    helm({ monitoring: { namespace: "monitoring" } }),
    helm({ monitoring: { namespace: "monitoring", selectors: { release: "prometheus" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.serverTelemetry.prometheusRules.selectors.release, values.#.serverTelemetry.serviceMonitor.selectors.release",
    ],
  ],
  [
    "MonitoringProps.statsdAddress",
    helm({ monitoring: { namespace: "monitoring" } }),
    helm({ monitoring: { namespace: "monitoring", statsdAddress: "statsd.monitoring.svc:9125" } }),
    [
      "create kubernetes_network_policy_v1.main_namespace_allow_egress",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "CinderStorageProps.volumeType",
    {},
    helm({ storage: VaultStorage.cinder({ volumeType: "fast" }) }),
    [
      "update openstack_blockstorage_volume_v3.main_storage_audit#: volume_type",
      "update openstack_blockstorage_volume_v3.main_storage_data#: volume_type",
    ],
  ],
  [
    "CinderStorageProps.volumeZones",
    {},
    helm({ storage: VaultStorage.cinder({ volumeZones: ["az1", "az2", "az3"] }) }),
    [
      "refuse openstack_blockstorage_volume_v3.main_storage_audit#: availability_zone",
      "refuse openstack_blockstorage_volume_v3.main_storage_data#: availability_zone",
      "update kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume: spec.#.node_affinity",
      "update kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume: spec.#.node_affinity",
    ],
  ],
  [
    "CinderStorageProps.deletionProtection",
    {},
    helm({ storage: VaultStorage.cinder({ deletionProtection: false }) }),
    [
      "protection openstack_blockstorage_volume_v3.main_storage_audit#",
      "protection openstack_blockstorage_volume_v3.main_storage_data#",
    ],
  ],
  [
    "VaultInstanceProps.address",
    {},
    { address: "https://vault.customer10.example:8200" },
    ["run terraform_data.main_unseal: description.kubernetes.certificate.names.#"],
  ],
  [
    "VaultInstanceProps.product",
    {},
    { product: "vault" },
    [
      "refuse terraform_data.main_lasting_product: input.product",
      "run terraform_data.main_unseal: description.product",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: chart, repository, values.#.server.configAnnotation, values.#.server.extraContainers.#.image, values.#.server.extraEnvironmentVars.BAO_CACERT, values.#.server.extraEnvironmentVars.VAULT_CACERT, values.#.server.ha.apiAddr, values.#.server.ha.clusterAddr, values.#.server.ha.raft.config, values.#.server.image.registry, values.#.server.image.repository, values.#.server.image.tag, values.#.server.includeConfigAnnotation, values.#.server.podManagementPolicy, values.#.server.postStart.#, values.#.ui.activeOpenbaoPodOnly, values.#.ui.activeVaultPodOnly, version",
    ],
  ],
  [
    "VaultInstanceProps.central",
    {},
    { central: { address: "https://vault.operator.example:8200" } },
    ["command terraform_data.main_unseal: environment.VAULT_ADDR"],
  ],
  [
    "CentralVaultAccess.address",
    {},
    { central: { address: "https://vault.operator.example:8200" } },
    ["command terraform_data.main_unseal: environment.VAULT_ADDR"],
  ],
  [
    "CentralVaultAccess.caCertificatePath",
    {},
    { central: { address: "https://central:8200", caCertificatePath: "assets/ca.pem" } },
    ["command terraform_data.main_unseal: environment.VAULT_CACERT"],
  ],
  [
    "CentralVaultAccess.namespace",
    {},
    { central: { address: "https://central:8200", namespace: "team1" } },
    ["command terraform_data.main_unseal: environment.VAULT_NAMESPACE"],
  ],
  [
    "VaultInstanceProps.deletionProtection",
    { seal: Seal.transit() },
    { seal: Seal.transit(), deletionProtection: false },
    [
      "protection vault_transit_secret_backend_key.main_seal_key",
      "update vault_transit_secret_backend_key.main_seal_key: deletion_allowed",
    ],
  ],
  [
    "ChartValues.csi",
    {},
    values({ csi: { enabled: false } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.csi"],
  ],
  [
    "ChartValues.global",
    {},
    values({ global: { imagePullSecrets: [{ name: "registry" }] } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.global.imagePullSecrets"],
  ],
  [
    "ChartValues.injector",
    {},
    values({ injector: { logLevel: "debug" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.injector.logLevel"],
  ],
  [
    "ChartValues.server",
    {},
    server({ extraArgs: "-recovery" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.extraArgs"],
  ],
  [
    "ChartValues.serverTelemetry",
    {},
    values({ serverTelemetry: { grafanaDashboard: { enabled: false } } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.serverTelemetry"],
  ],
  [
    "ChartValues.ui",
    {},
    values({ ui: { annotations: { a: "b" } } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.ui.annotations"],
  ],
  [
    "ServerChartValues.annotations",
    {},
    server({ annotations: { a: "b" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.annotations"],
  ],
  [
    "ServerChartValues.extraEnvironmentVars",
    {},
    server({ extraEnvironmentVars: { HTTPS_PROXY: "http://proxy:3128" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraEnvironmentVars.HTTPS_PROXY",
    ],
  ],
  [
    "ServerChartValues.extraInitContainers",
    {},
    server({ extraInitContainers: [{ name: "wait", image: "busybox", securityContext: RESTRICTED }] }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraInitContainers",
    ],
  ],
  [
    "ServerChartValues.extraLabels",
    {},
    server({ extraLabels: { team: "secrets" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.extraLabels"],
  ],
  [
    "ServerChartValues.extraSecretEnvironmentVars",
    {},
    variable("A", "settings", "a"),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#",
    ],
  ],
  [
    "ServerChartValues.extraSecretEnvironmentVars.envName",
    variable("A", "settings", "a"),
    variable("B", "settings", "a"),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#.envName",
    ],
  ],
  [
    "ServerChartValues.extraSecretEnvironmentVars.secretName",
    variable("A", "settings", "a"),
    variable("A", "others", "a"),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#.secretName",
    ],
  ],
  [
    "ServerChartValues.extraSecretEnvironmentVars.secretKey",
    variable("A", "settings", "a"),
    variable("A", "settings", "b"),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraSecretEnvironmentVars.#.secretKey",
    ],
  ],
  [
    "ServerChartValues.ha",
    {},
    server({ ha: { disruptionBudget: { maxUnavailable: 0 } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_guard: values.#.maxUnavailable",
      "update helm_release.main_release: values.#.server.ha.disruptionBudget.maxUnavailable",
    ],
  ],
  [
    "ServerChartValues.ingress",
    {},
    server({ ingress: { enabled: true, hosts: [{ host: "vault.example" }] } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ingress"],
  ],
  [
    "ServerChartValues.livenessProbe",
    {},
    server({ livenessProbe: { periodSeconds: 20 } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.livenessProbe.periodSeconds",
    ],
  ],
  [
    "ServerChartValues.logFormat",
    {},
    server({ logFormat: "standard" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.logFormat"],
  ],
  [
    "ServerChartValues.logLevel",
    {},
    server({ logLevel: "debug" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.logLevel"],
  ],
  [
    "ServerChartValues.nodeSelector",
    {},
    server({ nodeSelector: { "tenant-vault/pool": "secrets" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.nodeSelector.tenant-vault/pool",
    ],
  ],
  [
    "ServerChartValues.preStopSleepSeconds",
    {},
    server({ preStopSleepSeconds: 5 }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.preStopSleepSeconds",
    ],
  ],
  [
    "ServerChartValues.priorityClassName",
    {},
    server({ priorityClassName: "high" }),
    [
      'refuse synthesis: [test/Main] The values change server.priorityClassName to "high", but the hook and the namespace depend on this value; remove it, and use the properties of the deployment.',
    ],
  ],
  [
    "ServerChartValues.readinessProbe",
    {},
    server({ readinessProbe: { periodSeconds: 10 } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.readinessProbe.periodSeconds",
    ],
  ],
  [
    "ServerChartValues.resources",
    {},
    server({ resources: { limits: { "ephemeral-storage": "1Gi" } } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.resources.limits.ephemeral-storage",
    ],
  ],
  [
    "ServerChartValues.service",
    {},
    server({ service: { annotations: { a: "b" } } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.service"],
  ],
  [
    "ServerChartValues.terminationGracePeriodSeconds",
    {},
    server({ terminationGracePeriodSeconds: 60 }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.terminationGracePeriodSeconds",
    ],
  ],
  [
    "ServerChartValues.topologySpreadConstraints",
    {},
    server({ topologySpreadConstraints: [] }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.topologySpreadConstraints.#",
    ],
  ],
  [
    "ServerChartValues.volumeMounts",
    {},
    server({ volumeMounts: [{ name: "tmp", mountPath: "/other" }] }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.volumeMounts.#.mountPath, values.#.server.volumeMounts.#",
    ],
  ],
  [
    "ServerChartValues.volumes",
    {},
    server({ volumes: [{ name: "cache", emptyDir: {} }] }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.volumes.#.emptyDir.medium, values.#.server.volumes.#.emptyDir.sizeLimit, values.#.server.volumes.#.name, values.#.server.volumes.#.emptyDir.medium, values.#.server.volumes.#.emptyDir.sizeLimit, values.#.server.volumes.#.name, values.#.server.volumes.#",
    ],
  ],
];

/** Requests with which servers initialise themselves. */
export const SELF_INITIALIZATION_CHANGES: readonly FieldChange<Parameters<typeof selfInitialized>[0]>[] = [
  [
    "HelmDeploymentProps.selfInitialization",
    undefined,
    {},
    [
      "run terraform_data.main_unseal: description.kubernetes.bootstrap, description.selfInitializes",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.extraVolumes.#, values.#.server.ha.raft.config",
      "update kubernetes_role_v1.main_namespace_hook_role: rule.#.resource_names.#",
    ],
  ],
  [
    "SelfInitializationRequest.data",
    {},
    { data: "userpass" },
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "SelfInitializationRequest.name",
    {},
    { name: "other" },
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "SelfInitializationRequest.operation",
    {},
    { operation: "create" },
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "SelfInitializationRequest.path",
    {},
    { path: "sys/auth/other" },
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
];
export { selfInitialized };

/** Sizes and classes of claims, which Kubernetes does not change. */
export const CLAIM_CHANGES: readonly FieldChange<InstanceSetting>[] = [
  [
    "HighAvailabilityDeploymentProps.storage",
    {},
    helm({ storage: VaultStorage.storageClass("fast") }),
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
    "VolumeSizes.dataSize",
    {},
    helm({ dataSize: Size.gibibytes(20) }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.dataStorage.size",
      "update kubernetes_persistent_volume_v1.main_storage_data#_persistent_volume: spec.#.capacity.storage",
      "update openstack_blockstorage_volume_v3.main_storage_data#: size",
    ],
  ],
  [
    "VolumeSizes.auditSize",
    {},
    helm({ auditSize: Size.gibibytes(20) }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.auditStorage.size, values.#.server.postStart.#",
      "update kubernetes_persistent_volume_v1.main_storage_audit#_persistent_volume: spec.#.capacity.storage",
      "update openstack_blockstorage_volume_v3.main_storage_audit#: size",
    ],
  ],
];

const key = (of: Partial<StaticKeySealProps>): InstanceSetting => ({
  seal: Seal.staticKey({ keyId: "2026-11", key: secret("2026-11"), ...of }),
});
const PREVIOUS = { keyId: "2026-05", key: secret("2026-05") };
const AWS = { region: "eu-central-1", kmsKeyId: "alias/customer10" };
const aws = (of: Partial<Parameters<typeof Seal.awsKms>[0]>): InstanceSetting => ({
  seal: Seal.awsKms({ ...AWS, ...of }),
});
const awsLogin = (id: string, access: string): InstanceSetting =>
  aws({ credentials: { accessKeyId: secret(id), secretAccessKey: secret(access) } });
const GCP = { project: "customer10", region: "europe-west3", keyRing: "vault", cryptoKey: "main" };
const gcp = (of: Partial<Parameters<typeof Seal.gcpCloudKms>[0]>): InstanceSetting => ({
  seal: Seal.gcpCloudKms({ ...GCP, ...of }),
});
const AZURE = { tenantId: "46646709-b63e-4747-be42-516edeaf1e14", vaultName: "customer10", keyName: "main" };
const azure = (of: Partial<Parameters<typeof Seal.azureKeyVault>[0]>): InstanceSetting => ({
  seal: Seal.azureKeyVault({ ...AZURE, ...of }),
});
const azureLogin = (id: string, access: string): InstanceSetting =>
  azure({ credentials: { clientId: secret(id), clientSecret: secret(access) } });
const ALI = { region: "eu-central-1", kmsKeyId: "08c33a6f" };
const ali = (of: Partial<Parameters<typeof Seal.aliCloudKms>[0]>): InstanceSetting => ({
  seal: Seal.aliCloudKms({ ...ALI, credentials: { accessKey: secret("id"), secretKey: secret("key") }, ...of }),
});
const aliLogin = (id: string, access: string): InstanceSetting =>
  ali({ credentials: { accessKey: secret(id), secretKey: secret(access) } });
const oci = (of: Partial<Parameters<typeof Seal.ociKms>[0]>): InstanceSetting => ({
  seal: Seal.ociKms({
    keyId: "ocid1.key.oc1.a",
    cryptoEndpoint: "https://crypto.example",
    managementEndpoint: "https://management.example",
    ...of,
  }),
});
const hsm = (of: Partial<Parameters<typeof Seal.pkcs11>[0]>): InstanceSetting => ({
  seal: Seal.pkcs11({
    library: "/usr/lib/p11.so",
    tokenLabel: "customer10",
    keyLabel: "main",
    pin: secret("pin"),
    ...of,
  }),
});
const plugin = { command: "awskms", sha256sum: "0".repeat(64) };

/** Changes of a seal's settings. */
export const SEAL_CHANGES: readonly FieldChange<InstanceSetting>[] = [
  [
    "KmsSealProps.plugin",
    aws({}),
    aws({ plugin }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "KmsPlugin.command",
    aws({ plugin }),
    aws({ plugin: { ...plugin, command: "other" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "KmsPlugin.directory",
    aws({ plugin }),
    aws({ plugin: { ...plugin, directory: "/plugins" } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "KmsPlugin.sha256sum",
    aws({ plugin }),
    aws({ plugin: { ...plugin, sha256sum: "1".repeat(64) } }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "AwsKmsSealProps.region",
    aws({}),
    aws({ region: "eu-west-1" }),
    [
      "refuse terraform_data.main_lasting_seal_key_awskms: input.region",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "AwsKmsSealProps.kmsKeyId",
    aws({}),
    aws({ kmsKeyId: "alias/other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_awskms: input.kms_key_id",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "AwsKmsSealProps.endpoint",
    aws({}),
    aws({ endpoint: "https://kms.example" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "AwsKmsSealProps.credentials",
    aws({}),
    awsLogin("id", "key"),
    [
      "create kubernetes_secret_v1.main_seal",
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraSecretEnvironmentVars.#",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#",
    ],
  ],
  [
    "AwsKmsSealProps.credentials.accessKeyId",
    awsLogin("id", "key"),
    awsLogin("other", "key"),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.AWS_ACCESS_KEY_ID, data_wo_revision",
    ],
  ],
  [
    "AwsKmsSealProps.credentials.secretAccessKey",
    awsLogin("id", "key"),
    awsLogin("id", "other"),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.AWS_SECRET_ACCESS_KEY, data_wo_revision",
    ],
  ],
  [
    "GcpCloudKmsSealProps.project",
    gcp({}),
    gcp({ project: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_gcpckms: input.project",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "GcpCloudKmsSealProps.region",
    gcp({}),
    gcp({ region: "europe-west4" }),
    [
      "refuse terraform_data.main_lasting_seal_key_gcpckms: input.region",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "GcpCloudKmsSealProps.keyRing",
    gcp({}),
    gcp({ keyRing: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_gcpckms: input.key_ring",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "GcpCloudKmsSealProps.cryptoKey",
    gcp({}),
    gcp({ cryptoKey: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_gcpckms: input.crypto_key",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "GcpCloudKmsSealProps.credentials",
    gcp({ credentials: secret("a") }),
    gcp({ credentials: secret("b") }),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.credentials.json, data_wo_revision",
    ],
  ],
  [
    "AzureKeyVaultSealProps.tenantId",
    azure({}),
    azure({ tenantId: "46646709-b63e-4747-be42-516edeaf1e15" }),
    [
      "refuse terraform_data.main_lasting_seal_key_azurekeyvault: input.tenant_id",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "AzureKeyVaultSealProps.vaultName",
    azure({}),
    azure({ vaultName: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_azurekeyvault: input.vault_name",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "AzureKeyVaultSealProps.keyName",
    azure({}),
    azure({ keyName: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_azurekeyvault: input.key_name",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "AzureKeyVaultSealProps.credentials",
    azure({}),
    azureLogin("id", "key"),
    [
      "create kubernetes_secret_v1.main_seal",
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations, values.#.server.extraSecretEnvironmentVars.#, values.#.server.extraSecretEnvironmentVars.#",
      "update kubernetes_network_policy_v1.main_namespace_allow_egress: metadata.annotations.kubernetes.io/description, spec.egress.#",
    ],
  ],
  [
    "AzureKeyVaultSealProps.credentials.clientId",
    azureLogin("id", "key"),
    azureLogin("other", "key"),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.AZURE_CLIENT_ID, data_wo_revision",
    ],
  ],
  [
    "AzureKeyVaultSealProps.credentials.clientSecret",
    azureLogin("id", "key"),
    azureLogin("id", "other"),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.AZURE_CLIENT_SECRET, data_wo_revision",
    ],
  ],
  [
    "AliCloudKmsSealProps.region",
    ali({}),
    ali({ region: "eu-west-1" }),
    [
      "refuse terraform_data.main_lasting_seal_key_alicloudkms: input.region",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "AliCloudKmsSealProps.kmsKeyId",
    ali({}),
    ali({ kmsKeyId: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_alicloudkms: input.kms_key_id",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "AliCloudKmsSealProps.credentials",
    aliLogin("id", "key"),
    aliLogin("other", "others"),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.ALICLOUD_ACCESS_KEY, data_wo.ALICLOUD_SECRET_KEY, data_wo_revision",
    ],
  ],
  [
    "AliCloudKmsSealProps.credentials.accessKey",
    aliLogin("id", "key"),
    aliLogin("other", "key"),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.ALICLOUD_ACCESS_KEY, data_wo_revision",
    ],
  ],
  [
    "AliCloudKmsSealProps.credentials.secretKey",
    aliLogin("id", "key"),
    aliLogin("id", "other"),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.ALICLOUD_SECRET_KEY, data_wo_revision",
    ],
  ],
  [
    "OciKmsSealProps.keyId",
    oci({}),
    oci({ keyId: "ocid1.key.oc1.b" }),
    [
      "refuse terraform_data.main_lasting_seal_key_ocikms: input.key_id",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "OciKmsSealProps.cryptoEndpoint",
    oci({}),
    oci({ cryptoEndpoint: "https://other.example" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "OciKmsSealProps.managementEndpoint",
    oci({}),
    oci({ managementEndpoint: "https://other.example" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "Pkcs11SealProps.library",
    hsm({}),
    hsm({ library: "/usr/lib/other.so" }),
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "Pkcs11SealProps.tokenLabel",
    hsm({}),
    hsm({ tokenLabel: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_pkcs11: input.token_label",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "Pkcs11SealProps.keyLabel",
    hsm({}),
    hsm({ keyLabel: "other" }),
    [
      "refuse terraform_data.main_lasting_seal_key_pkcs11: input.key_label",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "Pkcs11SealProps.hmacKeyLabel",
    hsm({}),
    hsm({ hmacKeyLabel: "hmac" }),
    [
      "refuse terraform_data.main_lasting_seal_key_pkcs11: input.hmac_key_label",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "Pkcs11SealProps.mechanism",
    hsm({}),
    hsm({ mechanism: "CKM_AES_GCM" }),
    [
      "refuse terraform_data.main_lasting_seal_key_pkcs11: input.mechanism",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.ha.raft.config",
    ],
  ],
  [
    "Pkcs11SealProps.pin",
    hsm({}),
    hsm({ pin: secret("other") }),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.BAO_HSM_PIN, data_wo_revision",
    ],
  ],
  [
    "StaticKeySealProps.key",
    key({}),
    key({ key: secret("other") }),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.2026-11, data_wo_revision",
    ],
  ],
  [
    "StaticKeySealProps.keyId",
    key({}),
    key({ keyId: "2027-05", previous: { keyId: "2026-11", key: secret("2026-11") } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials, values.#.server.ha.raft.config",
      "update kubernetes_secret_v1.main_seal: data_wo.2027-05, data_wo_revision",
    ],
  ],
  [
    "StaticKeySealProps.previous",
    key({ previous: PREVIOUS }),
    key({}),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials, values.#.server.ha.raft.config",
      "update kubernetes_secret_v1.main_seal: data_wo.2026-05, data_wo_revision",
    ],
  ],
  [
    "StaticKeySealProps.previous.key",
    key({ previous: PREVIOUS }),
    key({ previous: { ...PREVIOUS, key: secret("other") } }),
    [
      "read ephemeral",
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials",
      "update kubernetes_secret_v1.main_seal: data_wo.2026-05, data_wo_revision",
    ],
  ],
  [
    "StaticKeySealProps.previous.keyId",
    key({ previous: PREVIOUS }),
    key({ previous: { ...PREVIOUS, keyId: "2026-06" } }),
    [
      "run terraform_data.main_unseal: revision",
      "update helm_release.main_release: values.#.server.annotations.tenant-vault/seal-credentials, values.#.server.ha.raft.config",
      "update kubernetes_secret_v1.main_seal: data_wo.2026-05, data_wo.2026-06, data_wo_revision",
    ],
  ],
  [
    "TransitSealProps.address",
    { seal: Seal.transit() },
    { seal: Seal.transit({ address: "https://vault.internal:8200" }) },
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
  [
    "TransitSealProps.tlsServerName",
    { seal: Seal.transit() },
    { seal: Seal.transit({ tlsServerName: "vault.internal" }) },
    ["run terraform_data.main_unseal: revision", "update helm_release.main_release: values.#.server.ha.raft.config"],
  ],
];
