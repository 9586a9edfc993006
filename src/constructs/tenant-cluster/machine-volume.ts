import type { Construct } from "constructs";
import { BlockstorageVolumeV3 } from "../../terraform/providers/openstack";
import type { VolumeProps } from "./node-group";
import type { Unchangeable } from "./unchangeable";

interface MachineVolumeProps extends VolumeProps {
  readonly name: string;
  readonly tenant: string;
  /** Image that is copied onto the volume, to boot a machine. @default - none: the volume is empty */
  readonly imageId?: string;
  /** Whether Terraform refuses to destroy the volume. */
  readonly preventDestroy: boolean;
}

/** A volume of a machine. It outlives the machine. */
export function createVolume(
  scope: Construct,
  id: string,
  { name, tenant, size, type, availabilityZone, imageId, preventDestroy }: MachineVolumeProps,
): BlockstorageVolumeV3 {
  return new BlockstorageVolumeV3(scope, id, {
    name,
    size: size.toGibibytes(),
    volumeType: type,
    availabilityZone,
    imageId,
    enableOnlineResize: true,
    metadata: { tenant },
    lifecycle: { preventDestroy, ignoreChanges: ["image_id", "availability_zone"] },
  });
}

/** What a machine boots from, which only another machine can change. */
export function bootSourceOf(name: string, volume: VolumeProps | undefined): Unchangeable {
  const wanted = volume === undefined ? "no boot volume" : "a boot volume";
  return {
    argument: "block_device",
    condition: `length(self.block_device) == ${volume === undefined ? 0 : 1}`,
    message: `${name} was made with ${volume === undefined ? "a boot volume" : "no boot volume"}, and the tenant file says ${wanted}, which would replace the machine; write the former bootVolume, or make a new pool as docs/operating/resize-nodes.md says`,
  };
}

/** What a machine boots from: the flavor's disk with an image on it, or a volume. */
export function bootSource(scope: Construct, imageId: string, volume: Omit<MachineVolumeProps, "imageId"> | undefined) {
  if (volume === undefined) return { imageId };
  const { id: uuid } = createVolume(scope, "BootVolume", { ...volume, imageId });
  return {
    blockDevice: [{ uuid, sourceType: "volume", destinationType: "volume", bootIndex: 0, deleteOnTermination: false }],
  };
}
