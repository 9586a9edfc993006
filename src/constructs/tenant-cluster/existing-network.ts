import { TerraformSelf } from "cdktf";
import { Construct } from "constructs";
import { DataOpenstackNetworkingNetworkV2, DataOpenstackNetworkingSubnetV2 } from "../../terraform/providers/openstack";
import { parseCidr } from "../../core/cidr";
import type { IClusterNetwork } from "./cluster-network";

/** An existing network with port security. It is not changed. */
export interface ExistingNetworkProps {
  readonly useExistingNetwork: true;
  /** Name of the network. */
  readonly name: string;
  /** Name of its subnet. */
  readonly subnet: string;
  /** Addresses of that subnet, such as `"20.0.0.0/24"`. The plan fails if the subnet has other addresses. */
  readonly cidr: string;
}

/** Looks up a network and its subnet by their names. */
export class ExistingNetwork extends Construct implements IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly route = [];

  constructor(scope: Construct, id: string, props: ExistingNetworkProps) {
    super(scope, id);
    const cidr = parseCidr(props.cidr).toString();
    const network = new DataOpenstackNetworkingNetworkV2(this, "Resource", { name: props.name });
    const subnet = new DataOpenstackNetworkingSubnetV2(this, "Subnet", {
      name: props.subnet,
      networkId: network.id,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.cidr == "${cidr}"}`,
            errorMessage: `The subnet ${props.subnet} has the addresses ${TerraformSelf.getString("cidr")}, the tenant file says ${cidr}; write the subnet's own into network.cidr.`,
          },
        ],
      },
    });
    this.networkId = network.id;
    this.subnetId = subnet.id;
  }
}
