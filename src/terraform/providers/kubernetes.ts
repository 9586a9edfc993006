import { HelmProvider as PrebuiltHelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider as PrebuiltKubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { versionRange } from "../provider-ranges";

export { Release } from "@cdktf/provider-helm/lib/release";
export { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
export { CronJobV1 } from "@cdktf/provider-kubernetes/lib/cron-job-v1";
export { DataKubernetesResources } from "@cdktf/provider-kubernetes/lib/data-kubernetes-resources";
export { DefaultServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/default-service-account-v1";
export { LimitRangeV1 } from "@cdktf/provider-kubernetes/lib/limit-range-v1";
export { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
export { NetworkPolicyV1, type NetworkPolicyV1Spec } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
export { PersistentVolumeV1 } from "@cdktf/provider-kubernetes/lib/persistent-volume-v1";
export { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
export { PriorityClassV1 } from "@cdktf/provider-kubernetes/lib/priority-class-v1";
export { ResourceQuotaV1 } from "@cdktf/provider-kubernetes/lib/resource-quota-v1";
export { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
export { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1";
export { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
export { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
export { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
export {
  StatefulSetV1,
  type StatefulSetV1SpecTemplateSpecContainerEnv,
} from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
export { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";

/** The Helm provider, in the range of versions that the constructs work with. */
export class HelmProvider extends PrebuiltHelmProvider {
  override readonly terraformGeneratorMetadata = versionRange("helm");
}

/** The Kubernetes provider, in the range of versions that the constructs work with. */
export class KubernetesProvider extends PrebuiltKubernetesProvider {
  override readonly terraformGeneratorMetadata = versionRange("kubernetes");
}
