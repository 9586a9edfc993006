import { CentralError } from "../../central/client";
import { parseTarget, recallInstance, type Target } from "../../central/instances";
import { listRecords, RecordStore } from "../../central/record-store";
import type { Instance } from "../../contract/instance";
import type { Clock } from "../../core/clock";
import { mapConcurrently } from "../../core/concurrent";
import type { VaultClient } from "../../vault/client";
import { LocalError } from "../../vault/errors";
import { enterCluster } from "../cluster";
import { openConnections } from "../connections";
import { OperatorToken } from "../identities/operator-token";
import { proofOf } from "../drill/restore-proof";
import type { NetworkOptions } from "../network";
import { unfilledPlaceholders } from "../placeholders/unfilled";
import { serversOf, type Servers } from "../servers";
import { issuersOf } from "./issuers";
import { inspectInstance, inspectRecord, type InstanceStatus } from "./inspect";

/** Key of the record's metadata with the time at which `escrow verify` proved the keys. */
const ESCROW_VERIFIED = "escrow-verified";

/** Folders that are listed at once. Each needs a connection to the central Vault. */
const LISTS_AT_ONCE = 16;

/** Finds the instances of a selection: one, a tenant's, or all. @param selection `<tenant>` or `<tenant>/<instance>`. */
export async function selectInstances(central: VaultClient, selection: string | undefined): Promise<Target[]> {
  if (selection?.includes("/")) return [parseTarget(selection)];
  const tenants =
    selection === undefined ? (await listRecords(central, "")).filter((key) => key.endsWith("/")) : [`${selection}/`];
  const found = await mapConcurrently(tenants, LISTS_AT_ONCE, async (folder) => {
    const names = (await listRecords(central, folder)).filter((key) => !key.endsWith("/"));
    return names.map((name) => ({ tenant: folder.slice(0, -1), name }));
  });
  return found.flat();
}

/** The servers of an instance that was taken down. */
function noServer(): never {
  throw new Error("A retired instance has no server.");
}

/** Inspects one instance. If that fails, the instance has a status as well, so that it does not hide the others. */
export async function statusOf(
  central: VaultClient,
  target: Target,
  options: { readonly clock: Clock; readonly network?: NetworkOptions },
): Promise<InstanceStatus> {
  const status = await instanceStatus(central, target, options);
  const store = new RecordStore(central, target.tenant, target.name, options.clock);
  const metadata = await store.readMetadata();
  const { time: restoreProven } = proofOf(metadata) ?? {};
  const { [ESCROW_VERIFIED]: escrowVerified } = metadata;
  return {
    ...status,
    ...(restoreProven === undefined ? {} : { restoreProven }),
    ...(escrowVerified === undefined ? {} : { escrowVerified }),
  };
}

/** Asks the servers of an instance, as the identity `operate`. */
async function askInstance(instance: Instance, { store, servers, clock, central }: Asking): Promise<InstanceStatus> {
  const operator = OperatorToken.of(central, instance, servers);
  try {
    const status = await inspectInstance(instance, store, servers.replica, clock, operator);
    const active = status.replicas.find((replica) => replica.active);
    const asked = { instance, active, operator, content: servers.content };
    const [placeholders, issuers] = await Promise.all([unfilledPlaceholders(asked), issuersOf(asked)]);
    return {
      ...status,
      ...(placeholders === undefined ? {} : { placeholders }),
      ...(issuers.length === 0 ? {} : { issuers }),
    };
  } finally {
    await operator.end();
  }
}

interface Asking {
  readonly store: RecordStore;
  readonly servers: Servers;
  readonly clock: Clock;
  readonly central: VaultClient;
}

async function instanceStatus(
  central: VaultClient,
  target: Target,
  { clock, network }: { readonly clock: Clock; readonly network?: NetworkOptions },
): Promise<InstanceStatus> {
  const store = new RecordStore(central, target.tenant, target.name, clock);
  try {
    const instance = await recallInstance(central, target);
    if (instance.retired === true) return await inspectInstance(instance, store, noServer, clock);
    const cluster = await enterCluster(central, instance, network);
    try {
      const connections = await openConnections(instance, cluster, network);
      const servers = serversOf(central, instance, connections);
      try {
        const status = await askInstance(instance, { store, servers, clock, central });
        const remaining = await cluster?.sealToken?.remaining(central);
        if (remaining === undefined) return status;
        const sealTokenExpires = new Date(clock.date().getTime() + remaining * 1000).toISOString();
        return { ...status, healthy: status.healthy && remaining > 0, sealTokenExpires };
      } finally {
        await servers.end();
        await connections.close();
      }
    } finally {
      await cluster?.close();
    }
  } catch (error) {
    // A failure of the central Vault or of this machine is not a failure of the instance.
    if (error instanceof LocalError || (error instanceof CentralError && error.failure !== "missing")) throw error;
    return inspectRecord(store, error);
  }
}
