import { Construct } from "constructs";
import { ComputeInstanceV2 } from "../../terraform/providers/openstack";
import { createFloatingIp } from "./floating-ip";
import { createPort, type MachineDefaults } from "./machine";
import { bootSource, bootSourceOf } from "./machine-volume";
import type { Flavor, NodeDefaults, VolumeProps } from "./node-group";
import { refuseChanges } from "./unchangeable";

/** A small machine with a floating IP. */
export interface GatewayProps {
  /**
   * Name of the network from which the floating IP is allocated.
   *
   * @changes refused: remove the gateway and add it again; the address changes
   */
  readonly floatingIpPool: string;
  /**
   * Size of the machine.
   *
   * @default - the flavor of the cluster
   * @changes in place: the gateway restarts
   */
  readonly flavor?: Flavor;
  /**
   * Name of its image.
   *
   * @default - the image of the cluster
   * @changes new nodes only: the running gateway keeps its image
   */
  readonly image?: string;
  /**
   * Its boot volume.
   *
   * @default - the boot volume of the cluster
   * @changes refused: remove the gateway and add it again; it would be replaced, an OpenVPN gateway with its keys
   */
  readonly bootVolume?: VolumeProps;
}

/** A machine through which the tenant's people reach its cluster. */
export interface OpenVpnProps extends GatewayProps {
  /**
   * Networks from which they connect, as CIDRs.
   *
   * @changes in place: security group rules are exchanged
   */
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
    // The OpenVPN gateway holds the only copy of its keys. A bastion holds nothing.
    const preventDestroy = props.role === "vpn" && props.deletionProtection;
    const port = createPort(this, {
      ...props,
      securityGroupIds: [props.securityGroupId],
      // The gateway is reachable from outside, so it has a security group even if nodes have none.
      portSecurity: network.portSecurity === undefined ? undefined : true,
    });
    const guarded = refuseChanges([bootSourceOf(name, bootVolume)]);
    new ComputeInstanceV2(this, "Resource", {
      name,
      ...bootSource(this, imageId, bootVolume && { ...bootVolume, name: `${name}-boot`, tenant, preventDestroy }),
      flavorId,
      keyPair: props.keyPair,
      network: [{ port: port.id }],
      userData: props.userData,
      metadata: { tenant, role: props.role },
      dependsOn: [...network.route],
      tags,
      // As with nodes, a renamed image does not replace the machine; an operator does.
      lifecycle: {
        preventDestroy,
        ...guarded,
        ignoreChanges: ["image_name", "image_id", "key_pair", "user_data", ...guarded.ignoreChanges],
      },
    });
    this.floatingIp = createFloatingIp(this, "FloatingIp", {
      ...props,
      pool: props.floatingIpPool,
      portId: port.id,
      description: `${props.role} of ${tenant}`,
    });
  }
}
