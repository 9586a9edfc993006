export { AccessRole, type AccessRoleProps } from "./access/access-role";
export type { IGrantee } from "./access/grantee";
export { PolicyDocument, type Capability, type PolicyStatement } from "./access/policy-document";
export {
  CentralVault,
  INSTANCE_CERTIFICATE_ROLE,
  ROOT_CA_MOUNT,
  type CentralVaultProps,
} from "./central-vault/central-vault";
export { Duration, type DurationText } from "./core/duration";
export { ValidationError } from "./core/errors";
export type { HclValue } from "./core/hcl";
export type { Product } from "./core/product";
export { SecretRef, type SecretLocation } from "./core/secret-ref";
export { Size, type SizeText } from "./core/size";
export { Database, type PostgresqlProps } from "./dynamic-db/database";
export { DynamicDb, type DynamicDbProps, type DynamicDbRoleProps, type IDynamicDb } from "./dynamic-db/dynamic-db";
export { InstanceConfig, type InstanceConfigProps } from "./instance-config/instance-config";
export { instanceDeployment, usesCinder, type InstanceDeploymentProps } from "./instance-config/instance-deployment";
export { KeyValue, type IKeyValue, type KeyValueProps } from "./key-value/key-value";
export { AppRoleLogin, type AppRoleLoginProps, type IAppRoleLogin } from "./login/app-role-login";
export type { KeyShares } from "./seal/key-shares";
export type * from "./seal/kms-seals";
export { Seal } from "./seal/seal";
export type { SealConfig, SealContext, SealEgress, SecretVariable } from "./seal/seal-config";
export type { TransitSealProps } from "./seal/transit-seal";
export { AuditDevice } from "./server-config/audit-device";
export type { ReleaseNames } from "./server-config/names";
export { SelfInitialization, type SelfInitializationRequest } from "./server-config/self-initialization";
export type { LogLevel } from "./server-config/server-config";
export { SshCa, type ISshCa, type SshCaProps } from "./ssh-ca/ssh-ca";
export { SshRole, type SshCertificateRoleProps, type SshOneTimePasswordRoleProps } from "./ssh-ca/ssh-role";
export { defineTenant, TenantError } from "./tenant/define-tenant";
export { loadTenant, loadTenants, type TenantFile } from "./tenant/load-tenants";
export type * from "./tenant/cluster-props";
export type * from "./tenant/deployment-props";
export type { SealProps } from "./tenant/seal-props";
export type * from "./tenant/tenant-props";
export { initializesItself, type FieldProblem, type Tenant, type TenantInstance } from "./tenant/tenant-schema";
export { ApiAccess, type ApiAccessContext, type ApiEndpoint } from "./tenant-cluster/api-access";
export type { ClusterNode } from "./tenant-cluster/cluster-node";
export type { AllocationPool, IClusterNetwork, OwnNetworkProps } from "./tenant-cluster/cluster-network";
export type { ExistingNetworkProps } from "./tenant-cluster/existing-network";
export type { Gateway, GatewayProps, OpenVpnProps } from "./tenant-cluster/gateways";
export { CLUSTERS_MOUNT, type IKubernetesCluster, type KubeconfigLocation } from "./tenant-cluster/kubernetes-cluster";
export type { KubesprayProps } from "./tenant-cluster/kubespray";
export type { MagnumProps } from "./tenant-cluster/magnum";
export type {
  Flavor,
  NodeDefaults,
  NodeGroup,
  NodePoolProps,
  NodeRole,
  Taint,
  VolumeProps,
} from "./tenant-cluster/node-group";
export { Preflight, type Demand, type PreflightProps } from "./tenant-cluster/preflight";
export type { ClusterContext, IProvisioner, Provisioned, ProvisionedNode } from "./tenant-cluster/provisioner";
export { Provisioner } from "./tenant-cluster/provisioners";
export { TenantCluster, type NodeKey, type TenantClusterProps } from "./tenant-cluster/tenant-cluster";
export type { IPkiRole, PkiRoleProps } from "./tenant-pki/pki-role";
export { RootCa, type IRootCa, type RootCaProps } from "./tenant-pki/root-ca";
export { TenantPKI, type ITenantPKI, type TenantPKIProps } from "./tenant-pki/tenant-pki";
export { alertRules, type AlertRule, type AlertRulesProps } from "./monitoring/alert-rules";
export { grafanaDashboard } from "./monitoring/grafana-dashboard";
export type { MonitoringProps } from "./monitoring/monitoring-values";
export type { MonitoredInstance } from "./monitoring/series";
export { localBackend, type BackendFactory } from "./terraform/backend";
export { CentralSecret } from "./terraform/central-secret";
export { ClusterProviders, type ClusterProvidersProps } from "./terraform/cluster-providers";
export { EphemeralResource, type EphemeralResourceProps } from "./terraform/ephemeral-resource";
export type { CentralVaultAccess } from "./terraform/hook";
export { LayerStack } from "./terraform/layer-stack";
export type { Instance, InstanceDescription, Replica } from "./unseal/instance";
export type { Deployed, DeploymentContext, IDeployment } from "./vault-instance/deployment";
export { ExternalDeployment, type ExternalDeploymentProps } from "./vault-instance/external-deployment";
export type { ContainerImage, HelmChart } from "./vault-instance/chart";
export type { ChartValues, ServerChartValues } from "./vault-instance/chart-values";
export { DevelopmentDeployment } from "./vault-instance/development-deployment";
export { Exposure, type ExposureContext } from "./vault-instance/exposure";
export type { HelmDeploymentProps } from "./vault-instance/helm-deployment";
export {
  HighAvailabilityDeployment,
  type HighAvailabilityDeploymentProps,
  type VolumeSizes,
} from "./vault-instance/high-availability-deployment";
export type { HookSecrets } from "./vault-instance/hook-identity";
export type { InstanceCapacity, ServerResources } from "./vault-instance/instance-limits";
export { InstanceNamespace, type InstanceNamespaceProps } from "./vault-instance/instance-namespace";
export { InstanceProvider, type InstanceProviderProps } from "./vault-instance/instance-provider";
export type { HelmValues } from "./vault-instance/merge-values";
export type { Egress, InstanceFlows } from "./vault-instance/network-policies";
export { NetworkPeer } from "./vault-instance/network-peer";
export type { NodePlacement, Toleration } from "./vault-instance/pod-values";
export {
  ServerCertificate,
  type BoundCertificate,
  type CentralCertificateProps,
  type CertificateContext,
  type CertManagerProps,
} from "./vault-instance/server-certificate";
export { StandaloneDeployment, type StandaloneDeploymentProps } from "./vault-instance/standalone-deployment";
export {
  VaultStorage,
  type CinderStorageProps,
  type IVaultStorage,
  type StorageRequest,
} from "./vault-instance/storage";
export { VaultInstance, type IVaultInstance, type VaultInstanceProps } from "./vault-instance/vault-instance";
