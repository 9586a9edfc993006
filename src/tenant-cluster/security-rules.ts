/** Whom a rule lets in: members of a group of the cluster, or outside addresses. */
export type Peer = "nodes" | "control-plane" | "operators";

/** One way in. */
export interface SecurityRule {
  readonly id: string;
  /** The group that is opened. */
  readonly to: "nodes" | "control-plane";
  readonly from: Peer;
  readonly protocol: "tcp" | "udp";
  /** First and last port. */
  readonly ports: readonly [number, number];
  readonly description: string;
}

/**
 * What Kubernetes and Calico with VXLAN need and nothing else;
 * https://kubernetes.io/docs/reference/networking/ports-and-protocols/ and
 * https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements
 */
export const CLUSTER_RULES: readonly SecurityRule[] = [
  rule("Ssh", "nodes", "operators", "tcp", [22, 22], "SSH from the operators' networks, for Kubespray"),
  rule(
    "ApiFromOperators",
    "control-plane",
    "operators",
    "tcp",
    [6443, 6443],
    "Kubernetes API from the operators' networks",
  ),
  rule("ApiFromNodes", "control-plane", "nodes", "tcp", [6443, 6443], "Kubernetes API from kubelets and pods"),
  rule("Etcd", "control-plane", "control-plane", "tcp", [2379, 2380], "etcd clients and peers"),
  rule("Kubelet", "nodes", "nodes", "tcp", [10_250, 10_250], "kubelet, for logs, exec and metrics"),
  rule("Vxlan", "nodes", "nodes", "udp", [4789, 4789], "pod network (Calico VXLAN)"),
  rule("Typha", "nodes", "nodes", "tcp", [5473, 5473], "Calico Typha"),
];

function rule(
  id: string,
  to: SecurityRule["to"],
  from: Peer,
  protocol: SecurityRule["protocol"],
  ports: SecurityRule["ports"],
  description: string,
): SecurityRule {
  return { id, to, from, protocol, ports, description };
}
