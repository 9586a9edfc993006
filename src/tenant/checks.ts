import { seesMachines } from "../constructs/tenant-cluster/kubespray";
import { nodeGroups } from "../constructs/tenant-cluster/node-group";
import { releaseName } from "../constructs/server-config/names";
import type { ISeal } from "../constructs/seal/seal-config";
import { DEFAULT_REPLICAS } from "../constructs/vault-instance/high-availability-deployment";
import { checkNamespace } from "../constructs/vault-instance/namespace-deployment";
import type { Duty } from "../policy/people-policies";
import type { Product } from "../core/product";
import { parseServerAddress } from "../terraform/server-address";
import { validationMessage } from "./builders";
import type { Report } from "./references";
import type { Cluster } from "./sections/cluster";
import { runsInCluster, type Deployment } from "./sections/deployment";

/** An instance, as far as these checks are concerned. */
interface CheckedInstance {
  readonly name: string;
  readonly address: string;
  readonly product: Product;
  readonly deployment: Deployment;
  readonly seal?: Pick<ISeal, "type">;
  readonly retired?: boolean;
  readonly roles?: readonly { readonly duty?: Duty }[];
}

/** A tenant, as far as these checks are concerned. */
interface CheckedTenant {
  readonly name: string;
  readonly cluster?: Cluster;
  readonly instances: readonly CheckedInstance[];
}

/** A deployment, unless it is external, needs a cluster. */
export function checkClusterPresent({ cluster, instances }: CheckedTenant, report: Report): void {
  instances.forEach(({ deployment }, index) => {
    if (!runsInCluster(deployment) || cluster !== undefined) return;
    report(
      ["instances", index, "deployment"],
      `mode "${deployment.mode}" needs a cluster to run in; add the field "cluster" to the tenant, or use mode "external"`,
    );
  });
}

/** Where the addresses of the API are not known, the file names them: the servers must not reach every host instead. */
export function checkKubernetesApi({ cluster, instances }: CheckedTenant, report: Report): void {
  if (cluster === undefined || isApiKnown(cluster)) return;
  instances.forEach(({ deployment, retired }, index) => {
    if (!runsInCluster(deployment) || retired === true || deployment.kubernetesApiCidrs !== undefined) return;
    report(
      ["instances", index, "deployment", "kubernetesApiCidrs"],
      'is missing, so the servers could reach every host on the ports 443 and 6443; write the addresses that "kubectl get endpoints kubernetes" shows, such as ["10.0.0.5/32"], or ["0.0.0.0/0"] to allow any',
    );
  });
}

function isApiKnown(cluster: Cluster): boolean {
  if ("existing" in cluster) return false;
  const { provisioner } = cluster;
  return provisioner?.type === "magnum" || seesMachines(provisioner?.variables ?? {});
}

/** Replicas that must run on different nodes need as many nodes. */
export function checkCapacity({ cluster, instances }: CheckedTenant, report: Report): void {
  const nodes = cluster && schedulableNodes(cluster);
  instances.forEach(({ deployment }, index) => {
    const replicas = spreadReplicas(deployment);
    if (nodes === undefined || replicas <= nodes) return;
    report(
      ["instances", index, "deployment", "replicas"],
      `${replicas} replicas need as many nodes, but the cluster has ${nodes} that run pods; add workers, or set cluster.schedulableControlPlanes or spreadOverNodes: false`,
    );
  });
}

/** Returns the number of replicas that need their own node. */
function spreadReplicas(deployment: Deployment): number {
  const isRaft = deployment.mode === "ha" || deployment.mode === "custom";
  return isRaft && deployment.spreadOverNodes !== false ? (deployment.replicas ?? DEFAULT_REPLICAS) : 0;
}

/** Returns the number of nodes that accept pods without a toleration; undefined if the cluster is not created here. */
function schedulableNodes(cluster: Cluster): number | undefined {
  if ("existing" in cluster) return undefined;
  return nodeGroups(cluster)
    .filter(({ role, taints }) => taints.length === 0 && (role === "worker" || cluster.schedulableControlPlanes))
    .reduce((sum, { count }) => sum + count, 0);
}

/** A node port must be open for clients outside the cluster. */
export function checkNodePorts({ cluster, instances }: CheckedTenant, report: Report): void {
  instances.forEach(({ deployment }, index) => {
    if (!runsInCluster(deployment) || deployment.nodePort === undefined || cluster === undefined) return;
    const reason = closedNodePort(deployment.nodePort, cluster);
    if (reason !== undefined) report(["instances", index, "deployment", "nodePort"], reason);
  });
}

/** A load balancer must be open for clients outside the cluster. A node port beside it is not allowed. */
export function checkLoadBalancers({ cluster, instances }: CheckedTenant, report: Report): void {
  instances.forEach(({ deployment }, index) => {
    if (!runsInCluster(deployment) || deployment.loadBalancer === undefined || cluster === undefined) return;
    const reason = deployment.nodePort === undefined ? closedLoadBalancer(cluster) : BOTH_EXPOSED;
    if (reason !== undefined) report(["instances", index, "deployment", "loadBalancer"], reason);
  });
}

const BOTH_EXPOSED = "exposes the instance in addition to nodePort; remove one of them";

/** Why clients outside the cluster do not reach a load balancer; undefined if they do. */
function closedLoadBalancer(cluster: Cluster): string | undefined {
  if ("existing" in cluster) return hasClients(cluster) ? undefined : `allows no clients; ${NAME_CLIENTS}`;
  return "needs an existing cluster, because no security group opens the node ports of a load balancer; use nodePort instead";
}

const NAME_CLIENTS = "add the networks of the clients and of the nodes to cluster.clientAccess.cidrs";

/** Why clients outside the cluster do not reach a node port; undefined if they do. */
function closedNodePort(nodePort: number, cluster: Cluster): string | undefined {
  if ("existing" in cluster) return hasClients(cluster) ? undefined : `${nodePort} allows no clients; ${NAME_CLIENTS}`;
  const { network, clientAccess, openVpn } = cluster;
  const isOpen = "portSecurity" in network && network.portSecurity === false;
  const isReached = hasClients(cluster) || openVpn !== undefined;
  if (isOpen || (isReached && clientAccess?.ports.includes(nodePort) === true)) return undefined;
  return `no security group opens ${nodePort}; add it to cluster.clientAccess.ports, and the networks of the clients to cluster.clientAccess.cidrs`;
}

function hasClients({ clientAccess }: Cluster): boolean {
  return (clientAccess?.cidrs ?? []).length > 0;
}

/** The names of tenant and instance together name objects in Kubernetes. */
export function checkReleaseNames({ name: tenant, instances }: CheckedTenant, report: Report): void {
  instances.forEach(({ name, deployment }, index) => {
    if (!runsInCluster(deployment)) return;
    const message = validationMessage(() => releaseName({ tenant, name }));
    if (message !== undefined) report(["instances", index, "name"], message);
  });
}

/** Namespaces with keys of their own are those of OpenBao, with Shamir's seal. They have no servers. */
export function checkNamespaces({ instances }: CheckedTenant, report: Report): void {
  instances.forEach(({ product, seal, deployment, roles = [] }, index) => {
    if (deployment.mode !== "namespace") return;
    const { of } = deployment;
    const message = validationMessage(() => checkNamespace({ product, seal: seal?.type ?? "shamir" }));
    if (message !== undefined) report(["instances", index, "deployment", "mode"], message);
    roles.forEach(({ duty }, role) => {
      if (duty !== "servers") return;
      const refused = `a namespace has no servers of its own; give somebody a role with this duty at ${of}`;
      report(["instances", index, "roles", role, "duty"], refused);
    });
  });
}

/** Each instance needs its own node port. */
export function checkUniqueNodePorts({ instances }: CheckedTenant, report: Report): void {
  checkUnique(instances, ["deployment", "nodePort"], report, ({ deployment }) =>
    runsInCluster(deployment) ? deployment.nodePort : undefined,
  );
}

/** Each instance with servers needs its own address. Namespaces have that of the instance that they share. */
export function checkUniqueAddresses({ instances }: CheckedTenant, report: Report): void {
  // An address may be written in several ways.
  const hostOf = ({ address, deployment }: CheckedInstance): string | undefined =>
    deployment.mode === "namespace" ? undefined : parseServerAddress(address).host;
  checkUnique(instances, ["address"], report, ({ address }) => address, hostOf);
}

/** Retired instances use nothing any more. */
function checkUnique(
  instances: readonly CheckedInstance[],
  field: readonly string[],
  report: Report,
  valueOf: (instance: CheckedInstance) => string | number | undefined,
  keyOf = valueOf,
): void {
  const keys = instances.map((instance) => (instance.retired === true ? undefined : keyOf(instance)));
  instances.forEach((instance, index) => {
    const [value, first] = [valueOf(instance), keys.indexOf(keys[index])];
    if (value === undefined || keys[index] === undefined || first === index) return;
    const other = instances[first]?.name ?? "";
    report(["instances", index, ...field], `${value} is used by the instance "${other}"; choose another`);
  });
}
