import { KUBERNETES_API_PORT } from "../../contract/kubernetes-api";
import { parseAnyCidr } from "../../core/cidr";

/** The named groups of machines. */
const GROUPS = ["nodes", "control-plane", "bastion", "vpn"] as const;

/** A named group of machines. */
export type Group = (typeof GROUPS)[number];

/** An allowed connection. */
export interface SecurityRule {
  readonly id: string;
  /** The group that accepts the connection. */
  readonly to: Group;
  /** A group of the cluster, or addresses outside it, as CIDRs. */
  readonly from: Group | readonly string[];
  readonly protocol: "tcp" | "udp";
  /** First and last port. */
  readonly ports: readonly [number, number];
  readonly description: string;
}

/** Settings that decide on the rules. */
export interface SecurityRulesProps {
  /** Networks of the operators. */
  readonly operatorCidrs: readonly string[];
  /** Whether a bastion is the only source of SSH. */
  readonly bastion: boolean;
  /** Networks of the users of the OpenVPN gateway; undefined if there is no gateway. */
  readonly vpnCidrs?: readonly string[];
  /** Addresses of the cluster's network, if a load balancer in it connects to the API. */
  readonly loadBalancerCidr?: string;
  /** Whether security groups apply to nodes. */
  readonly guardsNodes: boolean;
  /** Networks of the tenant's clients, and the node ports that they reach. */
  readonly clients?: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
}

/** Port of OpenVPN; https://www.iana.org/assignments/service-names-port-numbers */
export const OPENVPN_PORT = 1194;

/**
 * Rules for Kubernetes, for Calico with VXLAN, and for connections from outside. No other connections are allowed.
 * https://kubernetes.io/docs/reference/networking/ports-and-protocols/ and
 * https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements
 */
export function securityRules(props: SecurityRulesProps): SecurityRule[] {
  return withoutRepetition([
    ...kubernetesRules(),
    ...operatorRules(props),
    ...vpnRules(props),
    ...clientRules(props),
  ]).filter(({ from, to }) => from.length > 0 && (props.guardsNodes || to === "bastion" || to === "vpn"));
}

/** Each opening once: Neutron refuses a second rule that opens the same, whatever its description. */
function withoutRepetition(rules: readonly SecurityRule[]): SecurityRule[] {
  const open = new Set<string>();
  return rules.map((each) => {
    if (typeof each.from === "string") return each;
    const from = each.from.filter((cidr) => {
      const opening = [each.to, each.protocol, ...each.ports, cidr].join(" ");
      return !open.has(opening) && open.add(opening);
    });
    return { ...each, from };
  });
}

/** Groups that rules name, in the order of {@link GROUPS}. */
export function groupsOf(rules: readonly SecurityRule[]): Group[] {
  const used = new Set(rules.flatMap(({ to, from }) => (typeof from === "string" ? [to, from] : [to])));
  return GROUPS.filter((group) => used.has(group));
}

function kubernetesRules(): SecurityRule[] {
  return [
    rule("ApiFromNodes", "control-plane", "nodes", "tcp", KUBERNETES_API_PORT, "Kubernetes API from kubelets and pods"),
    rule("Etcd", "control-plane", "control-plane", "tcp", [2379, 2380], "etcd clients and peers"),
    rule("Kubelet", "nodes", "nodes", "tcp", 10_250, "kubelet, for logs, exec and metrics"),
    rule("Vxlan", "nodes", "nodes", "udp", 4789, "pod network (Calico VXLAN)"),
  ];
}

function operatorRules({ operatorCidrs, bastion, loadBalancerCidr }: SecurityRulesProps): SecurityRule[] {
  const ssh = bastion
    ? [
        rule("BastionSsh", "bastion", operatorCidrs, "tcp", 22, "SSH to the bastion from the operators' networks"),
        rule("SshFromBastion", "nodes", "bastion", "tcp", 22, "SSH from the bastion, for Kubespray"),
      ]
    : [rule("Ssh", "nodes", operatorCidrs, "tcp", 22, "SSH from the operators' networks, for Kubespray")];
  return [
    ...ssh,
    rule(
      "ApiFromOperators",
      "control-plane",
      operatorCidrs,
      "tcp",
      KUBERNETES_API_PORT,
      "Kubernetes API from the operators' networks",
    ),
    rule(
      "ApiFromLoadBalancer",
      "control-plane",
      loadBalancerCidr === undefined ? [] : [loadBalancerCidr],
      "tcp",
      KUBERNETES_API_PORT,
      "Kubernetes API from the load balancer, which has its addresses in the cluster's network",
    ),
  ];
}

/** The gateway translates addresses, so nodes see its clients as members of its group. */
function vpnRules({ vpnCidrs, bastion, operatorCidrs, clients }: SecurityRulesProps): SecurityRule[] {
  if (vpnCidrs === undefined) return [];
  return [
    rule("OpenVpn", "vpn", vpnCidrs, "udp", OPENVPN_PORT, "OpenVPN from the tenant's networks"),
    rule(
      "VpnSsh",
      "vpn",
      bastion ? "bastion" : operatorCidrs,
      "tcp",
      22,
      "SSH to the OpenVPN gateway, to make profiles for its users",
    ),
    rule(
      "ApiFromVpn",
      "control-plane",
      "vpn",
      "tcp",
      KUBERNETES_API_PORT,
      "Kubernetes API from users of the OpenVPN gateway",
    ),
    ...(clients?.ports ?? []).map((port) =>
      rule(`ClientsFromVpn-${port}`, "nodes", "vpn", "tcp", port, "Vault API from users of the OpenVPN gateway"),
    ),
  ];
}

function clientRules({ clients }: SecurityRulesProps): SecurityRule[] {
  if (clients === undefined) return [];
  return clients.ports.map((port) =>
    rule(`Clients-${port}`, "nodes", clients.cidrs, "tcp", port, "Vault API from the tenant's clients"),
  );
}

function rule(
  id: string,
  to: SecurityRule["to"],
  from: SecurityRule["from"],
  protocol: SecurityRule["protocol"],
  ports: number | SecurityRule["ports"],
  description: string,
): SecurityRule {
  return {
    id,
    to,
    from: typeof from === "string" ? from : from.map((cidr) => parseAnyCidr(cidr).toString()),
    protocol,
    ports: typeof ports === "number" ? [ports, ports] : ports,
    description,
  };
}
