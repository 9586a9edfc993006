import type { Tenant, TenantInstance } from "./tenant-schema";
import type { IKubernetesCluster } from "../constructs/tenant-cluster/kubernetes-cluster";
import { NETWORK_PLUGIN } from "../constructs/tenant-cluster/kubespray";
import { DevelopmentDeployment } from "../constructs/vault-instance/development-deployment";
import type { IDeployment } from "../constructs/vault-instance/deployment";
import { ExternalDeployment } from "../constructs/vault-instance/external-deployment";
import type { HelmDeploymentProps } from "../constructs/vault-instance/helm-deployment";
import { HighAvailabilityDeployment } from "../constructs/vault-instance/high-availability-deployment";
import { NetworkPeer } from "../constructs/vault-instance/network-peer";
import { toEgress } from "../constructs/vault-instance/network-policies";
import type { ServerCertificate } from "../constructs/vault-instance/server-certificate";
import { StandaloneDeployment } from "../constructs/vault-instance/standalone-deployment";
import { VaultStorage } from "../constructs/vault-instance/storage";

/** What a tenant file does not say of a deployment. */
export interface InstanceDeploymentProps {
  readonly tenant: Tenant;
  /** What the tenant file says of the instance. */
  readonly instance: TenantInstance;
  /** Where it runs. @default - none: it is external */
  readonly cluster?: IKubernetesCluster;
  /** Where its certificate comes from, unless the file says otherwise. */
  readonly certificate: ServerCertificate;
}

/** The deployment that a tenant file describes. */
export function instanceDeployment({ tenant, instance, cluster, certificate }: InstanceDeploymentProps): IDeployment {
  const { deployment, caCertificateFile } = instance;
  if (deployment.mode === "external" || cluster === undefined) {
    const addresses = deployment.mode === "external" ? deployment.addresses : [];
    return new ExternalDeployment({ addresses, caCertificateFile });
  }
  const { mode, nodePort, egress = [], kubernetesApiCidrs, ...described } = deployment;
  const props: HelmDeploymentProps = {
    ...described,
    certificate: described.certificate ?? certificate,
    cluster,
    exposure: nodePort,
    clients: nodePort === undefined ? undefined : [NetworkPeer.anyNamespace(), ...outsideClients(tenant)],
    egress: [
      ...(instance.databases ?? []).map(({ name, port = 5432 }) => ({ port, reason: `the database ${name}` })),
      ...egress.map(toEgress),
    ],
    kubernetesApi: (kubernetesApiCidrs ?? apiCidrs(tenant))?.map((cidr) => NetworkPeer.cidr(cidr)),
  };
  if (deployment.mode === "dev") return new DevelopmentDeployment(props);
  const { storageClass, volumeType, volumeZones } = deployment;
  const storage =
    storageClass === undefined
      ? VaultStorage.cinder({ volumeType, volumeZones, deletionProtection: tenant.deletionProtection })
      : VaultStorage.storageClass(storageClass);
  return mode === "standalone"
    ? new StandaloneDeployment({ ...props, storage })
    : new HighAvailabilityDeployment({ ...props, storage });
}

/** Whether Terraform makes the volumes of an instance on OpenStack. */
export function usesCinder({ deployment }: TenantInstance): boolean {
  return deployment.mode !== "external" && deployment.mode !== "dev" && deployment.storageClass === undefined;
}

/** Where the Kubernetes API is: Kubespray's control planes are machines of the tenant's network, as Calico sees them. */
function apiCidrs({ cluster }: Tenant): string[] | undefined {
  if (cluster === undefined || "existing" in cluster || cluster.provisioner?.type === "magnum") return undefined;
  const { kube_network_plugin: plugin = NETWORK_PLUGIN } = cluster.provisioner?.variables ?? {};
  return plugin === NETWORK_PLUGIN ? [cluster.network.cidr] : undefined;
}

/** Who comes through a node port: clients that reach the pod's own node, and the other nodes in place of theirs. */
function outsideClients({ cluster }: Tenant): NetworkPeer[] {
  if (cluster === undefined) return [];
  const nodes = "existing" in cluster ? [] : [cluster.network.cidr];
  const cidrs = [...nodes, ...(cluster.clientAccess?.cidrs ?? [])];
  return [...new Set(cidrs)].map((cidr) => NetworkPeer.cidr(cidr));
}
