import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  DataOpenstackNetworkingNetworkV2,
  NetworkingNetworkV2,
  NetworkingRouterInterfaceV2,
  NetworkingRouterV2,
  NetworkingSubnetV2,
} from "../../terraform/providers/openstack";

/** First and last of the addresses that nodes are given. */
export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

/** A tenant's own network. */
export interface OwnNetworkProps {
  /**
   * Name of network, subnet and router.
   *
   * @default - the tenant's
   */
  readonly name?: string;
  /** Addresses of the nodes, such as `"20.0.0.0/24"`. */
  readonly cidr: string;
  /** Name of the provider network that the router leads to. */
  readonly externalNetwork: string;
  /**
   * Name servers of the nodes.
   *
   * @default - those of the cloud
   */
  readonly dnsServers?: readonly string[];
  /**
   * Bytes of a packet.
   *
   * @default - the cloud's choice
   */
  readonly mtu?: number;
  /**
   * Which addresses of the network nodes are given.
   *
   * @default - all but the gateway's
   */
  readonly allocationPools?: readonly AllocationPool[];
  /**
   * Whether nodes send from their own addresses only, and security groups apply to them. Without it, whatever has a route to
   * the network reaches every port of every node; bastion and OpenVPN gateway keep their security groups.
   *
   * @default true
   */
  readonly portSecurity?: boolean;
}

/** A network that nodes are put into. */
export interface IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  /** Whether security groups apply to nodes; undefined leaves that to the network, which may be somebody else's. */
  readonly portSecurity?: boolean;
  /** What must be there for machines to reach the outside, and for floating IPs to reach them. */
  readonly route: readonly ITerraformDependable[];
}

interface ClusterNetworkProps extends OwnNetworkProps {
  readonly tenant: string;
  readonly tags: readonly string[];
}

/** Network, subnet and router: nodes reach the outside by the router, and nothing outside reaches them. */
export class ClusterNetwork extends Construct implements IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly portSecurity: boolean;
  readonly route: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClusterNetworkProps) {
    super(scope, id);
    const { name = props.tenant, portSecurity = true } = props;
    const tags = [...props.tags];
    const network = new NetworkingNetworkV2(this, "Resource", {
      name,
      adminStateUp: true,
      mtu: props.mtu,
      portSecurityEnabled: portSecurity,
      tags,
    });
    const subnet = new NetworkingSubnetV2(this, "Subnet", {
      name,
      networkId: network.id,
      cidr: props.cidr,
      ipVersion: 4,
      allocationPool: props.allocationPools?.map(({ start, end }) => ({ start, end })),
      dnsNameservers: props.dnsServers === undefined ? undefined : [...props.dnsServers],
      tags,
    });
    const external = new DataOpenstackNetworkingNetworkV2(this, "External", {
      name: props.externalNetwork,
      external: true,
    });
    const router = new NetworkingRouterV2(this, "Router", {
      name,
      adminStateUp: true,
      externalNetworkId: external.id,
      tags,
    });
    this.route = [
      new NetworkingRouterInterfaceV2(this, "RouterInterface", { routerId: router.id, subnetId: subnet.id }),
    ];
    this.networkId = network.id;
    this.subnetId = subnet.id;
    this.portSecurity = portSecurity;
  }
}
