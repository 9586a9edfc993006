import { parseCidr, parseAddress } from "../../src/core/cidr";

type Labels = Readonly<Record<string, string>>;

/** A NetworkPolicy in a stack's synthesized JSON. Absent labels match everything. */
interface Selector {
  readonly match_labels?: Labels;
}

interface PolicyPeer {
  readonly namespace_selector?: Selector;
  readonly pod_selector?: Selector;
  readonly ip_block?: { readonly cidr: string };
}

interface PolicyRule {
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly { readonly port: string; readonly protocol: string }[];
}

interface Policy {
  readonly spec: {
    readonly pod_selector: Selector;
    readonly policy_types: readonly string[];
    readonly ingress?: readonly PolicyRule[];
    readonly egress?: readonly PolicyRule[];
  };
}

/** Sender or receiver: a pod by its labels and the labels of its namespace, or an address outside the pods. */
export type Endpoint =
  | { readonly namespace: Labels; readonly pod: Labels; readonly inside?: boolean }
  | { readonly address: string };

/** A connection to check. */
export interface Flow {
  readonly direction: "Ingress" | "Egress";
  /** Labels of the pod in the namespace of the policies. */
  readonly pod: Labels;
  readonly peer: Endpoint;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP";
}

/**
 * Whether the NetworkPolicies of one namespace allow a connection. As in Kubernetes, a pod that no policy selects may do
 * everything. Other pods may do what at least one of their policies allows.
 */
export function allows(policies: readonly unknown[], flow: Flow): boolean {
  const selecting = (policies as readonly Policy[]).filter(
    ({ spec }) => spec.policy_types.includes(flow.direction) && matches(spec.pod_selector, flow.pod),
  );
  if (selecting.length === 0) return true;
  const rules = selecting.flatMap(({ spec }) => (flow.direction === "Ingress" ? spec.ingress : spec.egress) ?? []);
  return rules.some((rule) => {
    const peers = flow.direction === "Ingress" ? rule.from : rule.to;
    return (
      includesPort(rule, flow) &&
      (peers === undefined || peers.length === 0 || peers.some((peer) => isPeer(peer, flow.peer)))
    );
  });
}

function includesPort({ ports }: PolicyRule, { port, protocol = "TCP" }: Flow): boolean {
  return ports === undefined || ports.some((each) => each.port === String(port) && each.protocol === protocol);
}

function isPeer({ namespace_selector, pod_selector, ip_block }: PolicyPeer, endpoint: Endpoint): boolean {
  if ("address" in endpoint) {
    if (ip_block === undefined) return false;
    const [{ first, last }, address] = [parseCidr(ip_block.cidr), parseAddress(endpoint.address)];
    return first <= address && address <= last;
  }
  // Only selectors match pods, because network plugins treat pods in an ipBlock differently.
  if (ip_block !== undefined) return false;
  const sameNamespace =
    namespace_selector === undefined ? endpoint.inside === true : matches(namespace_selector, endpoint.namespace);
  return sameNamespace && matches(pod_selector ?? {}, endpoint.pod);
}

function matches({ match_labels = {} }: Selector, labels: Labels): boolean {
  return Object.entries(match_labels).every(([key, value]) => labels[key] === value);
}
