import { blocksOf, dataOf, type Block, type SynthesizedStack } from "./synthesized-stack";
import { OpenStackError, openStackOf, type OpenStack } from "./openstack";

/**
 * What the cloud lacks for machines that do not exist yet: external networks, and what is free of the project's quota. Nothing is
 * checked if the environment has no credentials; clouds.yaml is not read. @returns One line per problem.
 */
export async function checkCloud(
  stacks: readonly SynthesizedStack[],
  environment: NodeJS.ProcessEnv,
): Promise<string[]> {
  const [stack] = stacks.filter((each) => blocksOf(each, "openstack_compute_instance_v2").length > 0);
  if (stack === undefined) return [];
  try {
    const cloud = await openStackOf(environment);
    if (cloud === undefined) return [];
    const networks = await checkNetworks(stack, cloud);
    return [...networks, ...(await checkFree(stack, cloud))];
  } catch (error) {
    if (error instanceof OpenStackError) return [error.message];
    throw error;
  }
}

async function checkNetworks(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const pools = blocksOf(stack, "openstack_networking_floatingip_v2").map(({ pool }) => pool);
  const read = dataOf(stack, "openstack_networking_network_v2").map(({ name }) => name);
  const names = [...new Set([...pools, ...read])].filter((name) => typeof name === "string" && !name.includes("${"));
  const found = await Promise.all(names.map(async (name) => ({ name, networks: await cloud.networks(String(name)) })));
  return found.flatMap(({ name, networks }) => {
    if (networks.length === 0)
      return [
        `${stack.name} uses the network ${String(name)}, which the cloud does not have; change its name in the tenant file.`,
      ];
    return pools.includes(name) && !networks.some((network) => network["router:external"] === true)
      ? [
          `${stack.name} takes floating IPs from the network ${String(name)}, which is not external; name an external network.`,
        ]
      : [];
  });
}

/** What a stack takes of a quota. */
interface Taken {
  readonly what: string;
  readonly count: number;
}

async function checkFree(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const machines = blocksOf(stack, "openstack_compute_instance_v2");
  // The machines of a tenant that is deployed are in use already.
  if (await cloud.hasServer(String(machines[0]?.name))) return [];
  const taken: Readonly<Record<string, Taken>> = {
    instances: { what: "machines", count: machines.length },
    floatingip: countOf(stack, "openstack_networking_floatingip_v2", "floating IPs"),
    network: countOf(stack, "openstack_networking_network_v2", "networks"),
    router: countOf(stack, "openstack_networking_router_v2", "routers"),
    port: countOf(stack, "openstack_networking_port_v2", "ports"),
    security_group: countOf(stack, "openstack_networking_secgroup_v2", "security groups"),
  };
  const free = await cloud.free();
  return Object.entries(taken).flatMap(([quota, { what, count }]) => {
    const left = free[quota];
    return left === undefined || count <= left
      ? []
      : [
          `${stack.name} takes ${count} ${what}, but ${Math.max(left, 0)} are free in the quota of the project; raise it, or make the cluster smaller.`,
        ];
  });
}

function countOf(stack: SynthesizedStack, type: string, what: string): Taken {
  const blocks: readonly Block[] = blocksOf(stack, type);
  return { what, count: blocks.length };
}
