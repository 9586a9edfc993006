import { Construct } from "constructs";
import { NamespaceV1, NetworkPolicyV1 } from "../terraform/providers/kubernetes";
import { API_PORT, CLUSTER_PORT } from "./names";

/** Properties of an {@link InstanceNamespace}. */
export interface InstanceNamespaceProps {
  readonly name: string;
  readonly tenant: string;
  /** Ports outside the namespace that the servers connect to, such as those of databases. */
  readonly egressPorts: readonly number[];
}

const NAMESPACE_LABEL = "kubernetes.io/metadata.name";
/** The API server's usual ports, behind its Service and by itself. */
const KUBERNETES_API_PORTS = [443, 6443];
const DNS_PORT = 53;

/** A namespace in which nothing may talk but what the servers need. */
export class InstanceNamespace extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: InstanceNamespaceProps) {
    super(scope, id);
    const namespace = new NamespaceV1(this, "Resource", {
      metadata: {
        name: props.name,
        labels: { "tenant-vault/tenant": props.tenant, "pod-security.kubernetes.io/enforce": "restricted" },
      },
    });
    this.name = namespace.metadata.name;
    this.denyAll();
    this.allowIngress();
    this.allowEgress(props.egressPorts);
  }

  private denyAll(): void {
    new NetworkPolicyV1(this, "DenyAll", {
      metadata: { name: "deny-all", namespace: this.name },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
  }

  private allowIngress(): void {
    new NetworkPolicyV1(this, "AllowIngress", {
      metadata: { name: "allow-ingress", namespace: this.name },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [
          // Clients authenticate to the API; raft and forwarded requests come from the other replicas alone.
          { from: [{ namespaceSelector: {} }], ports: tcp([API_PORT]) },
          { from: [{ podSelector: {} }], ports: tcp([API_PORT, CLUSTER_PORT]) },
        ],
      },
    });
  }

  private allowEgress(ports: readonly number[]): void {
    new NetworkPolicyV1(this, "AllowEgress", {
      metadata: { name: "allow-egress", namespace: this.name },
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          { to: [{ podSelector: {} }], ports: tcp([API_PORT, CLUSTER_PORT]) },
          {
            to: [{ namespaceSelector: { matchLabels: { [NAMESPACE_LABEL]: "kube-system" } } }],
            ports: [{ port: String(DNS_PORT), protocol: "UDP" }, ...tcp([DNS_PORT])],
          },
          { ports: tcp([...new Set([...KUBERNETES_API_PORTS, ...ports])].sort((a, b) => a - b)) },
        ],
      },
    });
  }
}

function tcp(ports: readonly number[]): { port: string; protocol: string }[] {
  return ports.map((port) => ({ port: String(port), protocol: "TCP" }));
}
