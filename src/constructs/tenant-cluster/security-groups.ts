import { Construct } from "constructs";
import { parseAnyCidr } from "../../core/cidr";
import { ValidationError } from "../../core/errors";
import { NetworkingSecgroupRuleV2, NetworkingSecgroupV2 } from "../../terraform/providers/openstack";
import { groupsOf, type Group, type SecurityRule } from "./security-rules";

/** Properties of {@link SecurityGroups}. */
export interface SecurityGroupsProps {
  /** Name of the tenant. */
  readonly tenant: string;
  readonly rules: readonly SecurityRule[];
  readonly tags: readonly string[];
}

const DESCRIPTIONS: Readonly<Record<Group, string>> = {
  nodes: "Every node",
  "control-plane": "Control plane",
  bastion: "Bastion",
  vpn: "OpenVPN gateway",
};

/** Security groups of a cluster's machines. Rules name groups instead of addresses if possible. */
export class SecurityGroups extends Construct {
  private readonly ids = new Map<Group, string>();

  constructor(scope: Construct, id: string, props: SecurityGroupsProps) {
    super(scope, id);
    for (const group of groupsOf(props.rules)) this.ids.set(group, this.createGroup(group, props));
    for (const rule of props.rules) this.open(rule);
  }

  /** Returns the ID of a group that the rules name. */
  id(group: Group): string {
    const found = this.ids.get(group);
    if (found === undefined) {
      throw new ValidationError(
        "security-group",
        `No rule allows connections to the group ${group}; add networks to operatorCidrs or openVpn.clientCidrs, or remove the gateway.`,
        this,
      );
    }
    return found;
  }

  private createGroup(group: Group, { tenant, tags }: SecurityGroupsProps): string {
    return new NetworkingSecgroupV2(this, group, {
      name: `${tenant}-${group}`,
      description: `${DESCRIPTIONS[group]} of ${tenant}`,
      tags: [...tags],
      // Neutron refuses to delete a group with ports, so the group is destroyed after them.
      lifecycle: { createBeforeDestroy: true },
    }).id;
  }

  private open(rule: SecurityRule): void {
    if (typeof rule.from === "string") this.createRule(rule, rule.id, { remoteGroupId: this.id(rule.from) });
    else rule.from.forEach((cidr) => this.createRule(rule, `${rule.id}-${cidr}`, { remoteIpPrefix: cidr }));
  }

  private createRule(
    rule: SecurityRule,
    id: string,
    remote: { remoteIpPrefix: string } | { remoteGroupId: string },
  ): void {
    const [portRangeMin, portRangeMax] = rule.ports;
    new NetworkingSecgroupRuleV2(this, id.replaceAll(/[./:]/g, "-"), {
      direction: "ingress",
      ethertype: "remoteIpPrefix" in remote && parseAnyCidr(remote.remoteIpPrefix).family === 6 ? "IPv6" : "IPv4",
      protocol: rule.protocol,
      portRangeMin,
      portRangeMax,
      description: rule.description,
      securityGroupId: this.id(rule.to),
      ...remote,
    });
  }
}
