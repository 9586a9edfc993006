import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { ComputeServergroupV2 } from "../../terraform/providers/openstack";
import type { ApiEndpoint } from "./api-access";
import { cloudInit } from "./cloud-init";
import { ClusterNode } from "./cluster-node";
import { GatewayNode } from "./gateways";
import type { MachineDefaults } from "./machine";
import { nodeName, type NodeGroup } from "./node-group";
import { openVpnGateway } from "./openvpn";
import type { Preflight } from "./preflight";
import type { ClusterContext } from "./provisioner";
import { SecurityGroups } from "./security-groups";
import { securityRules, type SecurityRule } from "./security-rules";

/** A node and its group. */
export interface MachineOfGroup {
  readonly node: ClusterNode;
  readonly group: NodeGroup;
}

/** Allowed connections of a cluster. */
export function clusterRules(cluster: ClusterContext): SecurityRule[] {
  const { network, cidr, operatorCidrs, bastion, openVpn, apiAccess, clientAccess } = cluster;
  return securityRules({
    operatorCidrs,
    bastion: bastion !== undefined,
    vpnCidrs: openVpn?.clientCidrs,
    loadBalancerCidr: apiAccess.hasLoadBalancer ? cidr : undefined,
    clients: clientAccess && { ...clientAccess, ports: [...new Set(clientAccess.ports)] },
    guardsNodes: network.portSecurity !== false,
  });
}

/** The machines of a cluster, with their gateways and security groups. */
export class Machines extends Construct {
  readonly nodes: readonly MachineOfGroup[];
  readonly api: ApiEndpoint;
  readonly bastion?: GatewayNode;

  constructor(
    scope: Construct,
    id: string,
    private readonly cluster: ClusterContext,
    private readonly preflight: Preflight,
  ) {
    super(scope, id);
    const { tenant, bastion, openVpn, operatorCidrs, apiAccess, cidr, trustedUserCaKeys, tags } = cluster;
    const groups = new SecurityGroups(this, "SecurityGroups", { tenant, rules: clusterRules(cluster), tags });
    const hardened = this.defaults("UserData", cloudInit({ trustedUserCaKeys }));
    this.nodes = cluster.groups.flatMap((group) => this.createGroup(group, groups, hardened));
    const nodes = this.nodes.map(({ node }) => node);
    this.api = apiAccess.bind(new Construct(this, "Api"), {
      name: tenant,
      network: cluster.network,
      cidr,
      nodes,
      controlPlanes: this.nodes.filter(({ group }) => group.role === "control-plane").map(({ node }) => node),
      operatorCidrs,
      tags,
      deletionProtection: cluster.deletionProtection,
    });

    if (bastion !== undefined) {
      this.bastion = new GatewayNode(this, "Bastion", {
        ...hardened,
        name: `${tenant}-bastion`,
        role: "bastion",
        ...this.kindOf(bastion),
        bootVolume: bastion.bootVolume,
        floatingIpPool: bastion.floatingIpPool,
        securityGroupId: groups.id("bastion"),
      });
    }
    if (openVpn !== undefined) {
      new GatewayNode(this, "OpenVpn", {
        ...this.defaults("OpenVpnUserData", openVpnGateway(cidr, { trustedUserCaKeys })),
        name: `${tenant}-vpn`,
        role: "vpn",
        ...this.kindOf(openVpn),
        bootVolume: openVpn.bootVolume,
        floatingIpPool: openVpn.floatingIpPool,
        securityGroupId: groups.id("vpn"),
      });
    }
  }

  private createGroup(group: NodeGroup, securityGroups: SecurityGroups, defaults: MachineDefaults): MachineOfGroup[] {
    const { tenant, network, cidr, hostAntiAffinity } = this.cluster;
    const scope = new Construct(this, group.name);
    const serverGroup = new ComputeServergroupV2(scope, "ServerGroup", {
      name: `${tenant}-${group.name}`,
      policies: [hostAntiAffinity === "required" ? "anti-affinity" : "soft-anti-affinity"],
    });
    const securityGroupIds =
      network.portSecurity === false
        ? []
        : [securityGroups.id("nodes"), ...(group.role === "control-plane" ? [securityGroups.id("control-plane")] : [])];
    return Array.from({ length: group.count }, (_, index) => ({
      group,
      node: new ClusterNode(scope, String(index), {
        ...defaults,
        ...group,
        name: nodeName(tenant, group.name, index),
        cidr,
        ...this.kindOf(group),
        availabilityZone: group.availabilityZones[index % group.availabilityZones.length],
        securityGroupIds,
        serverGroupId: serverGroup.id,
      }),
    }));
  }

  private kindOf({ image, flavor }: Pick<NodeGroup, "image" | "flavor">): { imageId: string; flavorId: string } {
    return { imageId: this.preflight.imageId(image), flavorId: this.preflight.flavorId(flavor) };
  }

  /** A local value, so that the plan contains the cloud-init configuration once and not once per machine. */
  private defaults(id: string, cloudInitConfig: string): MachineDefaults {
    const { tenant, network, keyPair, tags, deletionProtection } = this.cluster;
    const userData = new TerraformLocal(this, id, cloudInitConfig).asString;
    return { tenant, network, keyPair, tags, deletionProtection, userData };
  }
}
