import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  DataOpenstackNetworkingNetworkV2,
  NetworkingNetworkV2,
  NetworkingRouterInterfaceV2,
  NetworkingRouterV2,
  NetworkingSubnetV2,
} from "../../terraform/providers/openstack";

import { equals, refuseChanges } from "./unchangeable";

/** A range of addresses for nodes. */
export interface AllocationPool {
  /**
   * First address.
   *
   * @changes in place: ports keep the addresses that they have
   */
  readonly start: string;
  /**
   * Last address.
   *
   * @changes in place: ports keep the addresses that they have
   */
  readonly end: string;
}

/** A tenant's own network. */
export interface OwnNetworkProps {
  /**
   * Name of network, subnet and router.
   *
   * @default - the name of the tenant
   * @changes in place: network, subnet and router are renamed
   */
  readonly name?: string;
  /**
   * Addresses of the nodes, such as `"20.0.0.0/24"`.
   *
   * @changes refused: make a new tenant; the subnet would be replaced and every node cut off
   */
  readonly cidr: string;
  /**
   * Name of the provider network to which the router connects.
   *
   * @changes refused: move the router in OpenStack first; the addresses by which others reach the tenant change
   */
  readonly externalNetwork: string;
  /**
   * Name servers of the nodes.
   *
   * @default - the name servers of the cloud
   * @changes in place: nodes use them after their next DHCP lease
   */
  readonly dnsServers?: readonly string[];
  /**
   * Maximum size of a packet, in bytes.
   *
   * @default - the cloud chooses
   * @changes in place: nodes use it after their next DHCP lease
   */
  readonly mtu?: number;
  /**
   * Ranges from which nodes get their addresses.
   *
   * @default - all addresses except the gateway's
   * @changes in place: ports keep the addresses that they have
   */
  readonly allocationPools?: readonly AllocationPool[];
  /**
   * Whether security groups apply to the nodes, and nodes send from their own addresses only. Without it, everyone with a
   * route to the network reaches every port of every node. Bastion and OpenVPN gateway keep their security groups.
   *
   * @default true
   * @changes in place: security groups are taken from the ports, or given back
   */
  readonly portSecurity?: boolean;
}

/** A network for nodes. */
export interface IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  /** Whether security groups apply to nodes; undefined leaves the decision to the network. */
  readonly portSecurity?: boolean;
  /** Resources that machines need to reach the outside, and that floating IPs need to reach machines. */
  readonly route: readonly ITerraformDependable[];
}

interface ClusterNetworkProps extends OwnNetworkProps {
  readonly tenant: string;
  /** Whether Terraform refuses to destroy what the machines' addresses depend on. */
  readonly deletionProtection: boolean;
  readonly tags: readonly string[];
}

/** Network, subnet and router. Nodes reach the outside through the router, and nothing outside reaches them. */
export class ClusterNetwork extends Construct implements IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly portSecurity: boolean;
  readonly route: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClusterNetworkProps) {
    super(scope, id);
    const { name = props.tenant, portSecurity = true } = props;
    const tags = [...props.tags];
    const preventDestroy = props.deletionProtection;
    const network = new NetworkingNetworkV2(this, "Resource", {
      name,
      adminStateUp: true,
      mtu: props.mtu,
      portSecurityEnabled: portSecurity,
      tags,
      lifecycle: { preventDestroy },
    });
    const subnet = new NetworkingSubnetV2(this, "Subnet", {
      name,
      networkId: network.id,
      cidr: props.cidr,
      ipVersion: 4,
      allocationPool: props.allocationPools?.map(({ start, end }) => ({ start, end })),
      dnsNameservers: props.dnsServers === undefined ? undefined : [...props.dnsServers],
      tags,
      lifecycle: {
        preventDestroy,
        ...refuseChanges([
          {
            argument: "cidr",
            condition: equals("cidr", props.cidr),
            message: `The nodes of ${props.tenant} have addresses in \${self.cidr}, and network.cidr says ${props.cidr}, which would replace the subnet and cut off every node; write the former CIDR, or make a new tenant as docs/operating/change-network.md says`,
          },
        ]),
      },
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
      lifecycle: {
        preventDestroy,
        ...refuseChanges([
          {
            argument: "external_network_id",
            condition: equals("external_network_id", external.id),
            message: `The router of ${props.tenant} leads to the network \${coalesce(self.external_network_id, "none")}, and network.externalNetwork names ${props.externalNetwork}, which would change the addresses by which others reach the tenant; write the former name, or move the router as docs/operating/change-network.md says`,
          },
        ]),
      },
    });
    this.route = [
      new NetworkingRouterInterfaceV2(this, "RouterInterface", {
        routerId: router.id,
        subnetId: subnet.id,
        lifecycle: { preventDestroy },
      }),
    ];
    this.networkId = network.id;
    this.subnetId = subnet.id;
    this.portSecurity = portSecurity;
  }
}
