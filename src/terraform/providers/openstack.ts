import { OpenstackProvider as GeneratedOpenstackProvider } from "@cdktf/provider-openstack/lib/provider";
import { versionRange } from "../provider-ranges";

export { BlockstorageVolumeV3 } from "@cdktf/provider-openstack/lib/blockstorage-volume-v3";
export { ComputeInstanceV2 } from "@cdktf/provider-openstack/lib/compute-instance-v2";
export { ComputeKeypairV2 } from "@cdktf/provider-openstack/lib/compute-keypair-v2";
export { ComputeServergroupV2 } from "@cdktf/provider-openstack/lib/compute-servergroup-v2";
export { ComputeVolumeAttachV2 } from "@cdktf/provider-openstack/lib/compute-volume-attach-v2";
export { ContainerinfraClusterV1 } from "@cdktf/provider-openstack/lib/containerinfra-cluster-v1";
export { ContainerinfraClustertemplateV1 } from "@cdktf/provider-openstack/lib/containerinfra-clustertemplate-v1";
export { ContainerinfraNodegroupV1 } from "@cdktf/provider-openstack/lib/containerinfra-nodegroup-v1";
export { DataOpenstackBlockstorageAvailabilityZonesV3 } from "@cdktf/provider-openstack/lib/data-openstack-blockstorage-availability-zones-v3";
export { DataOpenstackBlockstorageQuotasetV3 } from "@cdktf/provider-openstack/lib/data-openstack-blockstorage-quotaset-v3";
export { DataOpenstackComputeAvailabilityZonesV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-availability-zones-v2";
export { DataOpenstackComputeFlavorV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-flavor-v2";
export { DataOpenstackComputeKeypairV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-keypair-v2";
export { DataOpenstackComputeQuotasetV2 } from "@cdktf/provider-openstack/lib/data-openstack-compute-quotaset-v2";
export { DataOpenstackIdentityAuthScopeV3 } from "@cdktf/provider-openstack/lib/data-openstack-identity-auth-scope-v3";
export { DataOpenstackImagesImageIdsV2 } from "@cdktf/provider-openstack/lib/data-openstack-images-image-ids-v2";
export { DataOpenstackNetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-network-v2";
export { DataOpenstackNetworkingPortIdsV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-port-ids-v2";
export { DataOpenstackNetworkingQuotaV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-quota-v2";
export { DataOpenstackNetworkingSubnetV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-subnet-v2";
export { LbListenerV2 } from "@cdktf/provider-openstack/lib/lb-listener-v2";
export { LbLoadbalancerV2 } from "@cdktf/provider-openstack/lib/lb-loadbalancer-v2";
export { LbMemberV2 } from "@cdktf/provider-openstack/lib/lb-member-v2";
export { LbMonitorV2 } from "@cdktf/provider-openstack/lib/lb-monitor-v2";
export { LbPoolV2 } from "@cdktf/provider-openstack/lib/lb-pool-v2";
export { NetworkingFloatingipAssociateV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-associate-v2";
export { NetworkingFloatingipV2 } from "@cdktf/provider-openstack/lib/networking-floatingip-v2";
export { NetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/networking-network-v2";
export { NetworkingPortV2 } from "@cdktf/provider-openstack/lib/networking-port-v2";
export { NetworkingRouterInterfaceV2 } from "@cdktf/provider-openstack/lib/networking-router-interface-v2";
export { NetworkingRouterV2 } from "@cdktf/provider-openstack/lib/networking-router-v2";
export { NetworkingSecgroupRuleV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-rule-v2";
export { NetworkingSecgroupV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-v2";
export { NetworkingSubnetV2 } from "@cdktf/provider-openstack/lib/networking-subnet-v2";

/** The OpenStack provider, in the range of versions that the constructs work with. */
export class OpenstackProvider extends GeneratedOpenstackProvider {
  override readonly terraformGeneratorMetadata = versionRange("openstack");
}
