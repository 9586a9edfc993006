import type { VaultClient } from "../../vault/client";
import type { InstanceCluster } from "../cluster";
import type { RunContext } from "../context";

/**
 * Gives servers in a cluster what they need before they start: a certificate that fits and is valid for long enough, and a
 * token for their seal. What somebody else gives is waited for.
 */
export async function supplyServers(central: VaultClient, cluster: InstanceCluster, run: RunContext): Promise<void> {
  await cluster.certificate.ensure(central, run);
  await cluster.sealToken?.ensure(central, run.clock);
}
