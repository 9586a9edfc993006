import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { NetworkingPortV2 } from "../terraform/providers/openstack";
import type { IClusterNetwork } from "./cluster-network";
import type { Flavor } from "./node-group";

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

/** Creates a machine's port in the cluster's network. */
export function createPort(
  scope: Construct,
  { name, network, tags }: Pick<MachineDefaults, "network" | "tags"> & { readonly name: string },
  securityGroupIds: readonly string[],
): NetworkingPortV2 {
  return new NetworkingPortV2(scope, "Port", {
    name,
    networkId: network.networkId,
    adminStateUp: true,
    fixedIp: [{ subnetId: network.subnetId }],
    securityGroupIds: [...securityGroupIds],
    tags: [...tags],
  });
}

/** A port's address in the cluster's network, known once it is made. */
export function addressOf(port: NetworkingPortV2): string {
  return Token.asString(Fn.element(port.allFixedIps, 0));
}

/** A flavor, as machines take it. */
export function flavorArguments(flavor: Flavor): { flavorId: string } | { flavorName: string } {
  return "id" in flavor ? { flavorId: flavor.id } : { flavorName: flavor.name };
}
