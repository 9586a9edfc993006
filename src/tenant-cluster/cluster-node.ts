import { Construct } from "constructs";
import { BlockstorageVolumeV3, ComputeInstanceV2, ComputeVolumeAttachV2 } from "../terraform/providers/openstack";
import { addressOf, createPort, type MachineDefaults } from "./machine";
import type { NodeGroup, VolumeProps } from "./node-group";

/** Properties of a {@link ClusterNode}. */
export interface ClusterNodeProps extends MachineDefaults, Pick<NodeGroup, "role" | "bootVolume" | "volumes"> {
  readonly name: string;
  readonly imageId: string;
  readonly flavorId: string;
  /** Zone of the machine and its volumes. @default - the cloud's choice */
  readonly availabilityZone?: string;
  readonly securityGroupIds: readonly string[];
  /** Keeps the group's machines on different hosts. @default - none */
  readonly serverGroupId?: string;
}

/**
 * What a machine was made with. A later change of these says how the next machine is made: none of them may replace, or
 * rebuild, one that runs.
 */
const MADE_ONCE = ["image_name", "image_id", "key_pair", "user_data", "availability_zone", "scheduler_hints"];

/** One machine and its port. The port and the volumes outlive the machine: a rebuilt node keeps its address and its data. */
export class ClusterNode extends Construct {
  readonly name: string;
  readonly portId: string;
  /** Id of the machine, which is another one once it was made anew. */
  readonly machineId: string;
  /** Address in the tenant's network, known once the port is made. */
  readonly address: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterNodeProps,
  ) {
    super(scope, id);
    const { name, flavorId, imageId, tenant, role, network } = props;
    const port = createPort(this, props);
    const machine = new ComputeInstanceV2(this, "Resource", {
      name,
      ...(props.bootVolume === undefined ? { imageId } : this.bootFrom(props.bootVolume)),
      flavorId,
      keyPair: props.keyPair,
      availabilityZone: props.availabilityZone,
      network: [{ port: port.id }],
      schedulerHints: props.serverGroupId === undefined ? undefined : [{ group: props.serverGroupId }],
      userData: props.userData,
      metadata: { tenant, role },
      dependsOn: [...network.route],
      tags: [...props.tags],
      lifecycle: {
        // etcd lives on the control planes.
        preventDestroy: role === "control-plane" && props.deletionProtection,
        ignoreChanges: MADE_ONCE,
      },
    });
    props.volumes.forEach((volume, index) => this.attach(volume, index, machine.id));
    this.name = name;
    this.portId = port.id;
    this.machineId = machine.id;
    this.address = addressOf(port);
  }

  private bootFrom(volume: VolumeProps) {
    const boot = this.createVolume("BootVolume", `${this.props.name}-boot`, volume, this.props.imageId);
    return {
      blockDevice: [
        {
          uuid: boot.id,
          sourceType: "volume",
          destinationType: "volume",
          bootIndex: 0,
          deleteOnTermination: false,
        },
      ],
    };
  }

  private attach(volume: VolumeProps, index: number, instanceId: string): void {
    const created = this.createVolume(`Volume${index}`, `${this.props.name}-${index}`, volume);
    new ComputeVolumeAttachV2(this, `Attachment${index}`, { instanceId, volumeId: created.id });
  }

  private createVolume(
    id: string,
    name: string,
    { size, type, availabilityZone = this.props.availabilityZone }: VolumeProps,
    imageId?: string,
  ): BlockstorageVolumeV3 {
    const { tenant, deletionProtection } = this.props;
    return new BlockstorageVolumeV3(this, id, {
      name,
      size: size.toGibibytes(),
      volumeType: type,
      availabilityZone,
      imageId,
      enableOnlineResize: true,
      metadata: { tenant },
      lifecycle: {
        // A worker's boot volume goes with it; everything else is data.
        preventDestroy: deletionProtection && (imageId === undefined || this.props.role === "control-plane"),
        ignoreChanges: ["image_id", "availability_zone"],
      },
    });
  }
}
