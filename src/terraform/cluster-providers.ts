import { Construct } from "constructs";
import type { TerraformProvider } from "cdktf";
import { CentralSecret } from "./central-secret";
import { HelmProvider, KubernetesProvider } from "./providers/kubernetes";

/** Properties of {@link ClusterProviders}. */
export interface ClusterProvidersProps {
  /** Where the kubeconfig is in the central Vault: a KV version 2 secret with the field `kubeconfig`. */
  readonly kubeconfig: { readonly mount: string; readonly path: string };
  /** The provider of the central Vault. */
  readonly centralProvider: TerraformProvider;
}

/**
 * The Kubernetes and Helm providers of a cluster. They read its kubeconfig from the central Vault as an ephemeral value:
 * it is in no file, no plan and no state.
 */
export class ClusterProviders extends Construct {
  constructor(scope: Construct, id: string, props: ClusterProvidersProps) {
    super(scope, id);
    const secret = new CentralSecret(this, "Kubeconfig", props.centralProvider, props.kubeconfig);
    const kubeconfig = `yamldecode(${unwrap(secret.field("kubeconfig"))})`;
    const decoded = (expression: string): string => `\${try(base64decode(${kubeconfig}.${expression}), null)}`;
    const access = {
      host: `\${${kubeconfig}.clusters[0].cluster.server}`,
      clusterCaCertificate: decoded('clusters[0].cluster["certificate-authority-data"]'),
      clientCertificate: decoded('users[0].user["client-certificate-data"]'),
      clientKey: decoded('users[0].user["client-key-data"]'),
      token: `\${try(${kubeconfig}.users[0].user.token, null)}`,
    };
    new KubernetesProvider(this, "Kubernetes", access);
    new HelmProvider(this, "Helm", { kubernetes: access });
  }
}

function unwrap(expression: string): string {
  return expression.slice("${".length, -"}".length);
}
