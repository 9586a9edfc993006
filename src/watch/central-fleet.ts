import { holdOf, refuseHeld } from "../central/hold";
import { descriptionDigest } from "../central/instance-metadata";
import { parseTarget, verifiedInstance, type Target } from "../central/instances";
import { RecordStore, type SeenRecord } from "../central/record-store";
import { ShareGroupRecord } from "../central/share-copies";
import type { Instance } from "../contract/instance";
import { OperationError } from "../core/errors";
import { followPods } from "../kubernetes/informer";
import { TOKEN_SECONDS } from "../kubernetes/service-account";
import { enterCluster } from "../operations/cluster";
import { connectTo, openEndpoints, type Endpoints } from "../operations/connections";
import type { RunContext } from "../operations/context";
import { restoreStateOf, type RestoreState } from "../operations/drill/restore-state";
import { OperatorToken } from "../operations/identities/operator-token";
import type { NetworkOptions } from "../operations/network";
import { serversOf } from "../operations/servers";
import { selectInstances } from "../operations/status/status";
import { unsealSealed } from "../operations/unseal/unseal-sealed";
import type { VaultClient } from "../vault/client";
import type { ReplicaState } from "../vault/replica-state";
import { SealProbe } from "../vault/seal-probe";
import type { Fleet, Sight, Signals, WatchedInstance } from "./fleet";

/** What a {@link CentralFleet} needs besides the central Vault. */
export interface CentralFleetOptions extends Omit<RunContext, "deadline"> {
  readonly network: NetworkOptions;
  /** Group whose shares it sends. @default - it sends the keys of the records */
  readonly shareGroup?: string | undefined;
}

/** What it reads of an instance. */
type WatchedRecord = Pick<RecordStore, "path" | "read" | "readMetadata" | "formerKeys">;

/** Milliseconds that one attempt to unseal may take. */
const PATIENCE = 15_000;

/** Milliseconds that the access to a cluster is used for: half of the lifetime of its token. */
const CLUSTER_ACCESS = (TOKEN_SECONDS / 2) * 1000;

/** The instances whose records the central Vault has. */
export class CentralFleet implements Fleet {
  constructor(
    private readonly central: VaultClient,
    private readonly options: CentralFleetOptions,
  ) {}

  async list(tenant: string | undefined): Promise<readonly string[]> {
    return (await selectInstances(this.central, tenant)).map((target) => `${target.tenant}/${target.name}`);
  }

  async open(name: string, signals: Signals): Promise<WatchedInstance> {
    const target = parseTarget(name);
    const instance = await this.recall(target);
    if (instance === undefined || instance.retired === true) return WITHOUT_SERVERS;
    const link = await connect(this.central, instance, this.options, signals);
    return new CentralInstance(this.central, target, this.options, link, signals);
  }

  async restoreState(instance: string): Promise<RestoreState> {
    return restoreStateOf(await recordOf(this.central, parseTarget(instance), this.options).readMetadata());
  }

  /** @returns Undefined if the record is deleted, as that of a retired instance may be. */
  private async recall(target: Target): Promise<Instance | undefined> {
    try {
      const record = recordOf(this.central, target, this.options);
      return await verifiedInstance(record, target, await record.readMetadata());
    } catch (error) {
      if (error instanceof OperationError && error.code === "record-deleted") return undefined;
      throw error;
    }
  }
}

function recordOf(
  central: VaultClient,
  { tenant, name }: Target,
  { shareGroup, clock }: CentralFleetOptions,
): WatchedRecord {
  return shareGroup === undefined
    ? new RecordStore(central, tenant, name, clock)
    : new ShareGroupRecord(central, shareGroup, tenant, name, clock);
}

const WITHOUT_SERVERS: WatchedInstance = {
  look: () => Promise.resolve([]),
  unseal: () => Promise.resolve([]),
  close: () => Promise.resolve(),
};

/** The servers of an instance, as one description has them. */
interface Link {
  readonly instance: Instance;
  readonly endpoints: Endpoints;
  readonly probes: readonly { readonly replica: string; readonly probe: Probe }[];
  /** Time of the clock at which the access to the cluster is renewed; undefined outside Kubernetes. */
  readonly until: number | undefined;
  close(): Promise<void>;
}

/** Asks one replica for its state, again and again. */
interface Probe {
  status(): Promise<ReplicaState>;
  close(): unknown;
}

async function connect(
  central: VaultClient,
  instance: Instance,
  { network, clock }: CentralFleetOptions,
  { lost, changed }: Signals,
): Promise<Link> {
  const until = instance.kubernetes && clock.now() + CLUSTER_ACCESS;
  const cluster = await enterCluster(central, instance, network);
  try {
    const endpoints = await openEndpoints(instance, cluster, network);
    const probes =
      instance.sharedInstance === undefined
        ? instance.replicas.map((replica) => ({
            replica: replica.name,
            probe: new SealProbe(endpoints.of(replica), lost),
          }))
        : namespaceProbes(central, instance, endpoints);
    const informer = cluster && followPods(cluster.client, cluster.namespace, clock, changed);
    return {
      instance,
      endpoints,
      probes,
      until,
      close: async () => {
        informer?.close();
        for (const { probe } of probes) await probe.close();
        endpoints.close();
        await cluster?.close();
      },
    };
  } catch (error) {
    await cluster?.close();
    throw error;
  }
}

/** The health of the shared server does not tell whether a namespace is sealed. Only a login may ask. */
function namespaceProbes(central: VaultClient, instance: Instance, endpoints: Endpoints): Link["probes"] {
  const connections = connectTo(instance, endpoints);
  const servers = serversOf(central, instance, connections);
  const close = async (): Promise<void> => {
    await servers.end();
    await connections.close();
  };
  return instance.replicas.map((each) => {
    const replica = servers.replica(each);
    return { replica: each.name, probe: { status: () => replica.status(), close } };
  });
}

/** The record has another description than the one that a link was made from. */
class LinkChanged extends Error {}

class CentralInstance implements WatchedInstance {
  private readonly store: WatchedRecord;

  constructor(
    private readonly central: VaultClient,
    private readonly target: Target,
    private readonly options: CentralFleetOptions,
    private link: Link,
    private readonly signals: Signals,
  ) {
    this.store = recordOf(central, target, options);
  }

  get until(): number | undefined {
    return this.link.until;
  }

  async look(): Promise<readonly Sight[]> {
    return Promise.all(
      this.link.probes.map(async ({ replica, probe }) => {
        const status = await probe.status();
        return { replica, state: status.state, attempt: "attempt" in status ? status.attempt : undefined };
      }),
    );
  }

  /**
   * Keys, and the connections that they go through, live from the read of the record to the end of this call. The servers are
   * asked for their state meanwhile. None gets a key before the record has confirmed its address.
   */
  async unseal(): Promise<readonly string[]> {
    const { clock, shareGroup } = this.options;
    const { link } = this;
    const connections = connectTo(link.instance, link.endpoints);
    const servers = serversOf(this.central, link.instance, connections);
    const operator = OperatorToken.of(this.central, this.target, servers);
    const { replica } = servers;
    const context = { ...this.options, instance: link.instance, store: this.store, replica, operator };
    const deadline = clock.now() + PATIENCE;
    try {
      const record = this.confirmed(link);
      // An interrupted run does not wait for it.
      record.catch(() => undefined);
      return await unsealSealed({ ...context, record, isPart: shareGroup !== undefined, deadline });
    } catch (error) {
      if (!(error instanceof LinkChanged)) throw error;
    } finally {
      await operator.end();
      await servers.end();
      await connections.close();
    }
    return this.unseal();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  /** The record, which confirms the description that the link was made from. @throws LinkChanged if there is another link. */
  private async confirmed(link: Link): Promise<SeenRecord> {
    const { path } = this.store;
    const [metadata, record] = await Promise.all([this.store.readMetadata(), this.store.read()]);
    refuseHeld(path, holdOf(metadata));
    const instance = await verifiedInstance({ path, read: () => Promise.resolve(record) }, this.target, metadata);
    if (descriptionDigest(instance) === descriptionDigest(link.instance)) return record;
    this.link = await connect(this.central, instance, this.options, this.signals);
    await link.close();
    throw new LinkChanged();
  }
}
