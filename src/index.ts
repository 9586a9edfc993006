/**
 * Constructs for a secrets service per tenant, and the types of their properties.
 *
 * @packageDocumentation
 */

// Values
export { Duration, type DurationText } from "./core/duration";
export { ValidationError } from "./core/errors";
export type { HclValue } from "./core/hcl";
export type { Product } from "./core/product";
export { SecretRef, type SecretLocation } from "./core/secret-ref";
export { Size, type SizeText } from "./core/size";

// Stacks and providers
export { localBackend, type BackendFactory } from "./terraform/backend";
export { ClusterProviders, type ClusterProvidersProps } from "./terraform/cluster-providers";
export { certificateAsset } from "./terraform/certificate-file";
export { DeletionProtection, type DeletionProtectionProps } from "./terraform/deletion-protection";
export type { CentralVaultAccess, HookTarget } from "./terraform/hook";
export { LayerStack } from "./terraform/layer-stack";
export { HelmProvider, KubernetesProvider } from "./terraform/providers/kubernetes";
export { OpenstackProvider } from "./terraform/providers/openstack";
export { VaultProvider } from "./terraform/providers/vault";

// Central Vault
export { CentralVault, type CentralVaultProps, type PipelineIssuer } from "./constructs/central-vault/central-vault";
export {
  certificateRole,
  CLUSTERS_MOUNT,
  ROOT_CA_MOUNT,
  TENANT_IDENTITIES,
  type KubeconfigLocation,
  type TenantIdentity,
} from "./contract/central-vault";

export { UnsealWatch } from "./constructs/unseal-watch/unseal-watch";
export type { UnsealWatchProps, WebhookSecret } from "./constructs/unseal-watch/unseal-watch-props";
export { RaftSnapshots } from "./constructs/raft-snapshots/raft-snapshots";
export type { RaftSnapshotsProps } from "./constructs/raft-snapshots/raft-snapshots-props";
export { WatchLogin } from "./constructs/command-pod/watch-login";

export { TenantAccess } from "./constructs/tenant-access/tenant-access";
export type {
  CertifiedServers,
  TenantAccessProps,
  SharedNamespace,
  TenantIntermediate,
  TenantPipeline,
} from "./constructs/tenant-access/tenant-access-props";
export { centralSecretsOf } from "./terraform/central-secret";

// Kubernetes clusters
export { ApiAccess } from "./constructs/tenant-cluster/api-access";
export type { AllocationPool, OwnNetworkProps } from "./constructs/tenant-cluster/cluster-network";
export type { ExistingNetworkProps } from "./constructs/tenant-cluster/existing-network";
export type { GatewayProps, OpenVpnProps } from "./constructs/tenant-cluster/gateways";
export type { IKubernetesCluster } from "./constructs/tenant-cluster/kubernetes-cluster";
export type { KubesprayProps } from "./constructs/tenant-cluster/kubespray";
export type { MagnumProps } from "./constructs/tenant-cluster/magnum";
export type { Flavor, NodeDefaults, NodePoolProps, Taint, VolumeProps } from "./constructs/tenant-cluster/node-group";
export { Provisioner } from "./constructs/tenant-cluster/provisioners";
export { TenantCluster } from "./constructs/tenant-cluster/tenant-cluster";
export type { NodeKey, TenantClusterProps } from "./constructs/tenant-cluster/tenant-cluster-props";

// Instances
export type { ContainerImage, HelmChart } from "./constructs/vault-instance/chart";
export type { ChartValues, ServerChartValues } from "./constructs/vault-instance/chart-values";
export type { CinderStorageProps } from "./constructs/vault-instance/cinder-storage-props";
export type { RootTokenChoice } from "./contract/identities";
export { ConfigIdentity } from "./constructs/vault-instance/config-identity";
export { DevelopmentDeployment } from "./constructs/vault-instance/development-deployment";
export { Exposure } from "./constructs/vault-instance/exposure";
export { ExternalDeployment, type ExternalDeploymentProps } from "./constructs/vault-instance/external-deployment";
export { NamespaceDeployment, type NamespaceDeploymentProps } from "./constructs/vault-instance/namespace-deployment";
export type { HelmDeploymentProps } from "./constructs/vault-instance/helm-deployment";
export {
  HighAvailabilityDeployment,
  type HighAvailabilityDeploymentProps,
  type VolumeSizes,
} from "./constructs/vault-instance/high-availability-deployment";
export type { HookSecrets } from "./constructs/vault-instance/hook-identity";
export type { InstanceCapacity, ServerResources } from "./constructs/vault-instance/instance-limits";
export type { EngineType, Feature, LoginType, PluginType } from "./contract/identities";
export type {
  AdministeredEngine,
  AdministeredLogin,
  AdministeredMounts,
  AdministeredPlugin,
  IdentitiesProps,
  HeldAuthorityMount,
  PlaceholderPath,
} from "./constructs/vault-instance/identity-settings";
export { InstanceNamespace, type InstanceNamespaceProps } from "./constructs/vault-instance/instance-namespace";
export { InstanceProvider, type InstanceProviderProps } from "./constructs/vault-instance/instance-provider";
export type { HelmValues } from "./constructs/vault-instance/merge-values";
export type { Egress, InstanceFlows } from "./constructs/vault-instance/network-policies";
export { NetworkPeer } from "./constructs/vault-instance/network-peer";
export type { NodePlacement, Toleration } from "./constructs/vault-instance/pod-values";
export { RetirementGuard, type RetirementGuardProps } from "./constructs/vault-instance/retirement-guard";
export {
  ServerCertificate,
  type CentralCertificateProps,
  type CertManagerProps,
} from "./constructs/vault-instance/server-certificate";
export {
  StandaloneDeployment,
  type StandaloneDeploymentProps,
} from "./constructs/vault-instance/standalone-deployment";
export { VaultStorage } from "./constructs/vault-instance/storage";
export {
  VaultInstance,
  type IVaultInstance,
  type VaultInstanceProps,
} from "./constructs/vault-instance/vault-instance";

// Seals and configuration of the servers
export type { KeyShares } from "./constructs/seal/key-shares";
export type * from "./constructs/seal/kms-seals";
export { Seal } from "./constructs/seal/seal";
export type { TransitSealProps } from "./constructs/seal/transit-seal";
export { AuditDevice } from "./constructs/server-config/audit-device";
export type { EngineServers, ExternalPlugin, MissingEngine } from "./constructs/server-config/external-plugin";
export { PluginCatalog, type PluginCatalogProps } from "./constructs/server-config/plugin-catalog";
export { SelfInitialization, type SelfInitializationRequest } from "./constructs/server-config/self-initialization";
export type { LogFormat, LogLevel } from "./constructs/server-config/server-config";

// Monitoring
export { alertRules, type AlertRule, type AlertRulesProps } from "./constructs/monitoring/alert-rules";
export { grafanaDashboard } from "./constructs/monitoring/grafana-dashboard";
export type { MonitoringProps } from "./constructs/monitoring/monitoring-values";
export type { MonitoredInstance } from "./constructs/monitoring/series";

// Policies: read, evaluate, compare
export {
  accessDiff,
  isSameAccess,
  type AccessChange,
  type AccessDiff,
  type ConstraintChange,
} from "./policy/access-diff";
export { Acl, type AclOptions, type AclRule } from "./policy/acl";
export type { Constraints } from "./policy/constraints";
export { PathLanguage } from "./policy/path-language";
export type { PathPattern } from "./policy/path-pattern";
export { lintPolicy, type InstanceMounts, type MountedEngine, type PolicyFinding } from "./policy/policy-lint";
export { parsePolicy } from "./policy/policy-reader";
export { statementEffects, type StatementEffect } from "./policy/statement-effects";
export type { TemplateAlias, TemplateGroup, TemplateIdentity } from "./policy/templates";

// Engines and access in an instance
export { AccessRole } from "./constructs/access/access-role";
export type { AccessRoleProps } from "./constructs/access/access-role-props";
export type { RawCapability, RawParameters, RawStatement } from "./constructs/access/raw-statement";
export { AdminRole, type AdminRoleProps } from "./constructs/access/admin-role";
export { TokenRole, type TokenRoleProps } from "./constructs/access/token-role";
export {
  AwsCredentials,
  type AwsCredentialsProps,
  type AwsRootProps,
} from "./constructs/cloud-credentials/aws-credentials";
export { AwsRole } from "./constructs/cloud-credentials/aws-role";
export type {
  AwsAssumedRoleProps,
  AwsFederationTokenProps,
  AwsIamUserProps,
  AwsPermissions,
  AwsSessionTtls,
} from "./constructs/cloud-credentials/aws-role-props";
export {
  AzureCredentials,
  type AzureCredentialsProps,
  type AzureRoleAssignment,
  type AzureRoleProps,
  type AzureRootProps,
} from "./constructs/cloud-credentials/azure-credentials";
export type {
  CloudCredentials,
  CloudCredentialsProps,
  CloudEngine,
  CloudRootRotation,
  CloudTtls,
  ICloudCredentials,
  CloudPropOfInstance,
} from "./constructs/cloud-credentials/cloud-credentials";
export {
  GcpCredentials,
  type GcpCredentialsProps,
  type GcpRoleProps,
} from "./constructs/cloud-credentials/gcp-credentials";
export {
  TerraformCloudCredentials,
  type TerraformCloudCredentialsProps,
  type TerraformCloudRoleProps,
  type TerraformCloudRootProps,
} from "./constructs/cloud-credentials/terraform-cloud-credentials";
export type { DatabaseServer } from "./contract/guide";
export { Database } from "./constructs/dynamic-db/database";
export type {
  DatabaseConnectionProps,
  MongodbProps,
  MssqlProps,
  MysqlProps,
  PostgresqlProps,
} from "./constructs/dynamic-db/database-props";
export type {
  CassandraProps,
  HookedConnectionProps,
  InfluxdbProps,
  RedisProps,
} from "./constructs/dynamic-db/hooked-database-props";
export { DynamicDb, type DatabaseCredentials, type IDynamicDb } from "./constructs/dynamic-db/dynamic-db";
export type {
  DynamicDbProps,
  DynamicDbRoleProps,
  DynamicDbStaticRoleProps,
} from "./constructs/dynamic-db/dynamic-db-props";
export { PasswordPolicy, type PasswordPolicyProps, type PasswordRules } from "./constructs/dynamic-db/password-policy";
export type { PasswordRule } from "./core/password-rules";
export { KeyValue, type IKeyValue } from "./constructs/key-value/key-value";
export type {
  KeyValueAppProps,
  KeyValueOrganizationProps,
  KeyValueProps,
} from "./constructs/key-value/key-value-props";
export { PlaceholderHook, type PlaceholderHookProps } from "./constructs/key-value/placeholder-hook";
export type {
  AppPlaceholderProps,
  PlaceholderContent,
  PlaceholderProps,
  PlaceholderType,
} from "./constructs/key-value/placeholder-props";
export { AppRoleLogin, type AppRoleLoginProps } from "./constructs/login/app-role-login";
export { AwsLogin, type AwsLoginProps, type AwsProgram } from "./constructs/login/aws-login";
export { AzureLogin, type AzureLoginProps, type AzureProgram } from "./constructs/login/azure-login";
export {
  CertificateLogin,
  type CertificateLoginProps,
  type CertificateOcsp,
} from "./constructs/login/certificate-login";
export type { Cloud, CloudLogin, CloudLoginProps } from "./constructs/login/cloud-login";
export { GcpLogin, type GcpLoginProps, type GcpProgram } from "./constructs/login/gcp-login";
export { GitHubLogin, type GitHubJob, type GitHubLoginProps } from "./constructs/login/github-login";
export { GitLabLogin, type GitLabJob, type GitLabLoginProps } from "./constructs/login/gitlab-login";
export type { JwtIssuer, JwtLogin, JwtLoginProps } from "./constructs/login/jwt-login";
export {
  KubernetesLogin,
  type IKubernetesLogin,
  type KubernetesLoginProps,
  type KubernetesServiceAccount,
} from "./constructs/login/kubernetes-login";
export type { LoginLockout } from "./constructs/login/lockout";
export type { LoginMfa } from "./constructs/users/totp-mfa";
export { LdapLogin } from "./constructs/login/ldap-login";
export type { LdapLoginProps } from "./constructs/login/ldap-login-props";
export { OidcLogin } from "./constructs/login/oidc-login";
export type { OidcLoginProps } from "./constructs/login/oidc-login-props";
export type { RoleLogin } from "./constructs/login/role-login";
export type { PodAdditions, WorkloadServer } from "./constructs/workload/delivery";
export type {
  RestartTarget,
  RolloutRestart,
  VaultSecretsOperatorProps,
} from "./constructs/workload/vault-secrets-operator";
export { Workload } from "./constructs/workload/workload";
export { WorkloadDelivery } from "./constructs/workload/workload-delivery";
export type { WorkloadProps } from "./constructs/workload/workload-props";
export {
  WorkloadSecret,
  type CertificateContent,
  type CertificateSecretProps,
  type DatabaseSecretProps,
  type KeyValueSecretProps,
  type WorkloadSecretProps,
  type WorkloadSecretSource,
} from "./constructs/workload/workload-secret";
export { LeaseLimit, type LeaseLimitProps } from "./constructs/quotas/lease-limit";
export type { QuotaTarget } from "./constructs/quotas/quota-target";
export { RateLimit, type RateLimitProps } from "./constructs/quotas/rate-limit";
export { Users } from "./constructs/users/users";
export type { UserProps, UsersProps } from "./constructs/users/users-props";
export type { Duty, PeopleScope } from "./policy/people-policies";
export { SshCaKey, type EcdsaSshCaKeyProps, type RsaSshCaKeyProps } from "./constructs/ssh-ca/ssh-ca-key";
export { SshCa, type ISshCa, type SshCaProps } from "./constructs/ssh-ca/ssh-ca";
export type { SshGenerations, SshImportedKey } from "./constructs/ssh-ca/ssh-generations";
export type { SshHostSetup } from "./constructs/ssh-ca/ssh-hosts";
export type { SshHostsProps } from "./constructs/ssh-ca/ssh-hosts-props";
export type { SshKeyKind } from "./constructs/ssh-ca/ssh-keys";
export { SshRole } from "./constructs/ssh-ca/ssh-role";
export type {
  SshCertificateRoleProps,
  SshHostRoleProps,
  SshOneTimePasswordRoleProps,
} from "./constructs/ssh-ca/ssh-role-props";
export type { AuthorityContent } from "./constructs/tenant-pki/authority-content";
export type { PkiKeyType } from "./constructs/tenant-pki/key-bits";
export type { IPkiRole } from "./constructs/tenant-pki/pki-role";
export { MachineCertificate, type MachineCertificateProps } from "./constructs/tenant-pki/machine-certificate";
export { machineAlertRules, type MachineAlertRule } from "./constructs/tenant-pki/machine-metrics";
export type { InternalAuthorityProps } from "./constructs/tenant-pki/internal-root";
export {
  PkiAuthority,
  type ExternalAuthorityProps,
  type ImportedAuthorityProps,
} from "./constructs/tenant-pki/pki-authority";
export type { PkiAcme, PkiServices, PkiTidy } from "./constructs/tenant-pki/pki-services";
export { RootCa, type IRootCa, type RootCaProps } from "./constructs/tenant-pki/root-ca";
export { TenantPKI, type ITenantPKI } from "./constructs/tenant-pki/tenant-pki";
export type { PkiExtKeyUsage, PkiKeyUsage, PkiRoleProps, PkiUsage } from "./constructs/tenant-pki/pki-role-props";
export type { TenantPKIProps } from "./constructs/tenant-pki/tenant-pki-props";
