import { Construct } from "constructs";
import { KUBERNETES_API_PORT } from "../../contract/kubernetes-api";
import { parseAnyCidr } from "../../core/cidr";
import type { ValueType } from "../../core/value-type";
import { LbListenerV2, LbLoadbalancerV2, LbMemberV2, LbMonitorV2, LbPoolV2 } from "../../terraform/providers/openstack";
import type { IClusterNetwork } from "./cluster-network";
import type { ClusterNode } from "./cluster-node";
import { createFloatingIp } from "./floating-ip";

/** Cluster that {@link ApiAccess} makes reachable. */
export interface ApiAccessContext {
  readonly name: string;
  readonly network: IClusterNetwork;
  /** Addresses of that network. */
  readonly cidr: string;
  readonly nodes: readonly ClusterNode[];
  readonly controlPlanes: readonly ClusterNode[];
  /** Networks that may connect to a load balancer. */
  readonly operatorCidrs: readonly string[];
  readonly tags: readonly string[];
  /** Whether Terraform refuses to destroy what clients connect to. */
  readonly deletionProtection: boolean;
}

/** Addresses of the API and of the nodes for connections from outside the tenant's network. */
export interface ApiEndpoint {
  /** Address of the Kubernetes API. */
  readonly address: string;
  /** Internal address of the load balancer of the control planes. @default - none */
  readonly loadBalancer?: string;
  /** Floating IPs of nodes, by the node's name. */
  readonly floatingIps: ReadonlyMap<string, string>;
}

/** How clients reach the Kubernetes API, and the SSH of nodes. */
export class ApiAccess {
  /** At the nodes' own addresses, over a route, a bastion or the OpenVPN gateway. */
  static internal(): ApiAccess {
    return new ApiAccess(false, undefined, { perNode: 0, besides: 0 }, (_scope, { controlPlanes }) => ({
      address: controlPlanes[0]?.address ?? "",
      floatingIps: new Map(),
    }));
  }

  /** At a floating IP of each node. @param pool Name of the network that provides the floating IPs. */
  static floatingIps(pool: string): ApiAccess {
    return new ApiAccess(false, pool, { perNode: 1, besides: 0 }, (scope, context) => {
      const { nodes, controlPlanes } = context;
      const floatingIps = new Map(
        nodes.map(({ name, portId }) => [
          name,
          createFloatingIp(scope, name, { ...context, pool, portId, description: name }),
        ]),
      );
      return { address: floatingIps.get(controlPlanes[0]?.name ?? "") ?? "", floatingIps };
    });
  }

  /**
   * At an Octavia load balancer before all control planes.
   *
   * @param pool Name of the network that provides its floating IP. @default - none: only the network itself reaches it
   */
  static loadBalancer(pool?: string): ApiAccess {
    return new ApiAccess(true, pool, { perNode: 0, besides: pool === undefined ? 0 : 1 }, (scope, context) => {
      const balancer = new ApiLoadBalancer(scope, "LoadBalancer", context);
      const outside =
        pool === undefined
          ? undefined
          : createFloatingIp(scope, "FloatingIp", {
              ...context,
              pool,
              portId: balancer.portId,
              description: `Kubernetes API of ${context.name}`,
            });
      // Nodes use the internal address. Through the floating IP they would have the router's address, which the listener refuses.
      return {
        address: outside ?? balancer.address,
        loadBalancer: balancer.address,
        floatingIps: new Map(),
      };
    });
  }

  private constructor(
    /** Whether a load balancer in the cluster's network connects to the control planes. */
    readonly hasLoadBalancer: boolean,
    /** Name of the network from which floating IPs are taken. @default - none are taken */
    readonly pool: string | undefined,
    private readonly floatingIps: { readonly perNode: number; readonly besides: number },
    private readonly create: (scope: Construct, context: ApiAccessContext) => ApiEndpoint,
  ) {}

  /** Returns the number of floating IPs for a number of nodes. */
  countFloatingIps(nodes: number): number {
    return this.floatingIps.perNode * nodes + this.floatingIps.besides;
  }

  /** Creates the resources below the scope. */
  bind(scope: Construct, context: ApiAccessContext): ApiEndpoint {
    return this.create(scope, context);
  }
}

/** An access, for checks at run time. */
export const API_ACCESS: ValueType = {
  name: "ApiAccess",
  member: "countFloatingIps",
  example: 'ApiAccess.floatingIps("public")',
};

/** Octavia takes CIDRs of the family of the load balancer's own address only. */
function isIpv4(cidr: string): boolean {
  return parseAnyCidr(cidr).family === 4;
}

class ApiLoadBalancer extends Construct {
  readonly address: string;
  readonly portId: string;

  constructor(
    scope: Construct,
    id: string,
    { name, network, cidr, controlPlanes, operatorCidrs, tags, deletionProtection }: ApiAccessContext,
  ) {
    super(scope, id);
    const balancer = new LbLoadbalancerV2(this, "Resource", {
      name: `${name}-api`,
      description: `Kubernetes API of ${name}`,
      vipSubnetId: network.subnetId,
      tags: [...tags],
      lifecycle: { preventDestroy: deletionProtection },
    });
    const listener = new LbListenerV2(this, "Listener", {
      name: `${name}-api`,
      loadbalancerId: balancer.id,
      protocol: "TCP",
      protocolPort: KUBERNETES_API_PORT,
      // An empty list would allow everybody. The nodes themselves also use the load balancer.
      allowedCidrs: [...new Set([...operatorCidrs.filter(isIpv4), cidr])],
      tags: [...tags],
    });
    const pool = new LbPoolV2(this, "Pool", {
      name: `${name}-api`,
      listenerId: listener.id,
      protocol: "TCP",
      lbMethod: "ROUND_ROBIN",
      tags: [...tags],
    });
    new LbMonitorV2(this, "Monitor", {
      name: `${name}-api`,
      poolId: pool.id,
      type: "TCP",
      delay: 5,
      timeout: 3,
      maxRetries: 3,
    });
    for (const node of controlPlanes) {
      new LbMemberV2(this, node.name, {
        name: node.name,
        poolId: pool.id,
        address: node.address,
        protocolPort: KUBERNETES_API_PORT,
        subnetId: network.subnetId,
        tags: [...tags],
      });
    }
    this.address = balancer.vipAddress;
    this.portId = balancer.vipPortId;
  }
}
