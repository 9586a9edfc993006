import { parseAnyCidr } from "../../core/cidr";
import type { ValueType } from "../../core/value-type";

/** Label that Kubernetes itself puts on every namespace; https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const NAMESPACE_LABEL = "kubernetes.io/metadata.name";

/** A peer in a NetworkPolicy; https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export interface PolicyPeer {
  readonly namespaceSelector?: { readonly matchLabels?: Record<string, string> };
  readonly podSelector?: { readonly matchLabels?: Record<string, string> };
  readonly ipBlock?: { readonly cidr: string };
}

/** A source or destination of an instance's connections. */
export class NetworkPeer {
  /** Every pod of the cluster. */
  static anyNamespace(): NetworkPeer {
    return new NetworkPeer({ namespaceSelector: {} });
  }

  /** The pods of one namespace. */
  static namespace(name: string): NetworkPeer {
    return NetworkPeer.namespacesWithLabels({ [NAMESPACE_LABEL]: name });
  }

  /** The pods of every namespace that has all of these labels. */
  static namespacesWithLabels(labels: Readonly<Record<string, string>>): NetworkPeer {
    return new NetworkPeer({ namespaceSelector: { matchLabels: { ...labels } } });
  }

  /**
   * Addresses outside the cluster. A node port shows the address of the node instead of the client's, unless the Service has
   * the `externalTrafficPolicy` `Local`.
   *
   * @param cidr Such as `"10.8.0.0/24"`.
   * @throws ValidationError if it is not a valid IPv4 or IPv6 network.
   */
  static cidr(cidr: string): NetworkPeer {
    return new NetworkPeer({ ipBlock: { cidr: parseAnyCidr(cidr).toString() } });
  }

  /** Any address, inside or outside the cluster, and every node. A CIDR matches no node in some pod networks. */
  static anyAddress(): NetworkPeer {
    return new NetworkPeer(undefined);
  }

  private constructor(
    /** The peer in a NetworkPolicy; undefined for any address, which no peer expresses. */
    readonly policyPeer: PolicyPeer | undefined,
  ) {
    Object.freeze(this);
  }

  /** Whether the peer is outside the cluster. */
  get isOutside(): boolean {
    return this.policyPeer === undefined || this.policyPeer.ipBlock !== undefined;
  }
}

/** A peer, for checks at run time. A text would count as any address. */
export const NETWORK_PEER: ValueType = {
  name: "NetworkPeer",
  member: "policyPeer",
  example: 'NetworkPeer.cidr("10.8.0.0/24")',
};
