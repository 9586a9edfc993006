import { TerraformSelf } from "cdktf";
import { Construct } from "constructs";
import {
  DataOpenstackIdentityAuthScopeV3,
  DataOpenstackNetworkingNetworkV2,
  DataOpenstackNetworkingPortIdsV2,
  DataOpenstackNetworkingSubnetV2,
} from "../../terraform/providers/openstack";
import { parseCidr } from "../../core/cidr";
import type { IClusterNetwork } from "./cluster-network";
import { quoted } from "./unchangeable";

/** An existing network with port security. It is not changed. */
export interface ExistingNetworkProps {
  /** @changes refused: make a new tenant; the machines' ports would be replaced */
  readonly useExistingNetwork: true;
  /**
   * Name of the network.
   *
   * @changes refused: make a new tenant; the machines' ports would be replaced
   */
  readonly name: string;
  /**
   * Name of its subnet.
   *
   * @changes refused: make a new tenant; addresses would change while the machines run
   */
  readonly subnet: string;
  /**
   * Addresses of that subnet, such as `"20.0.0.0/24"`. The plan fails if the subnet has others.
   *
   * @changes refused: write the subnet's own addresses; another subnet needs a new tenant
   */
  readonly cidr: string;
}

interface ExistingNetworkContext extends ExistingNetworkProps {
  /** Whether floating IPs lead into the network. */
  readonly needsRouter: boolean;
}

/** Looks up a network and its subnet by their names. */
export class ExistingNetwork extends Construct implements IClusterNetwork {
  readonly networkId: string;
  readonly subnetId: string;
  readonly route = [];

  constructor(scope: Construct, id: string, props: ExistingNetworkContext) {
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
    if (props.needsRouter) this.checkRouter(props.subnet, network, subnet);
    this.networkId = network.id;
    this.subnetId = subnet.id;
  }

  /** Neutron gives no floating IP to a port behind which there is no router. Ports of others' networks cannot be seen. */
  private checkRouter(
    name: string,
    network: DataOpenstackNetworkingNetworkV2,
    subnet: DataOpenstackNetworkingSubnetV2,
  ): void {
    const { projectId } = new DataOpenstackIdentityAuthScopeV3(this, "Project", { name: "network" });
    new DataOpenstackNetworkingPortIdsV2(this, "RouterPorts", {
      networkId: network.id,
      fixedIp: subnet.gatewayIp,
      lifecycle: {
        postcondition: [
          {
            condition: `\${length(self.ids) > 0 || ${quoted(network.tenantId)} != ${quoted(projectId)}}`,
            errorMessage: `The subnet ${name} has no router at its gateway, so no floating IP leads into it; connect it to a router with an external network, or remove bastion, openVpn and floating IPs.`,
          },
        ],
      },
    });
  }
}
