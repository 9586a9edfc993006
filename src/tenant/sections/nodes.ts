import type { NodePoolProps, Taint, VolumeProps } from "../../constructs/tenant-cluster/node-group";
import { choice, count, discriminatedBy, list, map, name } from "../builders";
import { label, labelKey, labelValue, size } from "../fields";
import { shape, type InFile } from "../in-file";

/** Schema of the size of a machine. */
export const flavor = discriminatedBy(
  "id",
  '{ name: "..." } or { id: "..." }',
  shape<{ readonly id: string }>()({ id: name("3") }),
  shape<{ readonly name: string }>()({ name: name("m1.large") }),
);

/** Schema of a Cinder volume. */
export const volume = shape<InFile<VolumeProps>>()({
  size,
  type: name("ssd").optional(),
  availabilityZone: name("az1").optional(),
}).meta({ title: "volume" });

const taint = shape<Taint>()({
  key: labelKey,
  value: labelValue,
  effect: choice("NoSchedule", "PreferNoSchedule", "NoExecute"),
});

/** Schema of a pool of workers. */
export const pool = shape<InFile<NodePoolProps>>()({
  name: label,
  count: count("a whole number from 1"),
  flavor: flavor.optional(),
  image: name("Ubuntu-Jammy-22.04").optional(),
  availabilityZones: list(name("az1"), '"az1"').optional(),
  bootVolume: volume.optional(),
  volumes: list(volume, '{ size: "10Gi" }').optional(),
  labels: map(labelKey, labelValue).optional(),
  taints: list(taint, '{ key: "...", value: "...", effect: "NoSchedule" }').optional(),
});
