import { setMaxListeners } from "node:events";
import { AuthorityStore } from "../central/authority-store";
import { CredentialStore } from "../central/credential-store";
import { describeInstance, parseTarget } from "../central/instances";
import { Journal, journalFolder } from "../central/journal";
import { connectToCentral } from "../central/login";
import { OperationLock } from "../central/operation-lock";
import { RecordStore } from "../central/record-store";
import { ShareCopies } from "../central/share-copies";
import { TemporaryKeyStore } from "../central/temporary-keys";
import type { Instance } from "../contract/instance";
import { enterCluster, type InstanceCluster } from "../operations/cluster";
import { limit } from "../core/abort";
import { proxiesOf } from "../core/proxies";
import { openConnections } from "../operations/connections";
import { OperatorToken } from "../operations/identities/operator-token";
import type { NetworkOptions } from "../operations/network";
import type { ContentContext, RunContext } from "../operations/context";
import { serversOf } from "../operations/servers";
import { supplyServers } from "../operations/supply/supply-servers";
import type { VaultClient } from "../vault/client";
import { SnapshotApi } from "../vault/snapshot";
import type { CommandHost } from "./command";

/** Options of a command that works on an instance. */
export interface InstanceOptions {
  /** Seconds after which the command stops waiting. */
  readonly timeout: number;
  /** Why a person wants to ignore the lock of another run. @default - it is respected */
  readonly breakGlass?: string;
}

/** What a command needs of an instance in Kubernetes. */
export interface InstanceNeeds {
  /** Whether the servers first get what they need to start. It may take rights to write. @default true */
  readonly supplies?: boolean;
}

/**
 * Connects to the central Vault and to an instance, and disconnects when the work is done.
 *
 * @param target `<tenant>/<instance>`.
 * @param work Gets the central Vault too, for what is not of this instance.
 */
export async function withInstance<Result>(
  host: CommandHost,
  target: string,
  { timeout, breakGlass, supplies = true }: InstanceOptions & InstanceNeeds,
  work: (context: ContentContext, central: VaultClient) => Promise<Result>,
): Promise<Result> {
  const { clock, signal, holds } = host;
  const milliseconds = timeout * 1000;
  const run = { clock, signal, holds, deadline: clock.now() + milliseconds, log: host.log.with({ instance: target }) };
  // The end of the run also ends pending requests, before their own timeouts.
  const lifetime = limit(milliseconds, "AbortError", signal);
  const { signal: end } = lifetime;
  // Every pending request listens to it.
  setMaxListeners(0, end);
  const network = { end, proxies: proxiesOf(host.environment) };
  const named = parseTarget(target);
  const central = await connectToCentral(host.environment, end);
  try {
    const instance = await describeInstance(central.withSignal(end), named, host.environment);
    const cluster = await enterCluster(central.withSignal(end), instance, network);
    try {
      if (supplies && cluster !== undefined) await supplyServers(central.withSignal(end), cluster, run);
      return await connected({ host, central, instance, cluster, run, network, breakGlass }, (context) =>
        work(context, central.withSignal(end)),
      );
    } finally {
      await cluster?.close();
    }
  } finally {
    await central.close();
    lifetime.clear();
  }
}

interface Connected {
  readonly host: CommandHost;
  readonly central: VaultClient;
  readonly instance: Instance;
  readonly cluster: InstanceCluster | undefined;
  readonly run: RunContext;
  readonly network: NetworkOptions & { readonly end: AbortSignal };
  readonly breakGlass: string | undefined;
}

async function connected<Result>(
  { host, central, instance, cluster, run, network, breakGlass }: Connected,
  work: (context: ContentContext) => Promise<Result>,
): Promise<Result> {
  const { tenant, name } = instance;
  const connections = await openConnections(instance, cluster, network);
  const credentials = new CredentialStore(central.withSignal(network.end), tenant, name);
  const servers = serversOf(central.withSignal(network.end), instance, connections);
  const { access, content, replica, namespaceLogin } = servers;
  const operator = new OperatorToken({ access, credentials });
  try {
    return await work({
      ...run,
      instance,
      store: new RecordStore(central.withSignal(network.end), tenant, name, run.clock),
      patientStore: new RecordStore(central, tenant, name, run.clock),
      authorities: new AuthorityStore(central.withSignal(network.end), `${tenant}/${name}`),
      shares: new ShareCopies(central.withSignal(network.end), `${tenant}/${name}`),
      journal: new Journal(journalFolder(host.environment), `${tenant}/${name}`),
      lock: new OperationLock(central, `${tenant}/${name}`, run.clock),
      breakGlass,
      credentials,
      temporaryKeys: new TemporaryKeyStore(central, `${tenant}/${name}`),
      bootstrap: cluster?.bootstrap,
      operator,
      access,
      content,
      replica,
      namespaceLogin,
      snapshots: (each, token) => SnapshotApi.as(connections.client(each), token),
      pods: cluster?.pods,
    });
  } finally {
    await operator.end();
    await servers.end();
    await connections.close();
  }
}
