import { Construct } from "constructs";
import { ComputeInstanceV2, NetworkingFloatingipV2, NetworkingPortV2 } from "../terraform/providers/openstack";
import { Fn, Token } from "cdktf";
import type { MachineDefaults } from "./cluster-node";
import type { Flavor } from "./node-group";

/** A small machine with an address outside. */
export interface GatewayProps {
  /** Name of the network that its floating IP is taken from. */
  readonly floatingIpPool: string;
  /** @default - the cluster's */
  readonly flavor?: Flavor;
  /** @default - the cluster's */
  readonly image?: string;
}

/** A machine through which the tenant's people reach its cluster. */
export interface OpenVpnProps extends GatewayProps {
  /** Networks that they come from, as CIDRs. */
  readonly clientCidrs: readonly string[];
}

interface GatewayNodeProps extends MachineDefaults {
  readonly name: string;
  readonly role: "bastion" | "vpn";
  readonly flavor: Flavor;
  readonly image: string;
  readonly floatingIpPool: string;
  readonly securityGroupId: string;
}

/** One machine, its port, and a floating IP: the only ways in from outside. */
export class GatewayNode extends Construct {
  /** Address in the tenant's network. */
  readonly address: string;
  /** Address outside. */
  readonly floatingIp: string;

  constructor(scope: Construct, id: string, props: GatewayNodeProps) {
    super(scope, id);
    const { name, network, flavor } = props;
    const tags = [...props.tags];
    const port = new NetworkingPortV2(this, "Port", {
      name,
      networkId: network.networkId,
      adminStateUp: true,
      fixedIp: [{ subnetId: network.subnetId }],
      securityGroupIds: [props.securityGroupId],
      tags,
    });
    new ComputeInstanceV2(this, "Resource", {
      name,
      imageName: props.image,
      ...("id" in flavor ? { flavorId: flavor.id } : { flavorName: flavor.name }),
      keyPair: props.keyPair,
      network: [{ port: port.id }],
      userData: props.userData,
      metadata: { tenant: props.tenant, role: props.role },
      dependsOn: [...network.route],
      tags,
      // As for nodes: it is replaced when somebody asks for it, and not because an image was renamed.
      lifecycle: { ignoreChanges: ["image_name", "image_id", "key_pair", "user_data"] },
    });
    const floating = new NetworkingFloatingipV2(this, "FloatingIp", {
      pool: props.floatingIpPool,
      portId: port.id,
      description: `${props.role} of ${props.tenant}`,
      tags,
      dependsOn: [...network.route],
    });
    this.address = Token.asString(Fn.element(port.allFixedIps, 0));
    this.floatingIp = floating.address;
  }
}
