import { Construct } from "constructs";
import { ComputeInstanceV2, ComputeVolumeAttachV2 } from "../../terraform/providers/openstack";
import { addressOf, createPort, type MachineDefaults } from "./machine";
import { bootSource, bootSourceOf, createVolume } from "./machine-volume";
import type { NodeGroup, VolumeProps } from "./node-group";
import { equals, refuseChanges } from "./unchangeable";

/** Properties of a {@link ClusterNode}. */
export interface ClusterNodeProps extends MachineDefaults, Pick<NodeGroup, "role" | "bootVolume" | "volumes"> {
  readonly name: string;
  /** The IPv4 network of the nodes. */
  readonly cidr: string;
  readonly imageId: string;
  readonly flavorId: string;
  /** Zone of the machine and its volumes. @default - the cloud's choice */
  readonly availabilityZone?: string;
  readonly securityGroupIds: readonly string[];
  /** Server group that places machines on different hosts. @default - none */
  readonly serverGroupId?: string;
}

/**
 * Arguments that apply only when a machine is created. A later change must not replace or rebuild a running machine. The next
 * machine gets the new values.
 */
const MADE_ONCE = ["image_name", "image_id", "key_pair", "user_data", "availability_zone", "scheduler_hints"];

/** One machine and its port. The port and the volumes outlive the machine: a rebuilt node keeps its address and its data. */
export class ClusterNode extends Construct {
  readonly name: string;
  readonly portId: string;
  /** ID of the machine. It changes if the machine is recreated. */
  readonly machineId: string;
  /** Address in the tenant's network, known after the port is created. */
  readonly address: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterNodeProps,
  ) {
    super(scope, id);
    const { name, flavorId, imageId, tenant, role, network } = props;
    const port = createPort(this, { ...props, preventDestroy: role === "control-plane" && props.deletionProtection });
    const guarded = refuseChanges([
      {
        argument: "flavor_id",
        condition: equals("flavor_id", flavorId),
        message: `${name} has the flavor \${self.flavor_id}, and the tenant file another one; a resize restarts the machine, so resize one machine after the other as docs/operating/resize-nodes.md says, or write the former flavor`,
      },
      bootSourceOf(name, props.bootVolume),
    ]);
    const machine = new ComputeInstanceV2(this, "Resource", {
      name,
      // The boot volume of a worker is deleted with the worker.
      ...bootSource(this, imageId, props.bootVolume && this.volume("boot", props.bootVolume, role === "control-plane")),
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
        // The control planes hold the data of etcd.
        preventDestroy: role === "control-plane" && props.deletionProtection,
        ...guarded,
        ignoreChanges: [...MADE_ONCE, ...guarded.ignoreChanges],
      },
    });
    props.volumes.forEach((volume, index) => this.attach(volume, index, machine.id));
    this.name = name;
    this.portId = port.id;
    this.machineId = machine.id;
    this.address = addressOf(this, port, props.cidr);
  }

  private attach(volume: VolumeProps, index: number, instanceId: string): void {
    const created = createVolume(this, `Volume${index}`, this.volume(String(index), volume, true));
    new ComputeVolumeAttachV2(this, `Attachment${index}`, { instanceId, volumeId: created.id });
  }

  private volume(suffix: string, volume: VolumeProps, holdsData: boolean) {
    const { name, tenant, deletionProtection } = this.props;
    const availabilityZone = volume.availabilityZone ?? this.props.availabilityZone;
    const preventDestroy = deletionProtection && holdsData;
    return { ...volume, availabilityZone, name: `${name}-${suffix}`, tenant, preventDestroy };
  }
}
