import { describeInstance, parseTarget } from "../central/instances";
import { Journal, journalFolder } from "../central/journal";
import { connectToCentral } from "../central/login";
import { RecordStore } from "../central/record-store";
import type { Instance } from "../contract/instance";
import { enterCluster, type InstanceCluster } from "../operations/cluster";
import { openConnections } from "../operations/connections";
import type { OperationContext, RunContext } from "../operations/context";
import { supplyServers } from "../operations/supply/supply-servers";
import type { VaultClient } from "../vault/client";
import { ReplicaApi } from "../vault/replica";
import type { CommandHost } from "./command";

/**
 * Connects to the central Vault and to an instance, and disconnects when the work is done.
 *
 * @param target `<tenant>/<instance>`.
 * @param timeout Seconds after which nothing is waited for any more.
 */
export async function withInstance<Result>(
  host: CommandHost,
  target: string,
  timeout: number,
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  const { clock, signal } = host;
  const run = { clock, signal, deadline: clock.now() + timeout * 1000, log: host.log.with({ instance: target }) };
  const named = parseTarget(target);
  const central = await connectToCentral(host.environment);
  try {
    const instance = await describeInstance(central, named, host.environment);
    const cluster = await enterCluster(central, instance);
    try {
      if (cluster !== undefined) await supplyServers(central, cluster, run);
      return await connected({ host, central, instance, cluster, run }, work);
    } finally {
      await cluster?.close();
    }
  } finally {
    await central.close();
  }
}

interface Connected {
  readonly host: CommandHost;
  readonly central: VaultClient;
  readonly instance: Instance;
  readonly cluster: InstanceCluster | undefined;
  readonly run: RunContext;
}

async function connected<Result>(
  { host, central, instance, cluster, run }: Connected,
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  const { tenant, name } = instance;
  const connections = await openConnections(instance, cluster);
  try {
    return await work({
      ...run,
      instance,
      store: new RecordStore(central, tenant, name, run.clock),
      journal: new Journal(journalFolder(host.environment), `${tenant}/${name}`),
      replica: (replica) => new ReplicaApi(connections.client(replica)),
      pods: cluster?.pods,
    });
  } finally {
    await connections.close();
  }
}
