import ts from "typescript";
import { describe, expect, test } from "vitest";
import { checkedProject } from "../../support/checker";
import { exportedTypes, FieldWalk } from "../../support/fields";

/** Logins of programs whose field an instance and a role have. */
const PROGRAMS = ["aws", "azure", "certificate", "gcp", "github", "gitlab", "kubernetes"];

/** Props that the tenant file writes in another way, and the fields that do so. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  "AccessRoleProps.login": [
    "InstanceSpec.appRole",
    "InstanceSpec.logins",
    ...[...PROGRAMS, "ldap", "oidc"].map((login) => `LoginsSpec.${login}`),
    "RoleSpec.login",
    ...["appRole", ...PROGRAMS, "groups", "ldapGroups", "oidc", "oidcGroups"].map((login) => `RoleLoginSpec.${login}`),
  ],
  "AdminRoleProps.duty": ["RoleSpec.duty"],
  "DynamicDbProps.database": [
    "PostgresqlDatabaseSpec.engine",
    "MysqlDatabaseSpec.engine",
    "MongodbDatabaseSpec.engine",
    "MssqlDatabaseSpec.engine",
    "RedisDatabaseSpec.engine",
    "CassandraDatabaseSpec.engine",
    "InfluxdbDatabaseSpec.engine",
  ],
  "AwsCredentialsProps.roles": [
    "AwsCredentialsSpec.roles",
    "AwsAssumedRoleSpec.type",
    "AwsFederationTokenSpec.type",
    "AwsIamUserSpec.type",
  ],
  "HelmDeploymentProps.plugins": ["InstanceSpec.plugins"],
  "Egress.reason": ["EgressSpec.reason"],
  "Egress.to": ["EgressSpec.cidr"],
  "HelmDeploymentProps.auditDevices": [
    "HelmSpec.auditDevices",
    "AuditSocketSpec.type",
    "AuditSocketSpec.address",
    "AuditSocketSpec.socketType",
    "AuditSyslogSpec.type",
    "AuditSyslogSpec.facility",
    "AuditSyslogSpec.tag",
  ],
  "HelmDeploymentProps.certificate": [
    "HelmSpec.certificate",
    "CertManagerSpec.certManager",
    "CertificateSecretSpec.secret",
  ],
  "HelmDeploymentProps.exposure": ["HelmSpec.nodePort", "HelmSpec.loadBalancer", "LoadBalancerSpec.annotations"],
  "HelmDeploymentProps.selfInitialization": ["HelmSpec.selfInitialization"],
  "HelmDeploymentProps.values": ["CustomSpec.values"],
  "HighAvailabilityDeploymentProps.storage": ["VolumesSpec.storageClass"],
  "IKubernetesCluster.kubeconfig": ["ExistingClusterSpec.kubeconfig"],
  "InstanceFlows.clients": [
    "HelmSpec.clients",
    "NamespaceClientSpec.namespace",
    "LabelledClientSpec.namespaceLabels",
    "NetworkClientSpec.cidr",
    "ExistingClusterSpec.clientAccess",
    "ExistingClientAccessSpec.cidrs",
  ],
  "InstanceFlows.egress": ["HelmSpec.egress"],
  "InstanceFlows.kubernetesApi": ["HelmSpec.kubernetesApiCidrs"],
  "SshCaProps.hosts": ["SshSpec.hosts"],
  "SshCaProps.key": ["SshSpec.key", "Ed25519SshKeySpec.type", "RsaSshKeySpec.type", "EcdsaSshKeySpec.type"],
  "SshCaProps.roles": [
    "SshSpec.roles",
    "SshCertificateRoleSpec.type",
    "SshHostRoleSpec.type",
    "SshOneTimePasswordRoleSpec.type",
  ],
  "TenantClusterProps.apiAccess": [
    "MachinesSpec.apiAccess",
    "InternalAccessSpec.type",
    "FloatingIpsSpec.type",
    "FloatingIpsSpec.pool",
    "ApiLoadBalancerSpec.type",
    "ApiLoadBalancerSpec.pool",
  ],
  "TenantClusterProps.deletionProtection": ["TenantSpec.deletionProtection"],
  "TenantClusterProps.provisioner": ["MachinesSpec.provisioner", "KubespraySpec.type", "MagnumSpec.type"],
  "TenantClusterProps.tenant": ["TenantSpec.name"],
  "TenantPKIProps.authority": [
    "PkiSpec.authority",
    "InternalAuthoritySpec.type",
    "ExportedAuthoritySpec.type",
    "ExternalAuthoritySpec.type",
    "ImportedAuthoritySpec.type",
  ],
  "TenantPKIProps.commonName": ["PkiSpec.commonName"],
  "WorkloadProps.delivery": [
    "WorkloadSpec.delivery",
    "VaultSecretsOperatorSpec.type",
    "ExternalSecretsSpec.type",
    "AgentInjectorSpec.type",
  ],
  "WorkloadProps.secrets": [
    "WorkloadSpec.secrets",
    "WorkloadKeyValueSpec.type",
    "WorkloadDatabaseSpec.type",
    "WorkloadCertificateSpec.type",
  ],
  "KeyValueSecretProps.path": ["WorkloadKeyValueSpec.path"],
  "DatabaseSecretProps.role": ["WorkloadDatabaseSpec.role"],
  "CertificateSecretProps.role": ["WorkloadCertificateSpec.role"],
  "LeaseLimitProps.product": ["InstanceSpec.leaseLimits", "InstanceSpec.rateLimits"],
  "TokenRoleProps.roles": ["TokenRoleSpec.roles", "InstanceSpec.tokenRoles", "RoleSpec.createTokens"],
  "VaultInstanceProps.deployment": [
    "InstanceSpec.deployment",
    ...["HighAvailability", "Standalone", "Development", "Custom", "External", "Namespace"].map(
      (mode) => `${mode}Spec.mode`,
    ),
  ],
  "VaultInstanceProps.identities": ["InstanceSpec.identities"],
  "VaultInstanceProps.name": ["InstanceSpec.name"],
  "VaultInstanceProps.seal": [
    "InstanceSpec.seal",
    ...[
      "Shamir",
      "Transit",
      "AwsKms",
      "GcpCloudKms",
      "AzureKeyVault",
      "AliCloudKms",
      "OciKms",
      "Pkcs11",
      "StaticKey",
    ].map((seal) => `${seal}SealSpec.type`),
    "ShamirSealSpec.former",
  ],
};

/** Props that a tenant does not need, and why. */
const NOT_IN_FILE: readonly (readonly [RegExp, string])[] = [
  [/\.(provider|centralProvider|alias)$/, "the stack chooses the providers"],
  [
    /^(TenantPKIProps|InstanceProviderProps|SshHostsProps)\.(address|tenant|name|product|login)$/,
    "the instance has it already",
  ],
  [
    /^(CloudCredentials|CloudLogin|DynamicDb|LdapLogin|PluginCatalog)Props\.(product|plugins)$/,
    "the instance has them already",
  ],
  [
    /^InstanceProviderProps\.(rootCaFile|namespace)$/,
    "the operator's file names the file, and the mode of the instance says whether it is a namespace",
  ],
  [/^(VaultInstanceProps\.(central|tenant)$|RetirementGuardProps\.)/, "the stack passes it"],
  [
    /^(VaultInstanceProps\.administered$|Administered|PlaceholderPath\.|HeldAuthorityMount\.)/,
    "the stack derives it from the engines and the login",
  ],
  [/^InstanceProviderProps\.identity$/, "a variable of Terraform chooses it"],
  [/^CentralVaultAccess\./, "the operator's file describes the central Vault"],
  [/^KubesprayProps\.central$/, "the operator's file describes the central Vault"],
  [/^HelmDeploymentProps\.cluster$/, "the stack passes the cluster of the tenant"],
  [/^(CentralVaultProps|PipelineIssuer|RootCaProps|CentralCertificateProps)\./, "the central Vault is the operator's"],
  [
    /^(IRootCa\.(mount|lifetime|limitsPathLength|certificate)|TenantPKIProps\.rootCa)$/,
    "the root CA is the operator's",
  ],
  [/^(UnsealWatchProps|WebhookSecret)\./, "the operator runs the watchers of all tenants"],
  [/^(PlaceholderHookProps\.|HookTarget\.|(TenantPKI|SshCa|DynamicDb)Props\.hook$)/, "the stack passes it"],
  [/^PasswordPolicyProps\.name$/, "each database has a policy of its own"],
  [/^RaftSnapshotsProps\./, "the operator keeps the snapshots of all tenants"],
  [/^VaultInstanceProps\.namespaces$/, "the stack derives it from the files of all tenants"],
  [/^NamespaceDeploymentProps\.(address|caCertificateFile)$/, "the fields of the instance say it"],
  [
    /^(TenantAccessProps|TenantIntermediate|SharedNamespace|TenantPipeline|CertifiedServers)\./,
    "the operator deploys the logins",
  ],
  [/^(TenantPKIProps|SshHostsProps)\.namespace$/, "the instance is a namespace, or has one: the root"],
  [
    /^(KeyValueProps|SshCaProps|TenantPKIProps|CinderStorageProps|VaultInstanceProps)\.deletionProtection$/,
    "one field protects the whole tenant",
  ],
  [/^ExternalDeploymentProps\.caCertificateFile$/, "the field of the instance applies to its replicas"],
  [/^StandaloneDeploymentProps\.storage$/, "the same fields as for a cluster of replicas"],
  [/^IAppRoleLogin\.(path|maxTtl)$/, "the login that appRole describes"],
  [/^IRoleLogin\./, "the fields of each login describe it"],
  [/^AdminRoleProps\.(assignable|engines|users)$/, "the instance has engines, roles and people already"],
  [/^AppRoleLoginProps\.maxTtl$/, "follows from the TTLs of the roles"],
  [/^(InstanceNamespaceProps|InstanceCapacity|HookSecrets)\./, "the deployment derives the namespace"],
  [/^InstanceFlows\.(monitoringNamespace|metricsPort)$/, "monitoring.namespace, and the library's own port"],
  [/^IKubernetesCluster\.apiCidrs$/, "kubernetesApiCidrs of a deployment names them"],
  [/^ISeal\./, "the fields of each seal describe it"],
  [/^(WorkloadProps\.(login|server)$|WorkloadServer\.)/, "the instance has them already"],
  [
    /^(KeyValueSecretProps\.keyValue|DatabaseSecretProps\.database|(IKeyValue|IDynamicDb|IPkiRole)\.(mount|name)|IKubernetesLogin\.path)$/,
    "a name or a path in the file stands for the engine or the login",
  ],
  [/^(AlertRulesProps|MonitoredInstance)\./, "a function for alerts outside the cluster of the tenant"],
];

/** Fields of the file that stand for a construct, or grant something, instead of being a prop. */
const OF_THE_FILE = [
  "TenantSpec.cluster",
  "TenantSpec.instances",
  "ExistingClusterSpec.existing",
  "InstanceSpec.people",
  "InstanceSpec.roles",
  "InstanceSpec.workloads",
  "RoleSpec.rotateSecretIds",
  "PkiField.pki",
  "SshField.ssh",
  "DatabasesField.databases",
  "KeyValueField.keyValue",
  "CloudsField.clouds",
  "CloudsGrants.clouds",
  "AwsCredentialsSpec.cloud",
  "AzureCredentialsSpec.cloud",
  "GcpCredentialsSpec.cloud",
  "TerraformCloudCredentialsSpec.cloud",
  "PkiGrants.certificates",
  "PkiGrants.generateCertificates",
  "PkiGrants.signCertificates",
  "SshGrants.ssh",
  "DatabasesGrants.databases",
  "DatabasesGrants.rotateDatabases",
  "KeyValueGrants.read",
  "KeyValueGrants.write",
  "KeyValueGrants.administer",
  "KeyValueGrants.keyValuePolicies",
  // The construct of a request is the role.
  "InstanceSpec.selfService",
  "RequestLimitProps.githubRepositories",
  "RequestLimitProps.gitlabProjects",
  "RequestLimitProps.maxTtl",
  "SelfServiceSpec.folder",
  "SelfServiceSpec.limits",
];

/** Factories of the constructs' classes, and the fields that call them; those of the operator are left out. */
const FACTORIES: Readonly<Record<string, string>> = {
  "ApiAccess.floatingIps": "FloatingIpsSpec.type",
  "ApiAccess.internal": "InternalAccessSpec.type",
  "ApiAccess.loadBalancer": "ApiLoadBalancerSpec.type",
  "AuditDevice.socket": "AuditSocketSpec.type",
  "AuditDevice.syslog": "AuditSyslogSpec.type",
  "AwsRole.assumedRole": "AwsAssumedRoleSpec.type",
  "AwsRole.federationToken": "AwsFederationTokenSpec.type",
  "AwsRole.iamUser": "AwsIamUserSpec.type",
  "Database.cassandra": "CassandraDatabaseSpec.engine",
  "Database.influxdb": "InfluxdbDatabaseSpec.engine",
  "Database.mariadb": "MysqlDatabaseSpec.engine",
  "Database.mongodb": "MongodbDatabaseSpec.engine",
  "Database.mssql": "MssqlDatabaseSpec.engine",
  "Database.mysql": "MysqlDatabaseSpec.engine",
  "Database.postgresql": "PostgresqlDatabaseSpec.engine",
  "Database.redis": "RedisDatabaseSpec.engine",
  "Database.valkey": "RedisDatabaseSpec.engine",
  "Exposure.loadBalancer": "HelmSpec.loadBalancer",
  "Exposure.nodePort": "HelmSpec.nodePort",
  "NetworkPeer.anyAddress": "HelmSpec.kubernetesApiCidrs",
  "NetworkPeer.cidr": "NetworkClientSpec.cidr",
  "NetworkPeer.namespace": "NamespaceClientSpec.namespace",
  "NetworkPeer.namespacesWithLabels": "LabelledClientSpec.namespaceLabels",
  "PkiAuthority.exported": "ExportedAuthoritySpec.type",
  "PkiAuthority.external": "ExternalAuthoritySpec.type",
  "PkiAuthority.imported": "ImportedAuthoritySpec.type",
  "PkiAuthority.internal": "InternalAuthoritySpec.type",
  "Provisioner.kubespray": "KubespraySpec.type",
  "Provisioner.magnum": "MagnumSpec.type",
  "Seal.aliCloudKms": "AliCloudKmsSealSpec.type",
  "Seal.awsKms": "AwsKmsSealSpec.type",
  "Seal.azureKeyVault": "AzureKeyVaultSealSpec.type",
  "Seal.gcpCloudKms": "GcpCloudKmsSealSpec.type",
  "Seal.ociKms": "OciKmsSealSpec.type",
  "Seal.pkcs11": "Pkcs11SealSpec.type",
  "Seal.shamir": "ShamirSealSpec.type",
  "Seal.staticKey": "StaticKeySealSpec.type",
  "Seal.transit": "TransitSealSpec.type",
  "ServerCertificate.certManager": "CertManagerSpec.certManager",
  "ServerCertificate.secret": "CertificateSecretSpec.secret",
  "SshCaKey.ecdsa": "EcdsaSshKeySpec.type",
  "SshCaKey.ed25519": "Ed25519SshKeySpec.type",
  "SshCaKey.rsa": "RsaSshKeySpec.type",
  "SshRole.certificate": "SshCertificateRoleSpec.type",
  "SshRole.host": "SshHostRoleSpec.type",
  "SshRole.oneTimePassword": "SshOneTimePasswordRoleSpec.type",
  "VaultStorage.cinder": "CinderStorageProps.volumeType",
  "VaultStorage.storageClass": "VolumesSpec.storageClass",
  "WorkloadDelivery.agentInjector": "AgentInjectorSpec.type",
  "WorkloadDelivery.externalSecrets": "ExternalSecretsSpec.type",
  "WorkloadDelivery.vaultSecretsOperator": "VaultSecretsOperatorSpec.type",
  "WorkloadSecret.certificate": "WorkloadCertificateSpec.type",
  "WorkloadSecret.database": "WorkloadDatabaseSpec.type",
  "WorkloadSecret.keyValue": "WorkloadKeyValueSpec.type",
};

/** Factories for what every instance has, and for what the stack passes. */
const NOT_CALLED = [
  "AuditDevice.file",
  "NetworkPeer.anyNamespace",
  "ServerCertificate.central",
  // The operator runs the watchers.
  "WatchLogin.jwt",
  "WatchLogin.kubernetes",
];

describe("the tenant file", { timeout: 120_000 }, () => {
  const checked = checkedProject();
  const isIn = (folder: string, declaration: ts.Declaration | undefined): boolean =>
    declaration?.getSourceFile().fileName.includes(`/src/${folder}/`) === true;
  const exported = exportedTypes(checked, "src/index.ts");

  const file = new FieldWalk(checked);
  const tenant = exportedTypes(checked, "src/tenant/tenant-schema.ts").get("TenantSpec");
  if (tenant === undefined) throw new Error("There is no TenantSpec.");
  file.visit(tenant);

  const props = new FieldWalk(checked);
  for (const [name, type] of exported) {
    if (name.endsWith("Props") && isIn("constructs", type.symbol.declarations?.[0])) props.visit(type);
  }

  const unreached = [...props.found].filter(([declaration]) => !file.found.has(declaration)).map(([, name]) => name);
  const own = [...file.found].filter(([declaration]) => isIn("tenant", declaration)).map(([, name]) => name);

  test("reaches every prop of a construct that a tenant could need", () => {
    expect(props.found.size).toBeGreaterThan(200);
    const unexplained = unreached.filter(
      (name) => !(name in WRITTEN_AS) && !NOT_IN_FILE.some(([pattern]) => pattern.test(name)),
    );
    expect(unexplained).toEqual([]);
  });

  test("has no exception without need", () => {
    expect(Object.keys(WRITTEN_AS).filter((name) => !unreached.includes(name))).toEqual([]);
    expect(NOT_IN_FILE.filter(([pattern]) => !unreached.some((name) => pattern.test(name)))).toEqual([]);
  });

  test("declares only what no construct declares", () => {
    expect(own.sort()).toEqual([...OF_THE_FILE, ...Object.values(WRITTEN_AS).flat()].sort());
  });

  test("reaches every factory", () => {
    const { checker } = checked;
    const factories = [...exported].flatMap(([name, type]) => {
      const symbol = type.symbol as ts.Symbol | undefined;
      const declaration = symbol?.valueDeclaration;
      if (symbol === undefined || !type.isClass() || declaration === undefined || !isIn("constructs", declaration))
        return [];
      return (
        checker
          .getPropertiesOfType(checker.getTypeOfSymbolAtLocation(symbol, declaration))
          .filter(({ valueDeclaration }) => valueDeclaration !== undefined && ts.isMethodDeclaration(valueDeclaration))
          .map((method) => `${name}.${method.name}`)
          // These import what exists; they are no part of a tenant's own.
          .filter((factory) => !/\.(from[A-Z]|is[A-Z])/.test(factory))
      );
    });
    expect(factories.sort()).toEqual([...Object.keys(FACTORIES), ...NOT_CALLED].sort());
    const fields = [...file.found.values()];
    expect(Object.values(FACTORIES).filter((field) => !fields.includes(field))).toEqual([]);
  });
});
