// The types of a tenant file, for the entry points of the package. Named one by one: a new one is a decision.
export type { EngineFields, EngineGrants, EngineSpecs, Engines } from "./engines";
export type { InFile } from "./in-file";
export type {
  ApiAccessSpec,
  ApiLoadBalancerSpec,
  Cluster,
  ClusterSpec,
  ExistingClientAccessSpec,
  ExistingClusterSpec,
  FloatingIpsSpec,
  InternalAccessSpec,
  KubespraySpec,
  MachinesSpec,
  MagnumSpec,
} from "./sections/cluster";
export type {
  AwsAssumedRoleSpec,
  AwsCredentialsSpec,
  AwsFederationTokenSpec,
  AwsIamUserSpec,
  AzureCredentialsSpec,
  CloudsField,
  CloudsGrants,
  CloudCredentialsSpec,
  GcpCredentialsSpec,
  TerraformCloudCredentialsSpec,
} from "./sections/cloud-credentials";
export type { DatabaseRoleSpec, PasswordRulesSpec, StaticDatabaseRoleSpec } from "./sections/database-fields";
export type {
  DatabaseSpec,
  MongodbDatabaseSpec,
  MssqlDatabaseSpec,
  MysqlDatabaseSpec,
  PostgresqlDatabaseSpec,
} from "./sections/database-servers";
export type { PasswordRuleSpec } from "./sections/password-rules";
export type { CassandraDatabaseSpec, InfluxdbDatabaseSpec, RedisDatabaseSpec } from "./sections/hooked-databases";
export type { DatabasesField, DatabasesGrants } from "./sections/databases";
export type {
  CustomSpec,
  Deployment,
  DeploymentSpec,
  DevelopmentSpec,
  ExternalSpec,
  HighAvailabilitySpec,
  NamespaceSpec,
  StandaloneSpec,
  VolumesSpec,
} from "./sections/deployment";
export type {
  ClientSpec,
  EgressSpec,
  LabelledClientSpec,
  LoadBalancerSpec,
  NamespaceClientSpec,
  NetworkClientSpec,
} from "./sections/flows";
export type {
  AuditDeviceSpec,
  AuditSocketSpec,
  AuditSyslogSpec,
  CertManagerSpec,
  CertificateSecretSpec,
  HelmSpec,
} from "./sections/helm";
export type { IdentitiesSpec } from "./sections/identities";
export type {
  AppPlaceholderSpec,
  KeyValueAppSpec,
  KeyValueField,
  KeyValueGrants,
  KeyValueOrganizationSpec,
  KeyValueSpec,
  PlaceholderSpec,
} from "./sections/key-value";
export type { CertificateLoginSpec } from "./sections/certificate-login";
export type { AwsLoginSpec, AzureLoginSpec, GcpLoginSpec } from "./sections/cloud-logins";
export type {
  GitHubLoginSpec,
  GitLabLoginSpec,
  KubernetesLoginSpec,
  LdapLoginSpec,
  LoginsSpec,
  OidcLoginSpec,
} from "./sections/logins";
export type { RoleLoginSpec } from "./sections/role-login";
export type { PeopleSpec, UserSpec } from "./sections/people";
export type {
  ExportedAuthoritySpec,
  ExternalAuthoritySpec,
  ImportedAuthoritySpec,
  InternalAuthoritySpec,
  MachineCertificateSpec,
  PkiField,
  PkiRoleSpec,
  PkiSpec,
} from "./sections/pki";
export type { PkiGrants } from "./sections/pki-grants";
export type { AppRoleSpec, RawStatementSpec, RoleSpec } from "./sections/roles";
export type {
  AccessRequest,
  RequestLimitProps,
  RequestLimitSpec,
  RequestLoginSpec,
  RequestSpec,
  SelfServiceSpec,
} from "./sections/self-service";
export type {
  AliCloudKmsSealSpec,
  AwsKmsSealSpec,
  AzureKeyVaultSealSpec,
  GcpCloudKmsSealSpec,
  OciKmsSealSpec,
  Pkcs11SealSpec,
  SealSpec,
  ShamirSealSpec,
  StaticKeySealSpec,
  TransitSealSpec,
} from "./sections/seal";
export type {
  EcdsaSshKeySpec,
  Ed25519SshKeySpec,
  RsaSshKeySpec,
  SshCertificateRoleSpec,
  SshField,
  SshGrants,
  SshHostRoleSpec,
  SshHostsSpec,
  SshImportedKeySpec,
  SshOneTimePasswordRoleSpec,
  SshSpec,
} from "./sections/ssh";
export type {
  AgentInjectorSpec,
  ExternalSecretsSpec,
  VaultSecretsOperatorSpec,
  WorkloadCertificateSpec,
  WorkloadDatabaseSpec,
  WorkloadDeliverySpec,
  WorkloadKeyValueSpec,
  WorkloadSecretSpec,
  WorkloadSpec,
} from "./sections/workloads";
export type { LeaseLimitSpec, RateLimitSpec } from "./sections/quotas";
export type { TokenRoleSpec } from "./sections/token-roles";
export type { InstanceSpec, TenantSpec } from "./tenant-schema";
