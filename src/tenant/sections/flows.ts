import type { Egress } from "../../constructs/vault-instance/network-policies";
import { choice, discriminatedBy, list, name, whole } from "../builders";
import { cidr, cidrs, label, port, texts } from "../fields";
import { shape, type InFile } from "../in-file";

/** A Service of the type LoadBalancer. */
export interface LoadBalancerSpec {
  /**
   * Annotations of the Service, by which the cloud configures the load balancer.
   *
   * @default - none
   * @changes in place: the cloud may replace the load balancer
   */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Pods or a network that reach the API. */
export type ClientSpec = NamespaceClientSpec | LabelledClientSpec | NetworkClientSpec;

/** The pods of one namespace. */
export interface NamespaceClientSpec {
  /**
   * Name of the namespace.
   *
   * @changes in place: the former namespace is cut off at once
   */
  readonly namespace: string;
}

/** The pods of every namespace that has all of these labels. */
export interface LabelledClientSpec {
  /**
   * Labels of the namespaces.
   *
   * @changes in place: namespaces without the labels are cut off at once
   */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** A network outside the cluster. */
export interface NetworkClientSpec {
  /**
   * Addresses of the network, such as `"10.8.0.0/24"`.
   *
   * @changes in place: the former network is cut off at once
   */
  readonly cidr: string;
}

/**
 * A destination of the servers.
 *
 * @changes in place: a destination that is removed is cut off at once
 */
export interface EgressSpec extends InFile<Pick<Egress, "port" | "protocol">> {
  /**
   * Addresses of the destination, such as `"192.0.2.5/32"`.
   *
   * @default - any address, inside or outside the cluster
   */
  readonly cidr?: string;
  /** Why the servers connect to it; written beside the rule. */
  readonly reason: string;
}

const client = discriminatedBy(
  "cidr",
  '{ namespace: "..." }, { namespaceLabels: { ... } } or { cidr: "..." }',
  shape<NetworkClientSpec>()({ cidr }),
  discriminatedBy(
    "namespaceLabels",
    '{ namespace: "..." }',
    shape<LabelledClientSpec>()({ namespaceLabels: texts }),
    shape<NamespaceClientSpec>()({ namespace: label }),
  ),
);

const destination = shape<EgressSpec>()({
  cidr: cidr.optional(),
  port,
  protocol: choice("TCP", "UDP").optional(),
  reason: name("the hardware security module"),
});

/** Schemas of who reaches the servers, and of what they reach. */
export const flows = {
  nodePort: whole("node port", 30_000, 32_767).optional(),
  loadBalancer: shape<LoadBalancerSpec>()({ annotations: texts.optional() }).optional(),
  clients: list(client, '{ namespace: "..." }').optional(),
  egress: list(destination, '{ port: 1792, reason: "..." }').optional(),
  kubernetesApiCidrs: cidrs.optional(),
};
