import type { CloudFlavor, OpenStack } from "./openstack";
import { blocksOf, flavorsOf, type SynthesizedStack } from "./synthesized-stack";

/** What a stack takes of a quota. */
interface Taken {
  readonly what: string;
  readonly count: number;
}

/** What is not free of the project's quota for machines that do not exist yet. @returns One line per problem. */
export async function checkQuota(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const [machine] = blocksOf(stack, "openstack_compute_instance_v2");
  // The machines of a tenant that is deployed are in use already.
  if (await cloud.hasServer(String(machine?.name))) return [];
  const volumes = blocksOf(stack, "openstack_blockstorage_volume_v3");
  const [free, freeVolumes, sizes] = await Promise.all([
    cloud.free(),
    volumes.length === 0 ? {} : cloud.freeVolumes(),
    sizesOf(stack, cloud),
  ]);
  const taken: Readonly<Record<string, Taken>> = {
    instances: countOf(stack, "openstack_compute_instance_v2", "machines"),
    cores: { what: "virtual CPUs", count: sum(sizes.map(({ vcpus }) => vcpus)) },
    ram: { what: "MiB of memory", count: sum(sizes.map(({ ram }) => ram)) },
    floatingip: countOf(stack, "openstack_networking_floatingip_v2", "floating IPs"),
    network: countOf(stack, "openstack_networking_network_v2", "networks"),
    router: countOf(stack, "openstack_networking_router_v2", "routers"),
    port: countOf(stack, "openstack_networking_port_v2", "ports"),
    security_group: countOf(stack, "openstack_networking_secgroup_v2", "security groups"),
    volumes: countOf(stack, "openstack_blockstorage_volume_v3", "volumes"),
    gigabytes: { what: "GiB of volumes", count: sum(volumes.map(({ size }) => Number(size))) },
  };
  const left: Readonly<Record<string, number>> = { ...free, ...freeVolumes };
  return Object.entries(taken).flatMap(([quota, { what, count }]) => {
    const room = left[quota];
    return room === undefined || count <= room
      ? []
      : [
          `${stack.name} takes ${count} ${what}, but ${Math.max(room, 0)} are free in the quota of the project; raise it, or make the cluster smaller.`,
        ];
  });
}

/** Sizes of the machines whose flavors the cloud has. */
async function sizesOf(stack: SynthesizedStack, cloud: OpenStack): Promise<CloudFlavor[]> {
  const wanted = flavorsOf(stack);
  if (wanted.length === 0) return [];
  const flavors = await cloud.flavors();
  return wanted.flatMap(({ name, id, machines }) => {
    const found = flavors.find((flavor) => flavor.name === name || flavor.id === id);
    return found === undefined ? [] : Array.from({ length: machines }, () => found);
  });
}

function countOf(stack: SynthesizedStack, type: string, what: string): Taken {
  return { what, count: blocksOf(stack, type).length };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
