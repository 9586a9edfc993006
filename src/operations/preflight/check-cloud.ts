import { checkNames } from "./check-cloud-names";
import { checkQuota } from "./check-cloud-quota";
import { OpenStackError, openStackOf, type OpenStack } from "./openstack";
import { blocksOf, dataOf, textsOf, type SynthesizedStack } from "./synthesized-stack";

/**
 * What the cloud lacks for the machines of a tenant: networks and routes of floating IPs, images, flavors, key pairs, types of
 * volumes, and what is free of the project's quota. Nothing is checked if the environment has no credentials; clouds.yaml is not
 * read. @returns One line per problem.
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
    const checks = [checkNetworks, checkRoutes, checkNames, checkQuota];
    return (await Promise.all(checks.map((check) => check(stack, cloud)))).flat();
  } catch (error) {
    if (error instanceof OpenStackError) return [error.message];
    throw error;
  }
}

async function checkNetworks(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const pools = floatingIpPools(stack);
  const names = [...new Set([...pools, ...textsOf(dataOf(stack, "openstack_networking_network_v2"), "name")])];
  const found = await Promise.all(names.map(async (name) => ({ name, networks: await cloud.networks(name) })));
  return found.flatMap(({ name, networks }) => {
    if (networks.length === 0)
      return [
        `${stack.name} uses the network ${name}, which the cloud does not have; change its name in the tenant file.`,
      ];
    return pools.includes(name) && !networks.some((network) => network["router:external"] === true)
      ? [`${stack.name} takes floating IPs from the network ${name}, which is not external; name an external network.`]
      : [];
  });
}

/** Floating IPs that would lead nowhere, in a network that exists. */
async function checkRoutes(stack: SynthesizedStack, cloud: OpenStack): Promise<string[]> {
  const pools = floatingIpPools(stack);
  const subnets = textsOf(dataOf(stack, "openstack_networking_subnet_v2"), "name");
  if (pools.length === 0) return [];
  const external = (await Promise.all(pools.map((pool) => cloud.networks(pool)))).flat().map(({ id }) => id);
  // The check of the networks tells it.
  if (external.length === 0) return [];
  const problems = subnets.map(async (subnet) => {
    const routes = await cloud.routes(subnet);
    if (routes.length === 0)
      return [
        `${stack.name} uses the subnet ${subnet}, which the cloud does not have; change its name in the tenant file.`,
      ];
    // The project does not see the routers of others.
    const wrong = routes.every(({ isOwn, leadsTo }) =>
      leadsTo.length === 0 ? isOwn : !leadsTo.some((network) => external.includes(network)),
    );
    return wrong
      ? [
          `${stack.name} takes floating IPs from ${pools.join(" and ")}, but no router leads from the subnet ${subnet} there; connect them by a router, or name the network to which its router leads.`,
        ]
      : [];
  });
  return (await Promise.all(problems)).flat();
}

function floatingIpPools(stack: SynthesizedStack): string[] {
  return textsOf(blocksOf(stack, "openstack_networking_floatingip_v2"), "pool");
}
