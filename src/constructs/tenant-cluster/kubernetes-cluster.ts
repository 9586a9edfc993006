/** KV version 2 mount in the central Vault that holds the kubeconfig of each tenant's cluster, in the field `kubeconfig`. */
export const CLUSTERS_MOUNT = "clusters";

/** Where a kubeconfig is kept: a KV version 2 secret of the central Vault with the field `kubeconfig`. */
export interface KubeconfigLocation {
  /** Path of the mount. */
  readonly mount: string;
  /** Path of the secret. */
  readonly path: string;
}

/**
 * What an instance needs of the Kubernetes cluster that it runs in, whatever its origin. What such a cluster has to offer, and
 * how its kubeconfig is made, is in docs/clusters.md.
 */
export interface IKubernetesCluster {
  /** Its user has a token or a client key written out, and the rights of docs/terraform-service-account.yaml at least. */
  readonly kubeconfig: KubeconfigLocation;
}
