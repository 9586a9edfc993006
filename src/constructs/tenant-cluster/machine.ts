import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { NetworkingPortV2 } from "../../terraform/providers/openstack";
import type { IClusterNetwork } from "./cluster-network";

/** What every machine of a cluster is made with. */
export interface MachineDefaults {
  readonly tenant: string;
  readonly network: IClusterNetwork;
  readonly keyPair: string;
  /** Cloud-init configuration; it holds no secret, since whoever reads the cloud's API reads it. */
  readonly userData: string;
  readonly tags: readonly string[];
  /** Whether Terraform refuses to destroy what holds data. */
  readonly deletionProtection: boolean;
}

interface PortProps extends Pick<MachineDefaults, "network" | "tags"> {
  readonly name: string;
  readonly securityGroupIds: readonly string[];
  /** Whether security groups apply to it. @default - what the network says */
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
    // Neutron takes none on a port without port security.
    securityGroupIds: portSecurity === false ? undefined : [...securityGroupIds],
    tags: [...tags],
  });
}

/** A port's address in the cluster's network, known once it is made. */
export function addressOf(port: NetworkingPortV2): string {
  return Token.asString(Fn.element(port.allFixedIps, 0));
}
