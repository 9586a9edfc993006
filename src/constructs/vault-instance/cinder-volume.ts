import { Construct } from "constructs";
import type { Size } from "../../core/size";
import { PersistentVolumeV1 } from "../../terraform/providers/kubernetes";
import { BlockstorageVolumeV3 } from "../../terraform/providers/openstack";
import type { CinderStorageProps } from "./cinder-storage-props";

/** Properties of a {@link CinderVolume}. */
export interface CinderVolumeProps extends Omit<CinderStorageProps, "volumeZones"> {
  readonly tenant: string;
  readonly name: string;
  /** The claim that the volume is reserved for. */
  readonly claim: { readonly name: string; readonly namespace: string };
  readonly size: Size;
  readonly storageClass: string;
  /** Zone of the volume, and of the nodes that may use it. @default - the cloud chooses, and any node */
  readonly availabilityZone?: string;
}

/** A Cinder volume, and the persistent volume that binds it to one claim. */
export class CinderVolume extends Construct {
  /** The CSI driver of Cinder; https://github.com/kubernetes/cloud-provider-openstack */
  static readonly DRIVER = "cinder.csi.openstack.org";

  constructor(scope: Construct, id: string, props: CinderVolumeProps) {
    super(scope, id);
    const { name, claim, size, availabilityZone } = props;
    const volume = new BlockstorageVolumeV3(this, "Resource", {
      name,
      size: size.toGibibytes(),
      volumeType: props.volumeType,
      availabilityZone,
      enableOnlineResize: true,
      metadata: { tenant: props.tenant, claim: `${claim.namespace}/${claim.name}` },
      lifecycle: { preventDestroy: props.deletionProtection ?? true },
    });
    new PersistentVolumeV1(this, "PersistentVolume", {
      metadata: { name },
      spec: [
        {
          capacity: { storage: size.toString() },
          accessModes: ["ReadWriteOnce"],
          persistentVolumeReclaimPolicy: "Retain",
          storageClassName: props.storageClass,
          claimRef: { name: claim.name, namespace: claim.namespace },
          nodeAffinity: availabilityZone === undefined ? undefined : nodesIn(availabilityZone),
          persistentVolumeSource: { csi: { driver: CinderVolume.DRIVER, volumeHandle: volume.id, fsType: "ext4" } },
        },
      ],
    });
  }
}

/** Selects nodes by the zone label that the cloud sets; https://kubernetes.io/docs/reference/labels-annotations-taints/ */
function nodesIn(zone: string) {
  const matchExpressions = [{ key: "topology.kubernetes.io/zone", operator: "In", values: [zone] }];
  return { required: { nodeSelectorTerm: [{ matchExpressions }] } };
}
