import { Construct } from "constructs";
import { ComputeInstanceV2, NetworkingFloatingipV2 } from "../../terraform/providers/openstack";
import { createPort, type MachineDefaults } from "./machine";
import { bootSource } from "./machine-volume";
import type { Flavor, NodeDefaults, VolumeProps } from "./node-group";

/** A small machine with an address outside. */
export interface GatewayProps {
  /** Name of the network that its floating IP is taken from. */
  readonly floatingIpPool: string;
  /** @default - the cluster's */
  readonly flavor?: Flavor;
  /** @default - the cluster's */
  readonly image?: string;
  /** @default - the cluster's */
  readonly bootVolume?: VolumeProps;
}

/** A machine through which the tenant's people reach its cluster. */
export interface OpenVpnProps extends GatewayProps {
  /** Networks that they come from, as CIDRs. */
  readonly clientCidrs: readonly string[];
}

/** A gateway with nothing left to default. */
export type Gateway = GatewayProps & Required<Pick<GatewayProps, "image" | "flavor">>;

/** A gateway whose missing properties are those of the cluster's nodes. */
export function withClusterDefaults<Props extends GatewayProps>(
  gateway: Props,
  { image, flavor, bootVolume }: NodeDefaults,
): Props & Gateway {
  return {
    ...gateway,
    image: gateway.image ?? image,
    flavor: gateway.flavor ?? flavor,
    bootVolume: gateway.bootVolume ?? bootVolume,
  };
}

interface GatewayNodeProps extends MachineDefaults {
  readonly name: string;
  readonly role: "bastion" | "vpn";
  readonly flavorId: string;
  readonly imageId: string;
  readonly bootVolume?: VolumeProps;
  readonly floatingIpPool: string;
  readonly securityGroupId: string;
}

/** One machine, its port, and a floating IP: the only ways in from outside. */
export class GatewayNode extends Construct {
  /** Address outside. */
  readonly floatingIp: string;

  constructor(scope: Construct, id: string, props: GatewayNodeProps) {
    super(scope, id);
    const { name, network, tenant, imageId, flavorId, bootVolume } = props;
    const tags = [...props.tags];
    const port = createPort(this, {
      ...props,
      securityGroupIds: [props.securityGroupId],
      // It has an address outside, so that it keeps its guard where nodes have none.
      portSecurity: network.portSecurity === undefined ? undefined : true,
    });
    new ComputeInstanceV2(this, "Resource", {
      name,
      ...bootSource(
        this,
        imageId,
        bootVolume && { ...bootVolume, name: `${name}-boot`, tenant, preventDestroy: false },
      ),
      flavorId,
      keyPair: props.keyPair,
      network: [{ port: port.id }],
      userData: props.userData,
      metadata: { tenant, role: props.role },
      dependsOn: [...network.route],
      tags,
      // As for nodes: it is replaced when somebody asks for it, and not because an image was renamed.
      lifecycle: { ignoreChanges: ["image_name", "image_id", "key_pair", "user_data"] },
    });
    const floating = new NetworkingFloatingipV2(this, "FloatingIp", {
      pool: props.floatingIpPool,
      portId: port.id,
      description: `${props.role} of ${tenant}`,
      tags,
      dependsOn: [...network.route],
    });
    this.floatingIp = floating.address;
  }
}
