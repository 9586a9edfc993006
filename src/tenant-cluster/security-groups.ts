import { Construct } from "constructs";
import { NetworkingSecgroupRuleV2, NetworkingSecgroupV2 } from "../terraform/providers/openstack";
import { CLUSTER_RULES, type SecurityRule } from "./security-rules";

/** Properties of {@link SecurityGroups}. */
export interface SecurityGroupsProps {
  /** Name of the tenant. */
  readonly tenant: string;
  /** Networks that operators come from, as CIDRs. */
  readonly operatorCidrs: readonly string[];
  readonly tags: readonly string[];
}

/** Groups of the nodes: one of all, one more of the control plane; rules name groups, not addresses, wherever they can. */
export class SecurityGroups extends Construct {
  readonly nodes: string;
  readonly controlPlane: string;

  constructor(scope: Construct, id: string, props: SecurityGroupsProps) {
    super(scope, id);
    const group = (groupId: string, name: string, description: string): string =>
      new NetworkingSecgroupV2(this, groupId, { name: `${props.tenant}-${name}`, description, tags: [...props.tags] })
        .id;
    this.nodes = group("Nodes", "nodes", `Every node of ${props.tenant}`);
    this.controlPlane = group("ControlPlane", "control-plane", `Control plane of ${props.tenant}`);
    for (const rule of CLUSTER_RULES) this.open(rule, props.operatorCidrs);
  }

  private open(rule: SecurityRule, operatorCidrs: readonly string[]): void {
    if (rule.from === "operators") {
      operatorCidrs.forEach((cidr) => this.createRule(rule, `${rule.id}-${cidr}`, { remoteIpPrefix: cidr }));
    } else {
      this.createRule(rule, rule.id, { remoteGroupId: this.groupId(rule.from) });
    }
  }

  private createRule(
    rule: SecurityRule,
    id: string,
    remote: { remoteIpPrefix: string } | { remoteGroupId: string },
  ): void {
    const [portRangeMin, portRangeMax] = rule.ports;
    new NetworkingSecgroupRuleV2(this, id.replaceAll(/[./]/g, "-"), {
      direction: "ingress",
      ethertype: "IPv4",
      protocol: rule.protocol,
      portRangeMin,
      portRangeMax,
      description: rule.description,
      securityGroupId: this.groupId(rule.to),
      ...remote,
    });
  }

  private groupId(group: "nodes" | "control-plane"): string {
    return group === "nodes" ? this.nodes : this.controlPlane;
  }
}
