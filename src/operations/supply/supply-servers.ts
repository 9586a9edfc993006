import type { VaultClient } from "../../vault/client";
import type { InstanceCluster } from "../cluster";
import type { RunContext } from "../context";

/**
 * Supplies servers in a cluster with a certificate, a token for their seal, and the credential that they accept while they initialise
 * themselves, before they start. It waits for a certificate that another program issues.
 */
export async function supplyServers(central: VaultClient, cluster: InstanceCluster, run: RunContext): Promise<void> {
  await cluster.certificate.ensure(central, run);
  await cluster.sealToken?.ensure(central, run.clock);
  await cluster.bootstrap?.ensure();
}
