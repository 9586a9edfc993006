import type { ApiAccess } from "./api-access";
import type { GatewayProps } from "./gateways";
import type { NodeDefaults, NodeGroup } from "./node-group";
import type { Demand } from "./preflight";

/** What a cluster is made of. */
interface ClusterParts {
  readonly groups: readonly NodeGroup[];
  readonly network: object;
  readonly apiAccess: ApiAccess;
  readonly gateways: readonly (GatewayProps | undefined)[];
  readonly defaults: Pick<NodeDefaults, "image" | "flavor">;
}

/** Adds up what a cluster takes of the cloud. */
export function clusterDemand({ groups, network, apiAccess, gateways, defaults }: ClusterParts): Demand {
  const nodes = groups.reduce((sum, { count }) => sum + count, 0);
  const entrances = gateways.filter((gateway) => gateway !== undefined);
  const volumes = groups.flatMap(({ count, bootVolume, volumes: others }) =>
    (bootVolume === undefined ? others : [bootVolume, ...others]).map(({ size }) => ({ count, size })),
  );
  return {
    machines: [
      ...groups.map(({ image, flavor, count }) => ({ image, flavor, count })),
      ...entrances.map(({ image, flavor }) => ({
        image: image ?? defaults.image,
        flavor: flavor ?? defaults.flavor,
        count: 1,
      })),
    ],
    availabilityZones: [...new Set(groups.flatMap(({ availabilityZones }) => availabilityZones))].sort(),
    floatingIps: entrances.length + apiAccess.floatingIpsPerNode * nodes,
    networks: "useExistingNetwork" in network ? 0 : 1,
    volumes: volumes.reduce((sum, { count }) => sum + count, 0),
    gigabytes: volumes.reduce((sum, { count, size }) => sum + count * size.toGibibytes(), 0),
  };
}
