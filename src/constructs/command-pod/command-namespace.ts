import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { ConfigMapV1, NamespaceV1, NetworkPolicyV1, ServiceAccountV1 } from "../../terraform/providers/kubernetes";
import { podSecurity } from "../vault-instance/instance-namespace";
import { DESCRIPTION, toDns, toRule, type Egress } from "../vault-instance/network-policies";

/** A namespace in which only the command runs. */
export interface CommandNamespaceProps {
  /** Name of the namespace. */
  readonly namespace: string;
  /** Name of the objects in it. */
  readonly name: string;
  readonly labels: Record<string, string>;
  /** Who connects to the pods. */
  readonly ingress: readonly ReturnType<typeof toRule>[];
  /** Destinations besides DNS. @default - any address */
  readonly egress: readonly Egress[] | undefined;
  /** PEM certificates of CAs by the names of their files. Those that are undefined are left out. */
  readonly certificates: Readonly<Record<string, string | undefined>>;
  /** Why the network policy is as it is; written beside it. */
  readonly description: string;
  readonly provider: TerraformProvider | undefined;
}

/**
 * Adds a namespace with Pod Security `restricted`, a ServiceAccount without rights, a NetworkPolicy, and certificates of CAs to a
 * construct.
 *
 * @returns Metadata of the other objects in it, and the name of the ConfigMap with the certificates; undefined without one.
 */
export function addCommandNamespace(
  scope: Construct,
  { namespace, name, labels, ingress, egress, certificates, description, provider }: CommandNamespaceProps,
) {
  const resource = new NamespaceV1(scope, "Resource", {
    metadata: { name: namespace, labels: podSecurity("restricted") },
    provider,
  });
  const metadata = { name, namespace: resource.metadata.name, labels };
  new ServiceAccountV1(scope, "Account", { metadata, automountServiceAccountToken: false, provider });
  const destinations =
    egress === undefined ? [{}] : [toDns(), ...egress.map(toRule)].map(({ peers, ports }) => ({ to: peers, ports }));
  new NetworkPolicyV1(scope, "Policy", {
    metadata: { name, namespace: metadata.namespace, annotations: { [DESCRIPTION]: description } },
    spec: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: ingress.map(({ peers, ports }) => ({ from: peers, ports })),
      egress: destinations,
    },
    provider,
  });
  const files = Object.entries(certificates).flatMap(([file, pem]) =>
    pem === undefined ? [] : [[file, pem] as const],
  );
  const ca =
    files.length === 0
      ? undefined
      : new ConfigMapV1(scope, "Ca", { metadata, data: Object.fromEntries(files), provider });
  return { metadata, ca: ca?.metadata.name };
}
