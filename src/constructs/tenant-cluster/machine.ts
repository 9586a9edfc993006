import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { NetworkingPortV2 } from "../../terraform/providers/openstack";
import type { IClusterNetwork } from "./cluster-network";

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
}

/** Creates a machine's port in the cluster's network. */
export function createPort(
  scope: Construct,
  { name, network, tags, securityGroupIds, portSecurity = network.portSecurity }: PortProps,
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
  });
}

/** Address of a port in the cluster's network, known after the port is created. */
export function addressOf(port: NetworkingPortV2): string {
  return Token.asString(Fn.element(port.allFixedIps, 0));
}
