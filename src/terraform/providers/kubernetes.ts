export { HelmProvider } from "@cdktf/provider-helm/lib/provider";
export { Release } from "@cdktf/provider-helm/lib/release";
export { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
export { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
export { PersistentVolumeV1 } from "@cdktf/provider-kubernetes/lib/persistent-volume-v1";
export { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
export { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";
