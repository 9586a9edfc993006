import { DataOpenstackNetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/data-openstack-networking-network-v2";
import { NetworkingNetworkV2 } from "@cdktf/provider-openstack/lib/networking-network-v2";
import { NetworkingRouterInterfaceV2 } from "@cdktf/provider-openstack/lib/networking-router-interface-v2";
import { NetworkingRouterV2 } from "@cdktf/provider-openstack/lib/networking-router-v2";
import { NetworkingSecgroupRuleV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-rule-v2";
import { NetworkingSecgroupV2 } from "@cdktf/provider-openstack/lib/networking-secgroup-v2";
import { NetworkingSubnetV2 } from "@cdktf/provider-openstack/lib/networking-subnet-v2";
import type { TerraformStack } from "cdktf";

interface Network {
  readonly net: NetworkingNetworkV2;
  readonly subnet: NetworkingSubnetV2;
  readonly routerInterface: NetworkingRouterInterfaceV2;
}

export function network(stack: TerraformStack, index: number, tags: string[]): Network {
  const name = "kube-net";
  const net = new NetworkingNetworkV2(stack, "network", {
    name,
    adminStateUp: true,
    portSecurityEnabled: true,
    tags,
  });
  const cidr = `10.${Math.floor(index / 256)}.${index % 256}.0/24`;
  const subnet = new NetworkingSubnetV2(stack, "subnet", { name, networkId: net.id, cidr, ipVersion: 4, tags });
  const external = new DataOpenstackNetworkingNetworkV2(stack, "external", { name: "public", external: true });
  const router = new NetworkingRouterV2(stack, "router", {
    name,
    adminStateUp: true,
    externalNetworkId: external.id,
    tags,
  });
  const routerInterface = new NetworkingRouterInterfaceV2(stack, "interface", {
    routerId: router.id,
    subnetId: subnet.id,
  });
  return { net, subnet, routerInterface };
}

interface SecurityGroups {
  readonly nodes: NetworkingSecgroupV2;
  readonly controlPlane: NetworkingSecgroupV2;
}

export function securityGroups(stack: TerraformStack, tenant: string, tags: string[]): SecurityGroups {
  const group = (name: string, description: string) =>
    new NetworkingSecgroupV2(stack, name, {
      name: `${tenant}-${name}`,
      description: `${description} of ${tenant}`,
      tags,
      lifecycle: { createBeforeDestroy: true },
    });
  const nodes = group("nodes", "Every node");
  const controlPlane = group("control-plane", "Control plane");
  const operators = { remoteIpPrefix: "172.16.0.0/24" };
  const fromNodes = { remoteGroupId: nodes.id };
  const fromControlPlane = { remoteGroupId: controlPlane.id };
  for (const [name, to, from, protocol, first, last, description] of [
    ["ssh", nodes, operators, "tcp", 22, 22, "SSH from the operators' networks, for Kubespray"],
    ["api-operators", controlPlane, operators, "tcp", 6443, 6443, "Kubernetes API from the operators' networks"],
    ["api-nodes", controlPlane, fromNodes, "tcp", 6443, 6443, "Kubernetes API from kubelets and pods"],
    ["etcd", controlPlane, fromControlPlane, "tcp", 2379, 2380, "etcd clients and peers"],
    ["kubelet", nodes, fromNodes, "tcp", 10_250, 10_250, "kubelet, for logs, exec and metrics"],
    ["vxlan", nodes, fromNodes, "udp", 4789, 4789, "pod network (Calico VXLAN)"],
  ] as const) {
    new NetworkingSecgroupRuleV2(stack, `rule-${name}`, {
      direction: "ingress",
      ethertype: "IPv4",
      protocol,
      portRangeMin: first,
      portRangeMax: last,
      description,
      securityGroupId: to.id,
      ...from,
    });
  }
  return { nodes, controlPlane };
}
