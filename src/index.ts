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
export { SecretRef, type SecretLocation } from "./core/secret-ref";
export { Size, type SizeText } from "./core/size";
export { Database, type PostgresqlProps } from "./dynamic-db/database";
export { DynamicDb, type DynamicDbProps, type DynamicDbRoleProps, type IDynamicDb } from "./dynamic-db/dynamic-db";
export { InstanceConfig, type InstanceConfigProps } from "./instance-config/instance-config";
export { KeyValue, type IKeyValue, type KeyValueProps } from "./key-value/key-value";
export { AppRoleLogin, type AppRoleLoginProps, type IAppRoleLogin } from "./login/app-role-login";
export { SshCa, type ISshCa, type SshCaProps } from "./ssh-ca/ssh-ca";
export { SshRole, type SshCertificateRoleProps, type SshOneTimePasswordRoleProps } from "./ssh-ca/ssh-role";
export { defineTenant, TenantError } from "./tenant/define-tenant";
export { loadTenant, loadTenants, type TenantFile } from "./tenant/load-tenants";
export type * from "./tenant/cluster-props";
export type * from "./tenant/tenant-props";
export type { FieldProblem, Tenant, TenantInstance } from "./tenant/tenant-schema";
export { ApiAccess, type ApiAccessContext, type ApiEndpoint } from "./tenant-cluster/api-access";
export type { ClusterNode } from "./tenant-cluster/cluster-node";
export type { AllocationPool, IClusterNetwork, OwnNetworkProps } from "./tenant-cluster/cluster-network";
export type { ExistingNetworkProps } from "./tenant-cluster/existing-network";
export type { GatewayProps, OpenVpnProps } from "./tenant-cluster/gateways";
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
export type { Preflight } from "./tenant-cluster/preflight";
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
export type { Instance, Replica } from "./unseal/instance";
export type { Deployed, DeploymentContext, IDeployment } from "./vault-instance/deployment";
export { ExternalDeployment, type ExternalDeploymentProps } from "./vault-instance/external-deployment";
export type { ContainerImage } from "./vault-instance/helm-values";
export {
  HighAvailabilityDeployment,
  type CertificateIssuer,
  type HelmChart,
  type HighAvailabilityDeploymentProps,
} from "./vault-instance/high-availability-deployment";
export { InstanceProvider, type InstanceProviderProps } from "./vault-instance/instance-provider";
export type { ReleaseNames } from "./vault-instance/names";
export type { Product } from "./vault-instance/product";
export { Seal, type ShamirSealProps } from "./vault-instance/seal";
export {
  VaultStorage,
  type CinderStorageProps,
  type IVaultStorage,
  type StorageRequest,
} from "./vault-instance/storage";
export { VaultInstance, type IVaultInstance, type VaultInstanceProps } from "./vault-instance/vault-instance";
