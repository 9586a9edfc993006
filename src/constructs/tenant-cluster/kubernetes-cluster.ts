import type { KubeconfigLocation } from "../../contract/central-vault";

/**
 * What an instance needs of the Kubernetes cluster that it runs in, whatever its origin. What such a cluster has to offer, and
 * how its kubeconfig is made, is in docs/clusters.md.
 */
export interface IKubernetesCluster {
  /** Its user has a token or a client key written out, and the rights of docs/terraform-service-account.yaml at least. */
  readonly kubeconfig: KubeconfigLocation;
}
