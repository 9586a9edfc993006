import type { KubeconfigLocation } from "../../contract/central-vault";

/**
 * A Kubernetes cluster of any origin in which an instance runs. Its requirements, and the steps to create its kubeconfig, are in
 * docs/clusters.md.
 */
export interface IKubernetesCluster {
  /**
   * Location of the kubeconfig. Its user has a token or a client key, and the permissions of docs/terraform-service-account.yaml.
   *
   * @changes in place: the next deployment uses the kubeconfig there; another cluster needs new instances
   */
  readonly kubeconfig: KubeconfigLocation;
}
