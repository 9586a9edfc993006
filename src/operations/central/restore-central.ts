import { CentralError } from "../../central/client";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { ReplicaError } from "../../vault/errors";
import { keyTypeOf } from "../../vault/keys";
import type { RunContext } from "../context";
import { recoverUnlessDenied, runLoop, UnfinishedError, type Outcome } from "../loop";
import { undefinedIfDenied } from "../raft";
import type { CentralManifest } from "../snapshot/manifest";
import { checkSnapshot, openSnapshot } from "../snapshot/open-snapshot";
import type { SnapshotTarget } from "../snapshot/target";
import { asCentral, findActiveCentral, type CentralServer } from "./central-server";
import { fillEmptyCentral } from "./empty-central";
import { faultsOf, inState, observeServers, type ServerState } from "./server-states";

const POLL = 1_000;

/** What to restore. */
export interface CentralRestore {
  readonly manifest: CentralManifest;
  /** Private keys of age. */
  readonly identities: readonly Secret[];
  /** Why the check of the seal is left out; undefined if the snapshot is checked. */
  readonly forced: string | undefined;
}

/** What a restore did. */
export interface CentralRestoreReport {
  /** Address of the active server. */
  readonly leader: string;
  /** Members of raft that vote; undefined if the token may not ask, or the restored data do not know it. */
  readonly voters: number | undefined;
  /** Whether the servers had no data. */
  readonly blank: boolean;
}

/**
 * Replaces the data of the central Vault by those of a snapshot, and waits until people have unsealed each server and each is in raft.
 *
 * @throws OperationError if the snapshot is damaged, has other keys and is not forced, or time is up.
 */
export async function restoreCentral(
  context: RunContext,
  servers: readonly CentralServer[],
  target: SnapshotTarget,
  { manifest, identities, forced }: CentralRestore,
): Promise<CentralRestoreReport> {
  const open = (): AsyncIterable<Uint8Array> => openSnapshot(target, manifest, identities);
  // Before anything is changed, the whole snapshot is decrypted and checked.
  await checkSnapshot(open());
  const blank = situationOf(await observeServers(servers), forced !== undefined) === "blank";
  if (forced !== undefined) context.log.warn("restores by force", { snapshot: manifest.name, reason: forced });
  const [first] = servers;
  if (blank && first !== undefined) await asCentral(first, () => fillEmptyCentral(context, first, manifest, open));
  else await replaceRunning(context, await findActiveCentral(servers), open, { manifest, identities, forced });
  context.log.info("the central Vault has the data of the snapshot", { snapshot: manifest.name });
  if (blank && keyTypeOf(manifest.seal) === "recovery")
    context.log.warn("restart this server, so that others can join it", { server: first?.address });
  return { ...(await prove(context, servers, manifest)), blank };
}

/**
 * Whether the servers are empty, or run.
 *
 * @throws OperationError if they are neither, or are empty and that is not accepted.
 */
export function situationOf(states: readonly ServerState[], forced: boolean): "blank" | "running" {
  const [away] = inState(states, "unreachable");
  if (away !== undefined)
    throw new CentralError(
      "unreachable",
      `${away.address} does not answer (${away.reason}), so it is not known whether it has data; start it, or leave it out.`,
    );
  const [sealed] = inState(states, "sealed");
  if (sealed !== undefined)
    throw new CentralError(
      "sealed",
      `${sealed.address} is sealed, so it has data; unseal it with "tenant-vault central unseal", or, if an interrupted restore left it, delete its storage, and run this again.`,
    );
  if (inState(states, "unsealed").length > 0) return "running";
  if (forced) return "blank";
  throw new OperationError(
    "data-lost",
    "No server of the central Vault has data; to restore the snapshot into the empty servers, write --force and say why with --break-glass REASON.",
  );
}

async function replaceRunning(
  { log }: RunContext,
  active: CentralServer,
  open: () => AsyncIterable<Uint8Array>,
  { manifest, forced }: CentralRestore,
): Promise<void> {
  const token = await active.logIn();
  await asCentral(active, async () => {
    if ((await active.snapshots(token).restore(open(), forced !== undefined)) === "restored") return;
    throw new OperationError(
      "snapshot-keys",
      `The keys of the central Vault are not those of the snapshot ${manifest.name}; if its people still have the keys of that time, write --force and say why with --break-glass REASON.`,
    );
  });
  try {
    // Another active server reads everything from the restored data. This one has some of it in memory only.
    await active.replica.stepDown(token);
  } catch (error) {
    if (!(error instanceof ReplicaError)) throw error;
    log.warn("restart the active server, because it may have former data in memory", { server: active.address });
  }
}

function prove(
  context: RunContext,
  servers: readonly CentralServer[],
  { name }: CentralManifest,
): Promise<Omit<CentralRestoreReport, "blank">> {
  return runLoop<readonly ServerState[], string | undefined, Omit<CentralRestoreReport, "blank">>(context, {
    observe: () => observeServers(servers),
    decide: (states) => faultsOf(states)[0],
    perform: async (fault, states) => {
      if (fault === undefined) return vote(servers);
      await joinEmpty(servers, states);
      return { wait: fault };
    },
    recover: recoverUnlessDenied,
    unfinished: (code, last) =>
      new UnfinishedError(
        code,
        `The central Vault has the data of the snapshot ${name}, but not every server works${last === undefined ? "" : ` (last: ${last})`}; let its people run "tenant-vault central unseal", and check it with "tenant-vault central status".`,
      ),
    poll: POLL,
  });
}

/** Makes empty servers members of the cluster of the active one. They are sealed afterwards. */
async function joinEmpty(servers: readonly CentralServer[], states: readonly ServerState[]): Promise<void> {
  const leader = inState(states, "unsealed").find(({ active }) => active)?.leader;
  if (leader === undefined) return;
  for (const { address } of inState(states, "uninitialized")) {
    const server = servers.find((each) => each.address === address);
    await server?.replica.join(leader, server.caCertificate);
  }
}

async function vote(servers: readonly CentralServer[]): Promise<Outcome<Omit<CentralRestoreReport, "blank">>> {
  const active = await findActiveCentral(servers);
  const leader = active.address;
  const token = await active.logIn().catch((error: unknown) => {
    if (error instanceof CentralError && !error.retryable) return undefined;
    throw error;
  });
  if (token === undefined) return { done: { leader, voters: undefined } };
  try {
    const peers = await active.replica.raftPeers(token);
    const voters = peers?.filter(({ voter }) => voter).length;
    if (voters !== undefined && (voters < servers.length || !(await active.replica.raftHealthy(token))))
      return { wait: `${voters} of ${servers.length} servers have a vote in raft and answer its leader` };
    return { done: { leader, voters } };
  } catch (error) {
    undefinedIfDenied(error);
    return { done: { leader, voters: undefined } };
  }
}
