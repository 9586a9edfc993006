import type { Construct } from "constructs";
import { checkSizes } from "../../core/size";
import type { ApiAccess } from "./api-access";
import type { Gateway } from "./gateways";
import type { NodeGroup } from "./node-group";
import type { Demand } from "./preflight";
import { groupsOf, type SecurityRule } from "./security-rules";

/** Parts of a cluster. */
interface ClusterParts {
  readonly groups: readonly NodeGroup[];
  readonly network: object;
  readonly key: object;
  readonly apiAccess: ApiAccess;
  readonly gateways: readonly (Gateway | undefined)[];
}

/** Sums the cloud resources of a cluster with any provisioner. @throws ValidationError if the size of a volume is not a Size. */
export function clusterDemand({ groups, network, key, apiAccess, gateways }: ClusterParts, scope: Construct): Demand {
  const entrances = gateways
    .filter((gateway) => gateway !== undefined)
    .map((gateway) => ({ ...gateway, count: 1, availabilityZones: [], volumes: [] }));
  const kinds = [...groups, ...entrances];
  const machines = kinds.map(({ image, flavor, count }) => ({ image, flavor, count }));
  const networks = "useExistingNetwork" in network ? 0 : 1;
  const volumes = kinds.flatMap(({ count, availabilityZones, bootVolume, volumes: others }) =>
    (bootVolume === undefined ? others : [bootVolume, ...others]).map(({ size, availabilityZone }) => ({
      count,
      size,
      zones: availabilityZone === undefined ? availabilityZones : [availabilityZone],
    })),
  );
  for (const volume of volumes) checkSizes(volume, ["size"], scope);
  return {
    machines,
    availabilityZones: distinct(groups.flatMap(({ availabilityZones }) => availabilityZones)),
    volumeZones: distinct(volumes.flatMap(({ zones }) => zones)),
    // Each network has a port for its router and one for DHCP. A load balancer has a port, too.
    ports: sum(machines, ({ count }) => count) + 2 * networks + (apiAccess.hasLoadBalancer ? 1 : 0),
    floatingIps: entrances.length + apiAccess.countFloatingIps(sum(groups, ({ count }) => count)),
    floatingIpPools: networks === 0 ? floatingIpPools({ apiAccess, gateways }) : [],
    networks,
    volumes: sum(volumes, ({ count }) => count),
    gigabytes: sum(volumes, ({ count, size }) => count * size.toGibibytes()),
    keyPairs: "publicKey" in key ? 1 : 0,
    serverGroups: 0,
    serverGroupMembers: 0,
    securityGroups: 0,
    securityGroupRules: 0,
  };
}

/** Networks from which floating IPs are taken. */
export function floatingIpPools({
  apiAccess,
  gateways,
}: {
  readonly apiAccess?: ApiAccess;
  readonly gateways: readonly (Pick<Gateway, "floatingIpPool"> | undefined)[];
}): string[] {
  const pools = [...gateways.map((gateway) => gateway?.floatingIpPool), apiAccess?.pool];
  return distinct(pools.filter((pool) => pool !== undefined));
}

/** Rules of the group that Neutron gives every project. */
const RULES_OF_DEFAULT_GROUP = 4;

/** Rules that Neutron adds to every group: egress by IPv4 and IPv6. */
const RULES_OF_NEW_GROUP = 2;

/** Adds the resources of individual machines. The quota also counts the project's default security group. */
export function groupDemand(groups: readonly NodeGroup[], rules: readonly SecurityRule[]): Partial<Demand> {
  const securityGroups = groupsOf(rules).length;
  return {
    serverGroups: groups.length,
    serverGroupMembers: Math.max(...groups.map(({ count }) => count)),
    securityGroups: 1 + securityGroups,
    securityGroupRules:
      RULES_OF_DEFAULT_GROUP +
      RULES_OF_NEW_GROUP * securityGroups +
      sum(rules, ({ from }) => (typeof from === "string" ? 1 : from.length)),
  };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
