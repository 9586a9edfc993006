import { Fn, Op, TerraformSelf, Token } from "cdktf";
import { Construct } from "constructs";
import { requireProviderRanges } from "../../terraform/provider-ranges";
import {
  DataOpenstackBlockstorageAvailabilityZonesV3,
  DataOpenstackBlockstorageQuotasetV3,
  DataOpenstackComputeAvailabilityZonesV2,
  DataOpenstackComputeFlavorV2,
  DataOpenstackComputeQuotasetV2,
  DataOpenstackIdentityAuthScopeV3,
  DataOpenstackImagesImageIdsV2,
  DataOpenstackNetworkingNetworkV2,
  DataOpenstackNetworkingQuotaV2,
} from "../../terraform/providers/openstack";
import type { Flavor } from "./node-group";
import { quoted } from "./unchangeable";

/** Resources of the cloud that a cluster needs. */
export interface Demand {
  /** Machines by image and flavor. */
  readonly machines: readonly { readonly image: string; readonly flavor: Flavor; readonly count: number }[];
  readonly availabilityZones: readonly string[];
  /** Zones of volumes. Cinder has zones of its own. */
  readonly volumeZones: readonly string[];
  readonly ports: number;
  readonly floatingIps: number;
  /** Names of the networks from which they are taken. @default - the network of the router, which is looked up with it */
  readonly floatingIpPools?: readonly string[];
  readonly networks: number;
  readonly volumes: number;
  /** Gibibytes of all volumes. */
  readonly gigabytes: number;
  readonly keyPairs: number;
  readonly serverGroups: number;
  /** Machines of the largest server group. */
  readonly serverGroupMembers: number;
  readonly securityGroups: number;
  readonly securityGroupRules: number;
}

/** Properties of {@link Preflight}. */
export interface PreflightProps {
  readonly demand: Demand;
  /** Whether to check quotas. Some clouds do not let projects read them. */
  readonly checkQuotas: boolean;
}

/**
 * Checks the cloud at plan time: images, flavors, zones, and quotas too small for this cluster alone. The plan fails with a
 * sentence, so that an apply does not stop half-way.
 */
export class Preflight extends Construct {
  private readonly images = new Map<string, DataOpenstackImagesImageIdsV2>();
  private readonly flavors = new Map<string, DataOpenstackComputeFlavorV2>();

  constructor(scope: Construct, id: string, { demand, checkQuotas }: PreflightProps) {
    super(scope, id);
    requireProviderRanges(this);
    for (const { image, flavor } of demand.machines) {
      this.lookUpImage(image);
      this.lookUpFlavor(flavor);
    }
    if (demand.availabilityZones.length > 0) this.checkZones(demand.availabilityZones);
    if (demand.volumeZones.length > 0) this.checkVolumeZones(demand.volumeZones);
    for (const name of demand.floatingIpPools ?? []) {
      // As with a flavor, the provider itself fails if there is none, and the address names the pool.
      new DataOpenstackNetworkingNetworkV2(this, `FloatingIpPool-${name}`, { name, external: true });
    }
    if (checkQuotas) this.checkQuotas(demand);
  }

  /** ID of the newest image of a name. */
  imageId(image: string): string {
    return Token.asString(Fn.element(this.lookUpImage(image).ids, 0));
  }

  /** ID of a flavor. */
  flavorId(flavor: Flavor): string {
    return this.lookUpFlavor(flavor).id;
  }

  private lookUpImage(image: string): DataOpenstackImagesImageIdsV2 {
    const known = this.images.get(image);
    if (known !== undefined) return known;
    const found = new DataOpenstackImagesImageIdsV2(this, `Image-${image}`, {
      name: image,
      sort: "updated_at:desc",
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.ids) > 0}",
            errorMessage: `The cloud has no image named ${image}; upload it, or name another in "image".`,
          },
        ],
      },
    });
    this.images.set(image, found);
    return found;
  }

  private lookUpFlavor(flavor: Flavor): DataOpenstackComputeFlavorV2 {
    const id = "id" in flavor ? `Flavor-id-${flavor.id}` : `Flavor-${flavor.name}`;
    const known = this.flavors.get(id);
    if (known !== undefined) return known;
    // If the flavor does not exist, the provider itself fails ("Your query returned no results"). Terraform evaluates no condition
    // of a data source that fails, and no data source lists flavors. Terraform adds the address, which names the flavor.
    const found = new DataOpenstackComputeFlavorV2(
      this,
      id,
      "id" in flavor ? { flavorId: flavor.id } : { name: flavor.name },
    );
    this.flavors.set(id, found);
    return found;
  }

  private checkZones(zones: readonly string[]): void {
    new DataOpenstackComputeAvailabilityZonesV2(this, "AvailabilityZones", {
      lifecycle: {
        postcondition: contained(
          zones,
          (zone, names) => `The cloud has no availability zone ${zone}, only ${names}; change "availabilityZones".`,
        ),
      },
    });
  }

  private checkVolumeZones(zones: readonly string[]): void {
    new DataOpenstackBlockstorageAvailabilityZonesV3(this, "VolumeZones", {
      lifecycle: {
        postcondition: contained(
          zones,
          (zone, names) =>
            `Cinder has no availability zone ${zone}, only ${names}; set the "availabilityZone" of the volumes.`,
        ),
      },
    });
  }

  private checkQuotas(demand: Demand): void {
    const { projectId } = new DataOpenstackIdentityAuthScopeV3(this, "Project", { name: "preflight" });
    const machines = demand.machines.reduce((sum, { count }) => sum + count, 0);
    const byFlavor = new Map<DataOpenstackComputeFlavorV2, number>();
    for (const { flavor, count } of demand.machines) {
      const found = this.lookUpFlavor(flavor);
      byFlavor.set(found, count + (byFlavor.get(found) ?? 0));
    }
    const perMachine = (attribute: "vcpus" | "ram"): number =>
      [...byFlavor].map(([flavor, count]) => Op.mul(count, flavor[attribute])).reduce((sum, next) => Op.add(sum, next));

    new DataOpenstackComputeQuotasetV2(this, "ComputeQuota", {
      projectId,
      lifecycle: {
        postcondition: [
          ...atLeast("instances", machines, "machines"),
          ...atLeast("cores", perMachine("vcpus"), "virtual CPUs"),
          ...atLeast("ram", perMachine("ram"), "MiB of memory"),
          ...atLeast("key_pairs", demand.keyPairs, "key pairs"),
          ...atLeast("server_groups", demand.serverGroups, "server groups"),
          ...atLeast("server_group_members", demand.serverGroupMembers, "machines in a server group"),
        ],
      },
    });
    new DataOpenstackNetworkingQuotaV2(this, "NetworkQuota", {
      projectId,
      lifecycle: {
        postcondition: [
          ...atLeast("port", demand.ports, "ports"),
          ...atLeast("network", demand.networks, "networks"),
          ...atLeast("subnet", demand.networks, "subnets"),
          ...atLeast("router", demand.networks, "routers"),
          ...atLeast("floatingip", demand.floatingIps, "floating IPs"),
          ...atLeast("security_group", demand.securityGroups, "security groups"),
          ...atLeast("security_group_rule", demand.securityGroupRules, "security group rules"),
        ],
      },
    });
    if (demand.volumes === 0) return;
    new DataOpenstackBlockstorageQuotasetV3(this, "VolumeQuota", {
      projectId,
      lifecycle: {
        postcondition: [
          ...atLeast("volumes", demand.volumes, "volumes"),
          ...atLeast("gigabytes", demand.gigabytes, "GiB of volumes"),
        ],
      },
    });
  }
}

/** Conditions that a data source lists each zone. */
function contained(
  zones: readonly string[],
  complaint: (zone: string, names: string) => string,
): { condition: string; errorMessage: string }[] {
  return zones.map((zone) => ({
    condition: `\${contains(self.names, ${quoted(zone)})}`,
    errorMessage: complaint(zone, '\${join(", ", self.names)}'),
  }));
}

/** Conditions that a quota suffices; -1 is unlimited; https://docs.openstack.org/nova/latest/admin/quotas.html */
function atLeast(quota: string, needed: number, what: string): { condition: string; errorMessage: string }[] {
  if (needed === 0) return [];
  const allowed = TerraformSelf.getNumber(quota);
  return [
    {
      condition: Token.asString(Op.or(Op.eq(allowed, -1), Op.gte(allowed, needed))),
      errorMessage: `The project's quota allows \${self.${quota}} ${what}, this cluster alone takes ${Token.asString(needed)}; raise it, or make the cluster smaller.`,
    },
  ];
}
