import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { overlap, parseAddress, parseAnyCidr, parseCidr } from "../../core/cidr";
import type { AllocationPool } from "./cluster-network";
import { floatingIpPools } from "./demand";
import type { NodeGroup } from "./node-group";
import { TUNNEL_CIDR } from "./openvpn";
import type { TenantClusterProps } from "./tenant-cluster-props";

/** The network, the machines that take addresses from it, and the CIDRs that may reach it. */
type Described = Pick<
  TenantClusterProps,
  "network" | "operatorCidrs" | "clientAccess" | "bastion" | "openVpn" | "apiAccess"
>;

/** Addresses of a subnet that machines cannot use: network, gateway, DHCP, broadcast. */
const RESERVED_ADDRESSES = 4;

/** Neutron takes one address of the allocation pools for DHCP. */
const RESERVED_IN_POOLS = 1;

/** CIDRs of services and pods with Kubespray; https://kubespray.io/#/docs/operations/nodes */
const KUBERNETES_CIDRS = ["10.233.0.0/18", "10.233.64.0/18"];

/**
 * @throws ValidationError if the network has too few addresses, overlaps a CIDR that Kubernetes uses, or is open to everybody
 * although the cluster names who may connect.
 */
export function checkNetwork(described: Described, groups: readonly NodeGroup[], scope?: Construct): void {
  checkPeople(described, scope);
  checkRoom(described, groups, scope);
  checkInside(described, scope);
  checkPortSecurity(described, scope);
  checkFloatingIpPools(described, scope);
}

/** Neutron connects a floating IP to a port only through a router that leads to the floating IP's network. */
function checkFloatingIpPools({ network, bastion, openVpn, apiAccess }: Described, scope?: Construct): void {
  if ("useExistingNetwork" in network) return;
  const { externalNetwork } = network;
  const other = floatingIpPools({ apiAccess, gateways: [bastion, openVpn] }).find((pool) => pool !== externalNetwork);
  if (other === undefined) return;
  throw new ValidationError(
    "floating-ip-pool",
    `Floating IPs are taken from ${other}, but the router leads to ${externalNetwork}, so none of them would reach a machine; write the same network in both places.`,
    scope,
  );
}

function checkPeople({ operatorCidrs = [], clientAccess, openVpn }: Described, scope?: Construct): void {
  for (const cidr of [...(clientAccess?.cidrs ?? []), ...(openVpn?.clientCidrs ?? [])]) parseAnyCidr(cidr);
  if (operatorCidrs.every((cidr) => parseAnyCidr(cidr).prefixLength > 0)) return;
  throw new ValidationError(
    "operator-cidrs",
    "operatorCidrs contains a CIDR of all addresses, which opens SSH and the Kubernetes API to everybody; list the operators' networks instead.",
    scope,
  );
}

function checkRoom(described: Described, groups: readonly NodeGroup[], scope?: Construct): void {
  const { network, bastion, openVpn, apiAccess } = described;
  const extraMachines = [bastion !== undefined, openVpn !== undefined, apiAccess?.hasLoadBalancer === true].filter(
    Boolean,
  );
  const needed = groups.reduce((sum, { count }) => sum + count, extraMachines.length);
  const room = Math.max(roomIn(network, scope), 0);
  if (needed > room) {
    throw new ValidationError(
      "cidr-room",
      `The network ${network.cidr} has addresses for ${room} machines, but the cluster needs ${needed}; use a shorter prefix, larger allocation pools, or fewer nodes.`,
      scope,
    );
  }
}

function roomIn(network: Described["network"], scope?: Construct): number {
  const pools = "allocationPools" in network ? network.allocationPools : undefined;
  if (pools !== undefined) {
    checkPools(pools, network.cidr, scope);
    return pools.reduce((sum, { start, end }) => sum + parseAddress(end) - parseAddress(start) + 1, -RESERVED_IN_POOLS);
  }
  const { first, last } = parseCidr(network.cidr);
  return last - first + 1 - RESERVED_ADDRESSES;
}

function checkInside({ network: { cidr }, openVpn }: Described, scope?: Construct): void {
  const network = parseCidr(cidr);
  if (openVpn !== undefined && overlap(parseCidr(TUNNEL_CIDR), network)) {
    throw new ValidationError(
      "cidr-inside",
      `The network ${cidr} overlaps ${TUNNEL_CIDR}, the addresses of OpenVPN users; choose another CIDR.`,
      scope,
    );
  }
  const inside = KUBERNETES_CIDRS.find((used) => overlap(parseCidr(used), network));
  if (inside !== undefined) {
    throw new ValidationError(
      "cidr-inside",
      `The network ${cidr} overlaps ${inside}, which Kubernetes uses inside the cluster; choose another CIDR.`,
      scope,
    );
  }
}

function checkPortSecurity(described: Described, scope?: Construct): void {
  const { network, operatorCidrs = [], clientAccess, bastion, openVpn, apiAccess } = described;
  if (!("portSecurity" in network) || network.portSecurity !== false) return;
  const balanced = apiAccess?.hasLoadBalancer === true;
  const broken = [
    ...(operatorCidrs.length > 0 && bastion === undefined && !balanced
      ? ["operatorCidrs without a bastion or a load balancer"]
      : []),
    ...(clientAccess === undefined ? [] : ["clientAccess"]),
    ...(openVpn === undefined ? [] : ["openVpn"]),
    ...(apiAccess !== undefined && apiAccess.countFloatingIps(1) > 0 && !balanced ? ["floating IPs of the nodes"] : []),
  ];
  if (broken.length > 0) {
    throw new ValidationError(
      "port-security",
      `network.portSecurity is false, so no security group applies, and everybody could connect because of ${broken.join(", ")}; remove these settings, or enable port security.`,
      scope,
    );
  }
}

/** @throws ValidationError if a pool is not a range of usable addresses, or overlaps another pool. */
export function checkPools(pools: readonly AllocationPool[], cidr: string, scope?: Construct): void {
  const { first, last } = parseCidr(cidr);
  // The router takes the first address.
  let free = first + 2;
  const ranges = pools.map(({ start, end }) => ({ start, end, from: parseAddress(start), to: parseAddress(end) }));
  for (const { start, end, from, to } of ranges.sort((a, b) => a.from - b.from)) {
    if (from < free || to >= last || from > to) {
      throw new ValidationError(
        "allocation-pool",
        `The allocation pool ${start} to ${end} is not a valid range in ${cidr}; stay inside the network, exclude its first address (the router) and other pools, and write the lower address first.`,
        scope,
      );
    }
    free = to + 1;
  }
}
