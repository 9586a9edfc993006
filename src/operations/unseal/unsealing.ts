import { recordPath } from "../../contract/central-vault";
import type { KeySet } from "../../central/pending-keys";
import type { ErrorCode } from "../../core/error-codes";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { ReplicaError } from "../../vault/errors";
import { shareGroups } from "../../vault/shares";
import { activeAddress } from "../active";
import { deleteFormerClaims } from "../claims";
import type { OperationContext } from "../context";
import type { Outcome, Waiting } from "../loop";
import type { SeenReplica } from "../seen";
import { removeMembers, undefinedIfDenied } from "../raft";

/** Milliseconds in which a new member catches up after it received its keys. Vault needs about 2 s. */
const JOIN_PATIENCE = 10_000;
const POLL = 100;

/** Codes of errors that another set of keys may avoid. */
const WRONG_KEYS: readonly ErrorCode[] = ["keys-refused", "threshold-differs"];

/** Whether another set of keys may avoid an error. */
export function isAboutKeys(error: unknown): boolean {
  return error instanceof OperationError && WRONG_KEYS.includes(error.code);
}

/** What giving keys to a replica needs. */
type ServerContext = Pick<OperationContext, "instance" | "replica" | "clock"> & {
  readonly store: { readonly path: string };
};

/** State at the end of a run. */
export interface Verified {
  /** Address that the active replica announces to its peers. */
  readonly leader: string;
  /** Undefined if the storage is not raft, or the record has no root token. */
  readonly raftPeers: number | undefined;
}

/**
 * Unseals one replica with exactly as many keys as it needs at a time.
 *
 * @param migrate Whether its seal is being migrated.
 * @returns Whether it is unsealed.
 */
export async function unsealReplica(
  context: ServerContext,
  replica: SeenReplica,
  keys: readonly Secret[],
  migrate = false,
): Promise<boolean> {
  const { secretThreshold } = context.instance;
  const wanted = replica.status.state === "sealed" ? replica.status.threshold : secretThreshold;
  if (wanted > secretThreshold) {
    throw new OperationError(
      "threshold-differs",
      `${replica.name} (${replica.address}) wants ${wanted} keys, and no more than the described threshold of ${secretThreshold} are ever sent; describe the threshold that the instance has.`,
    );
  }
  const outcome = await sendOneOf(context, replica, shareGroups(keys, wanted), migrate);
  if (outcome === "open") return true;
  if (outcome === "refused") {
    throw new OperationError(
      "keys-refused",
      `${replica.name} (${replica.address}) refuses the unseal keys in ${recordPath(context.store.path)}; check that this address belongs to this instance.`,
    );
  }
  const giveUp = context.clock.now() + JOIN_PATIENCE;
  while (context.clock.now() < giveUp) {
    const { state } = await context.replica(replica).status();
    if (state === "unsealed" || state === "migrating") return true;
    await context.clock.sleep(POLL);
  }
  return false;
}

/**
 * Unseals several replicas at once. A failure of one does not keep the others sealed.
 *
 * @param sets Sets of keys of which one is right: with several, a rotation was interrupted, or a replica was away during one.
 * @param unsealed Called for each replica that is unsealed.
 * @returns Why one is not yet; undefined if all are.
 */
export async function unsealReplicas(
  context: ServerContext,
  replicas: readonly SeenReplica[],
  sets: readonly KeySet[],
  unsealed: (name: string) => void,
): Promise<Waiting | undefined> {
  const results = await Promise.allSettled(
    replicas.map(async (replica) => {
      if (!(await unsealWithOne(context, replica, sets)))
        return wait(`${replica.name} has its keys and is not unsealed yet`);
      unsealed(replica.name);
      return undefined;
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return results.flatMap((result) => (result.status === "fulfilled" ? (result.value ?? []) : []))[0];
}

/** Keys that a rotation made come after the former ones, which are right until the rotation is verified. */
async function unsealWithOne(context: ServerContext, replica: SeenReplica, sets: readonly KeySet[]): Promise<boolean> {
  const { instance } = context;
  let refusal: unknown;
  for (const { keys, threshold = instance.secretThreshold } of sets) {
    try {
      return await unsealReplica({ ...context, instance: { ...instance, secretThreshold: threshold } }, replica, keys);
    } catch (error) {
      if (!isAboutKeys(error)) throw error;
      // The keys of the record come first, so that a person hears of these.
      refusal ??= error;
    }
  }
  throw refusal;
}

/** What a replica says to keys: it is open, has them all and is sealed still, or does not take them. */
type Sent = "open" | "sent" | "refused";

/** Another group helps if a key in the record is damaged. */
async function sendOneOf(
  context: ServerContext,
  replica: SeenReplica,
  groups: readonly (readonly Secret[])[],
  migrate: boolean,
): Promise<Sent> {
  // Another program may have sent a key of another instance before. The first group is therefore sent again after the reset.
  for (const [attempt, group] of [...groups.slice(0, 1), ...groups].entries()) {
    if (attempt > 0) await context.replica(replica).resetUnseal();
    const outcome = await sendKeys(context, replica, group, migrate);
    if (outcome !== "refused") return outcome;
  }
  return "refused";
}

async function sendKeys(
  context: ServerContext,
  replica: SeenReplica,
  keys: readonly Secret[],
  migrate: boolean,
): Promise<Sent> {
  try {
    for (const key of keys) {
      if (!(await context.replica(replica).unseal(key, migrate)).sealed) return "open";
    }
    return "sent";
  } catch (error) {
    if (error instanceof ReplicaError && error.failure === "refused" && error.status === 400) return "refused";
    throw error;
  }
}

/** Makes empty replicas members of the active one's cluster. */
export async function joinReplicas(context: ServerContext, replicas: readonly SeenReplica[]): Promise<void> {
  const leader = await activeAddress(context);
  await Promise.all(replicas.map((replica) => context.replica(replica).join(leader, context.instance.caCertificate)));
}

/** Checks an instance whose replicas are all unsealed. */
export async function verify(
  context: OperationContext,
  token: Secret | undefined,
): Promise<Exclude<Outcome<Verified>, undefined>> {
  const { replicas } = context.instance;
  const views = await Promise.all(
    replicas.map(async (replica) => ({ replica, leader: await context.replica(replica).leader() })),
  );
  const addresses = new Set(views.map(({ leader }) => leader?.address));
  const [leader] = addresses;
  if (addresses.size > 1 || leader === undefined) return wait("the replicas do not agree on an active one yet");

  const active = views.find((view) => view.leader?.isSelf);
  if (active === undefined) return wait("no replica is active yet");
  if (token === undefined) return { done: { leader, raftPeers: undefined } };

  const peers = await context.replica(active.replica).raftPeers(token).catch(undefinedIfDenied);
  if (peers === undefined) return { done: { leader, raftPeers: undefined } };
  const removed = await removeMembers(context, { active: active.replica, token, peers });
  if (removed !== undefined) return wait(removed);
  if (peers.length < replicas.length) {
    return wait(`raft counts ${peers.length} peers, the instance has ${replicas.length} replicas`);
  }
  await deleteFormerClaims(context, peers);
  return { done: { leader, raftPeers: peers.length } };
}

function wait(reason: string): Waiting {
  return { wait: reason };
}
