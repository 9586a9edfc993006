import { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { checkValueLists, checkValues } from "../../core/value-type";
import { NetworkPolicyV1, type NetworkPolicyV1Spec } from "../../terraform/providers/kubernetes";
import { API_PORT, CLUSTER_PORT } from "../server-config/names";
import { NETWORK_PEER, NetworkPeer, type PolicyPeer } from "./network-peer";

/** A destination of the servers. */
export interface Egress {
  /**
   * The destination.
   *
   * @default - any address, inside or outside the cluster
   * @changes in place
   */
  readonly to?: NetworkPeer;
  /**
   * Port of the destination.
   *
   * @changes in place
   */
  readonly port: number;
  /**
   * Protocol of the connection.
   *
   * @default "TCP"
   * @changes in place
   */
  readonly protocol?: "TCP" | "UDP";
  /**
   * Why the servers connect to it; written beside the rule.
   *
   * @default - the rule names only the port
   * @changes in place: only the description changes
   */
  readonly reason?: string;
}

/** A destination that a CIDR names, or none. */
export function toEgress({ cidr, ...flow }: Omit<Egress, "to"> & { readonly cidr?: string }): Egress {
  return { ...flow, to: cidr === undefined ? undefined : NetworkPeer.cidr(cidr) };
}

/** Every address of IPv4. */
const ANY_ADDRESS = "0.0.0.0/0";

/** The API of a cluster as CIDRs name it. */
export function apiPeers(cidrs: readonly string[]): NetworkPeer[] {
  return cidrs.includes(ANY_ADDRESS) ? [NetworkPeer.anyAddress()] : cidrs.map((cidr) => NetworkPeer.cidr(cidr));
}

/** Flows that only some instances need. */
export interface InstanceFlows {
  /**
   * Who reaches the API. Clients outside the cluster, which use a node port or a load balancer, are named by their networks.
   *
   * @default - the pods of every namespace, and nobody outside the cluster
   * @changes in place: a network that is removed is cut off at once
   */
  readonly clients?: readonly NetworkPeer[];
  /**
   * Namespace of the monitoring system that scrapes the servers.
   *
   * @default - none
   * @changes in place
   */
  readonly monitoringNamespace?: string;
  /**
   * Port that the monitoring system scrapes.
   *
   * @default - the port of the API, 8200
   * @changes in place
   */
  readonly metricsPort?: number;
  /**
   * Additional destinations of the servers, such as databases, the central Vault for a transit seal, or a cloud's KMS.
   * Destinations that are always allowed: each other, DNS and the Kubernetes API.
   *
   * @default - none
   * @changes in place: a destination that is removed is cut off at once
   */
  readonly egress?: readonly Egress[];
  /**
   * Addresses of the Kubernetes API: those of the control planes, not of the Service `kubernetes`. `NetworkPeer.anyAddress()`
   * allows any. Required if the cluster does not say where its API is.
   *
   * @default - the `apiCidrs` of the cluster
   * @changes in place: with wrong addresses the servers cannot label themselves, and the Service of the active one stays empty
   */
  readonly kubernetesApi?: readonly NetworkPeer[];
}

/** Properties of {@link NetworkPolicies}. */
export interface NetworkPoliciesProps extends InstanceFlows {
  readonly namespace: string;
  /** Labels of the pods of the servers. */
  readonly serverLabels: Readonly<Record<string, string>>;
}

/** Ports of the API server: behind a Service or a cloud's endpoint, and on the control plane itself. */
const KUBERNETES_API_PORTS = [443, 6443];

/**
 * DNS caches on each node, of Kubespray and of Kubernetes itself. They use the network of the node, so no selector of
 * namespaces or pods matches them; https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
 */
const NODE_LOCAL_DNS = ["169.254.25.10/32", "169.254.20.10/32"];

type Ports = { readonly port: string; readonly protocol: string }[];

/** Denies all traffic in an instance's namespace, except what the servers need. */
export class NetworkPolicies extends Construct {
  private readonly servers: Required<Pick<PolicyPeer, "podSelector">>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkPoliciesProps,
  ) {
    super(scope, id);
    checkValueLists(props, ["clients", "kubernetesApi"], NETWORK_PEER, this);
    this.servers = { podSelector: { matchLabels: { ...props.serverLabels } } };
    const { clients = [NetworkPeer.anyNamespace()], monitoringNamespace, egress = [] } = props;
    const replicas: Rule = { peers: [this.servers], ports: tcp(API_PORT, CLUSTER_PORT) };
    this.create("DenyAll", "deny-all", "Nothing may talk but what another policy allows.", {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    this.allowIngress("clients", "Clients authenticate to the API.", [
      { peers: policyPeers(clients), ports: tcp(API_PORT) },
    ]);
    this.allowIngress("replicas", "Raft and forwarded requests come from the other replicas alone.", [replicas]);
    if (monitoringNamespace !== undefined) {
      this.allowIngress("monitoring", "The monitoring reads metrics.", [
        { peers: policyPeers([NetworkPeer.namespace(monitoringNamespace)]), ports: tcp(props.metricsPort ?? API_PORT) },
      ]);
    }
    this.allowEgress("to-replicas", "Raft, joining and forwarded requests go to the other replicas.", [replicas]);
    this.allowEgress("dns", "Names are asked of the cluster's DNS and of the nodes' caches.", [toDns()]);
    this.allowEgress("kubernetes-api", "Servers label their own pods, and review tokens where Kubernetes is a login.", [
      { peers: policyPeers(this.kubernetesApi()), ports: tcp(...KUBERNETES_API_PORTS) },
    ]);
    if (egress.length > 0) {
      this.allowEgress("egress", `Beyond the cluster's own: ${egress.map(describe).join(", ")}.`, egress.map(toRule));
    }
  }

  /** @throws ValidationError if nothing says where the API is, because the servers must not reach every host instead. */
  private kubernetesApi(): readonly NetworkPeer[] {
    const { kubernetesApi } = this.props;
    if (kubernetesApi !== undefined) return kubernetesApi;
    throw new ValidationError(
      "kubernetes-api",
      'The addresses of the Kubernetes API are not known, so the servers could reach every host on the ports 443 and 6443; set kubernetesApi to what "kubectl get endpoints kubernetes" shows, such as [NetworkPeer.cidr("10.0.0.5/32")], or to [NetworkPeer.anyAddress()].',
      this,
    );
  }

  private allowIngress(name: string, reason: string, rules: readonly Rule[]): void {
    this.create(`Allow-${name}`, `allow-${name}`, reason, {
      ...this.servers,
      policyTypes: ["Ingress"],
      ingress: rules.filter(hasPeers).map(({ peers, ports }) => ({ from: peers, ports })),
    });
  }

  private allowEgress(name: string, reason: string, rules: readonly Rule[]): void {
    this.create(`Allow-${name}`, `allow-${name}`, reason, {
      ...this.servers,
      policyTypes: ["Egress"],
      egress: rules.filter(hasPeers).map(({ peers, ports }) => ({ to: peers, ports })),
    });
  }

  private create(id: string, name: string, reason: string, spec: NetworkPolicyV1Spec): void {
    new NetworkPolicyV1(this, id, {
      metadata: { name, namespace: this.props.namespace, annotations: { [DESCRIPTION]: reason } },
      spec,
    });
  }
}

/** The cluster's DNS, and the caches of the nodes. */
export function toDns(): Rule {
  const caches = NODE_LOCAL_DNS.map((cidr) => NetworkPeer.cidr(cidr));
  return {
    peers: policyPeers([NetworkPeer.namespace("kube-system"), ...caches]),
    ports: [{ port: "53", protocol: "UDP" }, ...tcp(53)],
  };
}

/** An allowed flow. */
export interface Rule {
  /** @default - any address */
  readonly peers?: PolicyPeer[];
  readonly ports: Ports;
}

/** In Kubernetes an empty list means everyone; here it means nobody. */
function hasPeers({ peers }: Rule): boolean {
  return peers?.length !== 0;
}

/** @returns The peers of a rule; undefined, which Kubernetes takes for everyone, if one of them is any address. */
function policyPeers(peers: readonly NetworkPeer[]): PolicyPeer[] | undefined {
  const named = peers.map(({ policyPeer }) => policyPeer).filter((peer) => peer !== undefined);
  return named.length === peers.length ? named : undefined;
}

/** Annotation with the purpose of an object; https://kubernetes.io/docs/reference/labels-annotations-taints/#description */
export const DESCRIPTION = "kubernetes.io/description";

function tcp(...ports: readonly number[]): Ports {
  return ports.map((port) => ({ port: portText(port), protocol: "TCP" }));
}

function portText(port: number): string {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ValidationError("port", `The port ${port} is not possible; write a whole number from 1 to 65535.`);
  }
  return String(port);
}

/** The rule that allows a destination. @throws ValidationError `port` or `prop-type`. */
export function toRule({ to, port, protocol = "TCP" }: Egress): Rule {
  checkValues({ to }, ["to"], NETWORK_PEER);
  return { peers: to && policyPeers([to]), ports: [{ port: portText(port), protocol }] };
}

function describe({ port, reason }: Egress): string {
  return reason === undefined ? `port ${port}` : `${reason} (port ${port})`;
}
