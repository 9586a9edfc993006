import { Construct } from "constructs";
import { ComputeInstanceV2, NetworkingFloatingipV2 } from "../../terraform/providers/openstack";
import { createPort, type MachineDefaults } from "./machine";
import { bootSource } from "./machine-volume";
import type { Flavor, NodeDefaults, VolumeProps } from "./node-group";

/** A small machine with a floating IP. */
export interface GatewayProps {
  /** Name of the network from which the floating IP is allocated. */
  readonly floatingIpPool: string;
  /**
   * Size of the machine.
   *
   * @default - the flavor of the cluster
   */
  readonly flavor?: Flavor;
  /**
   * Name of its image.
   *
   * @default - the image of the cluster
   */
  readonly image?: string;
  /**
   * Its boot volume.
   *
   * @default - the boot volume of the cluster
   */
  readonly bootVolume?: VolumeProps;
}

/** A machine through which the tenant's people reach its cluster. */
export interface OpenVpnProps extends GatewayProps {
  /** Networks from which they connect, as CIDRs. */
  readonly clientCidrs: readonly string[];
}

/** A gateway with all defaults applied. */
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

/** A machine with a port and a floating IP, through which people enter the network. */
export class GatewayNode extends Construct {
  /** The floating IP. */
  readonly floatingIp: string;

  constructor(scope: Construct, id: string, props: GatewayNodeProps) {
    super(scope, id);
    const { name, network, tenant, imageId, flavorId, bootVolume } = props;
    const tags = [...props.tags];
    const port = createPort(this, {
      ...props,
      securityGroupIds: [props.securityGroupId],
      // The gateway is reachable from outside, so it has a security group even if nodes have none.
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
      // As with nodes, a renamed image does not replace the machine; an operator does.
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
