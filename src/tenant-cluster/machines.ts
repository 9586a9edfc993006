import { Construct } from "constructs";
import { ComputeServergroupV2 } from "../terraform/providers/openstack";
import type { ApiEndpoint } from "./api-access";
import { cloudInit } from "./cloud-init";
import { ClusterNode } from "./cluster-node";
import { GatewayNode } from "./gateways";
import type { MachineDefaults } from "./machine";
import type { NodeGroup } from "./node-group";
import { openVpnGateway } from "./openvpn";
import type { ClusterContext } from "./provisioner";
import { SecurityGroups } from "./security-groups";
import { securityRules } from "./security-rules";

/** A node and the group that it belongs to. */
export interface MachineOfGroup {
  readonly node: ClusterNode;
  readonly group: NodeGroup;
}

/** A cluster's machines and the ways to them. */
export class Machines extends Construct {
  readonly nodes: readonly MachineOfGroup[];
  readonly api: ApiEndpoint;
  readonly bastion?: GatewayNode;

  constructor(
    scope: Construct,
    id: string,
    private readonly cluster: ClusterContext,
  ) {
    super(scope, id);
    const { tenant, bastion, openVpn, operatorCidrs, apiAccess, cidr } = cluster;
    const groups = new SecurityGroups(this, "SecurityGroups", {
      tenant,
      rules: securityRules({
        operatorCidrs,
        bastion: bastion !== undefined,
        vpnCidrs: openVpn?.clientCidrs,
        loadBalancerCidr: apiAccess.hasLoadBalancer ? cidr : undefined,
        clients: cluster.clientAccess,
      }),
      tags: cluster.tags,
    });
    const { trustedUserCaKeys, flavor, image } = cluster;
    const hardened = this.defaults(cloudInit({ trustedUserCaKeys }));
    this.nodes = cluster.groups.flatMap((group) => this.createGroup(group, groups, hardened));
    const nodes = this.nodes.map(({ node }) => node);
    this.api = apiAccess.bind(new Construct(this, "Api"), {
      name: tenant,
      network: cluster.network,
      cidr,
      nodes,
      controlPlanes: this.nodes.filter(({ group }) => group.role === "control-plane").map(({ node }) => node),
      operatorCidrs,
      tags: cluster.tags,
    });

    if (bastion !== undefined) {
      this.bastion = new GatewayNode(this, "Bastion", {
        ...hardened,
        name: `${tenant}-bastion`,
        role: "bastion",
        flavor,
        image,
        ...bastion,
        securityGroupId: groups.id("bastion"),
      });
    }
    if (openVpn !== undefined) {
      new GatewayNode(this, "OpenVpn", {
        ...this.defaults(openVpnGateway(cidr, { trustedUserCaKeys })),
        name: `${tenant}-vpn`,
        role: "vpn",
        flavor,
        image,
        ...openVpn,
        securityGroupId: groups.id("vpn"),
      });
    }
  }

  private createGroup(group: NodeGroup, securityGroups: SecurityGroups, defaults: MachineDefaults): MachineOfGroup[] {
    const { tenant, preflight, hostAntiAffinity } = this.cluster;
    const scope = new Construct(this, group.name);
    const serverGroup = new ComputeServergroupV2(scope, "ServerGroup", {
      name: `${tenant}-${group.name}`,
      policies: [hostAntiAffinity === "required" ? "anti-affinity" : "soft-anti-affinity"],
    });
    return Array.from({ length: group.count }, (_, index) => ({
      group,
      node: new ClusterNode(scope, String(index), {
        ...defaults,
        ...group,
        name: `${tenant}-${group.name}-${index}`,
        imageId: preflight.imageId(group.image),
        availabilityZone: group.availabilityZones[index % group.availabilityZones.length],
        securityGroupIds: [
          securityGroups.id("nodes"),
          ...(group.role === "control-plane" ? [securityGroups.id("control-plane")] : []),
        ],
        serverGroupId: serverGroup.id,
      }),
    }));
  }

  private defaults(userData: string): MachineDefaults {
    const { tenant, network, keyPair, tags, deletionProtection } = this.cluster;
    return { tenant, network, keyPair, tags, deletionProtection, userData };
  }
}
