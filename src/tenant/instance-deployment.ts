import { stsEndpoint } from "../constructs/login/aws-login";
import { DEFAULT_GITHUB_ISSUER } from "../constructs/login/github-login";
import { DEFAULT_GITLAB } from "../constructs/login/gitlab-login";
import type { IKubernetesCluster } from "../constructs/tenant-cluster/kubernetes-cluster";
import type { IDeployment } from "../constructs/vault-instance/deployment";
import { DevelopmentDeployment } from "../constructs/vault-instance/development-deployment";
import { Exposure } from "../constructs/vault-instance/exposure";
import { ExternalDeployment } from "../constructs/vault-instance/external-deployment";
import type { HelmDeploymentProps } from "../constructs/vault-instance/helm-deployment";
import { HighAvailabilityDeployment } from "../constructs/vault-instance/high-availability-deployment";
import { NamespaceDeployment } from "../constructs/vault-instance/namespace-deployment";
import { NetworkPeer } from "../constructs/vault-instance/network-peer";
import { apiPeers, toEgress, type Egress } from "../constructs/vault-instance/network-policies";
import type { ServerCertificate } from "../constructs/vault-instance/server-certificate";
import { StandaloneDeployment } from "../constructs/vault-instance/standalone-deployment";
import { VaultStorage } from "../constructs/vault-instance/storage";
import { runsInCluster, type ClusterDeployment } from "./sections/deployment";
import type { Tenant, TenantInstance } from "./tenant-schema";

/** What a deployment needs in addition to the tenant file. */
export interface InstanceDeploymentProps {
  readonly tenant: Tenant;
  /** The instance of the tenant file. */
  readonly instance: TenantInstance;
  /** The cluster that the instance runs in. @default - none: the instance is external */
  readonly cluster?: IKubernetesCluster;
  /** The source of the servers' certificate, unless the tenant file names one. */
  readonly certificate: ServerCertificate;
}

/** The deployment that a tenant file describes. */
export function instanceDeployment({ tenant, instance, cluster, certificate }: InstanceDeploymentProps): IDeployment {
  const { deployment, address, caCertificateFile, retired, plugins } = instance;
  if (deployment.mode === "namespace")
    return new NamespaceDeployment({ of: deployment.of, address, caCertificateFile });
  if (deployment.mode === "external" || cluster === undefined) {
    const addresses = deployment.mode === "external" ? deployment.addresses : [];
    return new ExternalDeployment({ addresses, caCertificateFile });
  }
  // Servers that are gone connect to nothing.
  const { egress = [], kubernetesApiCidrs = retired === true ? [] : undefined } = deployment;
  const props: HelmDeploymentProps = {
    ...deployment,
    plugins,
    certificate: deployment.certificate ?? certificate,
    cluster,
    exposure: exposureOf(deployment),
    clients: clientsOf(deployment, tenant),
    egress: [
      ...(instance.databases ?? []).map(({ name, engine, port = DATABASE_PORTS[engine] }) => ({
        port,
        reason: `the database ${name}`,
      })),
      ...(instance.clouds ?? []).map(({ cloud }) => ({ port: 443, reason: `the API of ${cloud}` })),
      ...loginEgress(instance.logins ?? {}),
      ...egress.map(toEgress),
    ],
    kubernetesApi: kubernetesApiCidrs && apiPeers(kubernetesApiCidrs),
  };
  if (deployment.mode === "dev") return new DevelopmentDeployment(props);
  const { storageClass, volumeType, volumeZones } = deployment;
  const storage =
    storageClass === undefined
      ? VaultStorage.cinder({ volumeType, volumeZones, deletionProtection: tenant.deletionProtection })
      : VaultStorage.storageClass(storageClass);
  return deployment.mode === "standalone"
    ? new StandaloneDeployment({ ...props, storage })
    : new HighAvailabilityDeployment({ ...props, storage });
}

const DATABASE_PORTS = {
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  mongodb: 27_017,
  mssql: 1433,
  redis: 6379,
  valkey: 6379,
  cassandra: 9042,
  influxdb: 8086,
} as const;

/** What the servers ask about those who log in. The API of their own cluster is allowed anyway, and certificates need nobody. */
function loginEgress(logins: NonNullable<TenantInstance["logins"]>): Egress[] {
  const { gitlab, github, kubernetes, aws, azure, gcp, oidc, ldap } = logins;
  const asked: readonly (readonly [reason: string, url: string | undefined])[] = [
    ["the keys of GitLab", gitlab === undefined ? undefined : (gitlab.address ?? DEFAULT_GITLAB)],
    ["the keys of GitHub", github === undefined ? undefined : (github.issuer ?? DEFAULT_GITHUB_ISSUER)],
    ["the cluster of the login kubernetes", kubernetes?.host],
    ["STS of AWS", aws && stsEndpoint(aws)],
    ["the keys of Azure", azure && "https://login.microsoftonline.com"],
    ["the keys and service accounts of Google Cloud", gcp && "https://www.googleapis.com"],
    ["the provider of identities", oidc?.discoveryUrl],
    ...(ldap?.urls ?? []).map((url) => ["the directory", url] as const),
  ];
  return asked.flatMap(([reason, url]) => (url === undefined ? [] : [{ port: portOf(url), reason }]));
}

/** Port of an address. */
function portOf(url: string): number {
  const { protocol, port } = new URL(url);
  return Number(port || (DEFAULT_PORTS[protocol] ?? 443));
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "ldaps:": 636, "ldap:": 389 };

/** Whether Terraform creates the volumes of an instance on OpenStack. */
export function usesCinder({ deployment }: TenantInstance): boolean {
  return runsInCluster(deployment) && deployment.mode !== "dev" && deployment.storageClass === undefined;
}

/** Whether the central Vault issues the certificate of the instance's servers. */
export function hasCentralCertificate({ deployment }: TenantInstance): boolean {
  return runsInCluster(deployment) && deployment.certificate === undefined;
}

function exposureOf({ nodePort, loadBalancer }: ClusterDeployment): Exposure | undefined {
  if (nodePort !== undefined) return Exposure.nodePort(nodePort);
  return loadBalancer && Exposure.loadBalancer(loadBalancer.annotations);
}

/** Who reaches the API; undefined for the default of the construct. */
function clientsOf(deployment: ClusterDeployment, tenant: Tenant): NetworkPeer[] | undefined {
  const { clients, nodePort, loadBalancer } = deployment;
  const isExposed = nodePort !== undefined || loadBalancer !== undefined;
  if (clients === undefined && !isExposed) return undefined;
  const named = clients?.map(peerOf) ?? [NetworkPeer.anyNamespace()];
  return isExposed ? [...named, ...outsideClients(tenant)] : named;
}

function peerOf(client: NonNullable<ClusterDeployment["clients"]>[number]): NetworkPeer {
  if ("cidr" in client) return NetworkPeer.cidr(client.cidr);
  return "namespace" in client
    ? NetworkPeer.namespace(client.namespace)
    : NetworkPeer.namespacesWithLabels(client.namespaceLabels);
}

/** Clients outside the cluster, and the nodes, whose addresses a node port shows instead of the clients'. */
function outsideClients({ cluster }: Tenant): NetworkPeer[] {
  if (cluster === undefined) return [];
  const nodes = "existing" in cluster ? [] : [cluster.network.cidr];
  const cidrs = [...nodes, ...(cluster.clientAccess?.cidrs ?? [])];
  return [...new Set(cidrs)].map((cidr) => NetworkPeer.cidr(cidr));
}
