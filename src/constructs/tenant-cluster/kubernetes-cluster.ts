import type { KubeconfigLocation } from "../../contract/central-vault";
import type { ValueType } from "../../core/value-type";

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
  /**
   * Addresses of the Kubernetes API as CIDRs: those of the control planes, not of the Service `kubernetes`. The servers of an
   * instance may connect to them. "0.0.0.0/0" is any address.
   *
   * @default - unknown: each deployment names them in `kubernetesApi`
   * @changes in place: with wrong addresses the servers cannot label themselves, and the Service of the active one stays empty
   */
  readonly apiCidrs?: readonly string[];
}

/** A cluster, for checks at run time. */
export const KUBERNETES_CLUSTER: ValueType = {
  name: "KubernetesCluster",
  member: "kubeconfig",
  example: 'TenantCluster.fromKubeconfig({ mount: "clusters", path: "customer10" })',
  required: true,
};
