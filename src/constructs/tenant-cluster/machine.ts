import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import { NetworkingPortV2 } from "../../terraform/providers/openstack";
import { parseCidr } from "../../core/cidr";
import type { IClusterNetwork } from "./cluster-network";
import { equals, quoted, refuseChanges } from "./unchangeable";

/** Properties of every machine of a cluster. */
export interface MachineDefaults {
  readonly tenant: string;
  readonly network: IClusterNetwork;
  readonly keyPair: string;
  /** Cloud-init configuration, without secrets, because every user of the cloud's API can read it. */
  readonly userData: string;
  readonly tags: readonly string[];
  /** Whether Terraform refuses to destroy resources that hold data. */
  readonly deletionProtection: boolean;
}

interface PortProps extends Pick<MachineDefaults, "network" | "tags"> {
  readonly name: string;
  readonly securityGroupIds: readonly string[];
  /** Whether security groups apply to the machine. @default - the setting of the network */
  readonly portSecurity?: boolean;
  /** Whether Terraform refuses to destroy it. @default false */
  readonly preventDestroy?: boolean;
}

/** Creates a machine's port in the cluster's network. */
export function createPort(
  scope: Construct,
  { name, network, tags, securityGroupIds, portSecurity = network.portSecurity, preventDestroy = false }: PortProps,
): NetworkingPortV2 {
  return new NetworkingPortV2(scope, "Port", {
    name,
    networkId: network.networkId,
    adminStateUp: true,
    fixedIp: [{ subnetId: network.subnetId }],
    portSecurityEnabled: portSecurity,
    // Neutron refuses security groups on a port without port security.
    securityGroupIds: portSecurity === false ? undefined : [...securityGroupIds],
    tags: [...tags],
    lifecycle: {
      preventDestroy,
      ...refuseChanges([
        {
          argument: "network_id",
          condition: equals("network_id", network.networkId),
          message: `${name} is in the network \${self.network_id}, and the tenant file names another one, which would replace the machine; write the former network, or make a new tenant as docs/operating/change-network.md says`,
        },
        {
          argument: "fixed_ip",
          condition: `self.fixed_ip[0].subnet_id == ${quoted(network.subnetId)}`,
          message: `${name} is in another subnet than the tenant file names, which would change the address while the machine runs; write the former subnet, or make a new tenant as docs/operating/change-network.md says`,
        },
      ]),
    },
  });
}

/**
 * A port's address in the cluster's network, known once the port is made. Neutron adds addresses of its own in a network with an
 * IPv6 subnet, in any order.
 *
 * @param cidr The IPv4 network of the nodes.
 */
export function addressOf(scope: Construct, port: NetworkingPortV2, cidr: string): string {
  const { prefixLength } = parseCidr(cidr);
  const [network] = cidr.split("/");
  // cdktf has no expression of this form, and takes a text for one in a local value only.
  return new TerraformLocal(
    scope,
    "Address",
    `\${[for address in ${port.fqn}.all_fixed_ips : address if !strcontains(address, ":") && cidrhost("\${address}/${prefixLength}", 0) == "${network}"][0]}`,
  ).asString;
}
