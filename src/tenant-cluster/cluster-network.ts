import { Construct } from "constructs";
import {
  DataOpenstackNetworkingNetworkV2,
  NetworkingNetworkV2,
  NetworkingRouterInterfaceV2,
  NetworkingRouterV2,
  NetworkingSubnetV2,
} from "../terraform/providers/openstack";
import { parseCidr } from "./cidr";

/** A tenant's own network. */
export interface ClusterNetworkProps {
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
  /** Put on everything, so that it can be found by its tenant. */
  readonly tags: readonly string[];
}

/** Network, subnet and router: nodes reach the outside by the router, and nothing outside reaches them. */
export class ClusterNetwork extends Construct {
  readonly networkId: string;
  readonly subnetId: string;

  constructor(scope: Construct, id: string, props: ClusterNetworkProps) {
    super(scope, id);
    const { name } = props;
    const tags = [...props.tags];
    const network = new NetworkingNetworkV2(this, "Resource", { name, adminStateUp: true, tags });
    const subnet = new NetworkingSubnetV2(this, "Subnet", {
      name,
      networkId: network.id,
      cidr: parseCidr(props.cidr).toString(),
      ipVersion: 4,
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
    new NetworkingRouterInterfaceV2(this, "RouterInterface", { routerId: router.id, subnetId: subnet.id });
    this.networkId = network.id;
    this.subnetId = subnet.id;
  }
}
