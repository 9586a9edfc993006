import type { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import {
  NetworkPolicyV1,
  type NetworkPolicyV1Spec,
  type NetworkPolicyV1SpecEgress,
  type NetworkPolicyV1SpecIngress,
} from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { TerraformStack } from "cdktf";

/** Nothing but what the servers need: clients, the other replicas, names, the Kubernetes API, and the database. */
export function networkPolicies(stack: TerraformStack, space: NamespaceV1, name: string): NetworkPolicyV1[] {
  const servers = { matchLabels: { "app.kubernetes.io/instance": name, component: "server" } };
  const policy = (policyName: string, description: string, spec: NetworkPolicyV1Spec) =>
    new NetworkPolicyV1(stack, policyName, {
      metadata: {
        name: policyName,
        namespace: space.metadata.name,
        annotations: { "kubernetes.io/description": description },
      },
      spec,
    });
  const ingress = (policyName: string, description: string, rule: NetworkPolicyV1SpecIngress) =>
    policy(policyName, description, { podSelector: servers, policyTypes: ["Ingress"], ingress: [rule] });
  const egress = (policyName: string, description: string, rule: NetworkPolicyV1SpecEgress) =>
    policy(policyName, description, { podSelector: servers, policyTypes: ["Egress"], egress: [rule] });
  return [
    policy("deny-all", "Nothing may talk but what another policy allows.", {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    }),
    ingress("allow-clients", "Clients authenticate to the API.", {
      from: [{ namespaceSelector: {} }],
      ports: tcp(8200),
    }),
    ingress("allow-replicas", "Raft and forwarded requests come from the other replicas alone.", {
      from: [{ podSelector: servers }],
      ports: tcp(8200, 8201),
    }),
    egress("allow-to-replicas", "Raft, joining and forwarded requests go to the other replicas.", {
      to: [{ podSelector: servers }],
      ports: tcp(8200, 8201),
    }),
    egress("allow-dns", "Names are asked of the cluster's DNS and of the nodes' caches.", {
      to: [
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
        { ipBlock: { cidr: "169.254.25.10/32" } },
        { ipBlock: { cidr: "169.254.20.10/32" } },
      ],
      ports: [{ port: "53", protocol: "UDP" }, ...tcp(53)],
    }),
    egress("allow-kubernetes-api", "Servers label their own pods, and review tokens where Kubernetes is a login.", {
      ports: tcp(443, 6443),
    }),
    egress("allow-egress", "Beyond the cluster's own: the database orders (port 5432).", { ports: tcp(5432) }),
  ];
}

function tcp(...ports: number[]): { port: string; protocol: string }[] {
  return ports.map((port) => ({ port: String(port), protocol: "TCP" }));
}
