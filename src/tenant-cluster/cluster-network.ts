import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import {
  DataOpenstackNetworkingNetworkV2,
  NetworkingNetworkV2,
  NetworkingRouterInterfaceV2,
  NetworkingRouterV2,
  NetworkingSubnetV2,
} from "../terraform/providers/openstack";
import { parseAddress, parseCidr } from "./cidr";

/** First and last of the addresses that nodes are given. */
export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

/** A tenant's own network. */
export interface OwnNetworkProps {
  readonly name: string;
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
   * Whether ports only send from their own addresses and security groups apply.
   *
   * @default true
   */
  readonly portSecurity?: boolean;
}

/** A network that nodes are put into. */
export interface IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  /** What must be there for machines to reach the outside, and for floating IPs to reach them. */
  readonly route: readonly ITerraformDependable[];
}

/** Network, subnet and router: nodes reach the outside by the router, and nothing outside reaches them. */
export class ClusterNetwork extends Construct implements IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly route: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: OwnNetworkProps & { readonly tags: readonly string[] }) {
    super(scope, id);
    const { name } = props;
    const tags = [...props.tags];
    const network = new NetworkingNetworkV2(this, "Resource", {
      name,
      adminStateUp: true,
      mtu: props.mtu,
      portSecurityEnabled: props.portSecurity ?? true,
      tags,
    });
    const subnet = new NetworkingSubnetV2(this, "Subnet", {
      name,
      networkId: network.id,
      cidr: parseCidr(props.cidr).toString(),
      ipVersion: 4,
      allocationPool: props.allocationPools?.map((pool) => checkPool(pool, props.cidr, this)),
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
  }
}

/** @throws ValidationError when the pool is not a range of the network. */
export function checkPool({ start, end }: AllocationPool, cidr: string, scope?: Construct): AllocationPool {
  const { first, last } = parseCidr(cidr);
  const [from, to] = [parseAddress(start), parseAddress(end)];
  if (from <= first || to >= last || from > to) {
    throw new ValidationError(
      "allocation-pool",
      `The allocation pool ${start} to ${end} is no range of addresses in ${cidr}; begin and end it inside, the lower address first.`,
      scope,
    );
  }
  return { start, end };
}
