import type { Construct } from "constructs";
import { NetworkingFloatingipV2 } from "../../terraform/providers/openstack";
import type { MachineDefaults } from "./machine";
import { equals, refuseChanges } from "./unchangeable";

interface FloatingIpProps extends Pick<MachineDefaults, "network" | "tags" | "deletionProtection"> {
  /** Name of the network that it is taken from. */
  readonly pool: string;
  readonly portId: string;
  readonly description: string;
}

/** Creates the address of a port outside the tenant's network. @returns The address. */
export function createFloatingIp(
  scope: Construct,
  id: string,
  { pool, portId, description, network, tags, deletionProtection }: FloatingIpProps,
): string {
  return new NetworkingFloatingipV2(scope, id, {
    pool,
    portId,
    description,
    tags: [...tags],
    dependsOn: [...network.route],
    lifecycle: {
      preventDestroy: deletionProtection,
      ...refuseChanges([
        {
          argument: "pool",
          condition: equals("pool", pool),
          message: `The floating IP \${self.address} (${description}) is from \${self.pool}, and one from ${pool} would be another address; write the former pool, or remove it (destroyable names it) and add it again in two deployments`,
        },
      ]),
    },
  }).address;
}
