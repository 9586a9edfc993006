export { AccessRole, type AccessRoleProps } from "./constructs/access/access-role";

export type { IGrantee } from "./policy/grantee";
export { PolicyDocument, type Capability, type PolicyStatement } from "./policy/policy-document";

export { CentralVault, type CentralVaultProps } from "./constructs/central-vault/central-vault";

export { Duration, type DurationText } from "./core/duration";
export { ValidationError } from "./core/errors";

export type { HclValue } from "./core/hcl";
export type { Product } from "./core/product";

export { SecretRef, type SecretLocation } from "./core/secret-ref";
export { Size, type SizeText } from "./core/size";

export { Database, type PostgresqlProps } from "./constructs/dynamic-db/database";
export {
  DynamicDb,
  type DynamicDbProps,
  type DynamicDbRoleProps,
  type IDynamicDb,
} from "./constructs/dynamic-db/dynamic-db";

export { InstanceConfig, type InstanceConfigProps } from "./tenant/instance-config";
export { instanceDeployment, usesCinder, type InstanceDeploymentProps } from "./tenant/instance-deployment";

export { KeyValue, type IKeyValue, type KeyValueProps } from "./constructs/key-value/key-value";
export { AppRoleLogin, type AppRoleLoginProps, type IAppRoleLogin } from "./constructs/login/app-role-login";

export type { KeyShares } from "./constructs/seal/key-shares";
export type * from "./constructs/seal/kms-seals";

export { Seal } from "./constructs/seal/seal";
export type { SealConfig, SealContext, SealEgress, SecretVariable } from "./constructs/seal/seal-config";

export type { TransitSealProps } from "./constructs/seal/transit-seal";
export { AuditDevice } from "./constructs/server-config/audit-device";

export type { ReleaseNames } from "./constructs/server-config/names";
export { SelfInitialization, type SelfInitializationRequest } from "./constructs/server-config/self-initialization";

export type { LogFormat, LogLevel } from "./constructs/server-config/server-config";
export { SshCa, type ISshCa, type SshCaProps } from "./constructs/ssh-ca/ssh-ca";

export { SshRole, type SshCertificateRoleProps, type SshOneTimePasswordRoleProps } from "./constructs/ssh-ca/ssh-role";
export { defineTenant, TenantError } from "./tenant/define-tenant";

export { loadTenant, loadTenants, type TenantFile } from "./tenant/load-tenants";
export type * from "./tenant/specs";
export type { FieldProblem } from "./tenant/problems";
export type { Tenant, TenantInstance } from "./tenant/tenant-schema";
export { initializesItself } from "./tenant/sections/deployment";

export { ApiAccess, type ApiAccessContext, type ApiEndpoint } from "./constructs/tenant-cluster/api-access";
export type { ClusterNode } from "./constructs/tenant-cluster/cluster-node";

export type { AllocationPool, IClusterNetwork, OwnNetworkProps } from "./constructs/tenant-cluster/cluster-network";
export type { ExistingNetworkProps } from "./constructs/tenant-cluster/existing-network";

export type { Gateway, GatewayProps, OpenVpnProps } from "./constructs/tenant-cluster/gateways";
export { type IKubernetesCluster } from "./constructs/tenant-cluster/kubernetes-cluster";

export type { KubesprayProps } from "./constructs/tenant-cluster/kubespray";
export type { MagnumProps } from "./constructs/tenant-cluster/magnum";

export type {
  Flavor,
  NodeDefaults,
  NodeGroup,
  NodePoolProps,
  NodeRole,
  Taint,
  VolumeProps,
} from "./constructs/tenant-cluster/node-group";

export { Preflight, type Demand, type PreflightProps } from "./constructs/tenant-cluster/preflight";
export type {
  ClusterContext,
  IProvisioner,
  Provisioned,
  ProvisionedNode,
} from "./constructs/tenant-cluster/provisioner";

export { Provisioner } from "./constructs/tenant-cluster/provisioners";
export { TenantCluster, type NodeKey, type TenantClusterProps } from "./constructs/tenant-cluster/tenant-cluster";

export type { IPkiRole, PkiRoleProps } from "./constructs/tenant-pki/pki-role";
export { RootCa, type IRootCa, type RootCaProps } from "./constructs/tenant-pki/root-ca";

export { TenantPKI, type ITenantPKI, type TenantPKIProps } from "./constructs/tenant-pki/tenant-pki";
export { alertRules, type AlertRule, type AlertRulesProps } from "./constructs/monitoring/alert-rules";

export { grafanaDashboard } from "./constructs/monitoring/grafana-dashboard";
export type { MonitoringProps } from "./constructs/monitoring/monitoring-values";

export type { MonitoredInstance } from "./constructs/monitoring/series";
export { localBackend, type BackendFactory } from "./terraform/backend";

export { CentralSecret } from "./terraform/central-secret";
export { ClusterProviders, type ClusterProvidersProps } from "./terraform/cluster-providers";

export { EphemeralResource, type EphemeralResourceProps } from "./terraform/ephemeral-resource";
export type { CentralVaultAccess } from "./terraform/hook";

export { LayerStack } from "./terraform/layer-stack";
export type { Instance, InstanceDescription, Replica } from "./contract/instance";

export type { Deployed, DeploymentContext, IDeployment } from "./constructs/vault-instance/deployment";
export { ExternalDeployment, type ExternalDeploymentProps } from "./constructs/vault-instance/external-deployment";

export type { ContainerImage, HelmChart } from "./constructs/vault-instance/chart";
export type { ChartValues, ServerChartValues } from "./constructs/vault-instance/chart-values";

export { DevelopmentDeployment } from "./constructs/vault-instance/development-deployment";
export { Exposure, type ExposureContext } from "./constructs/vault-instance/exposure";

export type { HelmDeploymentProps } from "./constructs/vault-instance/helm-deployment";
export {
  HighAvailabilityDeployment,
  type HighAvailabilityDeploymentProps,
  type VolumeSizes,
} from "./constructs/vault-instance/high-availability-deployment";

export type { HookSecrets } from "./constructs/vault-instance/hook-identity";
export type { InstanceCapacity, ServerResources } from "./constructs/vault-instance/instance-limits";

export { InstanceNamespace, type InstanceNamespaceProps } from "./constructs/vault-instance/instance-namespace";
export { InstanceProvider, type InstanceProviderProps } from "./constructs/vault-instance/instance-provider";

export type { HelmValues } from "./constructs/vault-instance/merge-values";
export type { Egress, InstanceFlows } from "./constructs/vault-instance/network-policies";

export { NetworkPeer } from "./constructs/vault-instance/network-peer";
export type { NodePlacement, Toleration } from "./constructs/vault-instance/pod-values";

export {
  ServerCertificate,
  type BoundCertificate,
  type CentralCertificateProps,
  type CertificateContext,
  type CertManagerProps,
} from "./constructs/vault-instance/server-certificate";

export {
  StandaloneDeployment,
  type StandaloneDeploymentProps,
} from "./constructs/vault-instance/standalone-deployment";

export {
  VaultStorage,
  type CinderStorageProps,
  type IVaultStorage,
  type StorageRequest,
} from "./constructs/vault-instance/storage";

export {
  VaultInstance,
  type IVaultInstance,
  type VaultInstanceProps,
} from "./constructs/vault-instance/vault-instance";

export {
  CLUSTERS_MOUNT,
  type KubeconfigLocation,
  ROOT_CA_MOUNT,
  INSTANCE_CERTIFICATE_ROLE,
} from "./contract/central-vault";
