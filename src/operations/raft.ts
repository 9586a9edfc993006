import type { Instance, Replica } from "../contract/instance";
import { OperationError } from "../core/errors";
import type { Secret } from "../core/secret";
import { ReplicaError } from "../vault/errors";
import type { RaftPeer } from "../vault/replica";
import type { OperationContext } from "./context";

/** Entries that a member may lag behind, as in Vault's autopilot; https://developer.hashicorp.com/vault/docs/concepts/integrated-storage/autopilot */
export const MAX_TRAILING = 1000;

/**
 * Finds members of raft that are not replicas any more, because the StatefulSet was scaled down.
 *
 * @throws OperationError if this is not certain.
 */
function removedMembers({ tenant, name, kubernetes, replicas }: Instance, peers: readonly RaftPeer[]): string[] {
  if (peers.length <= replicas.length) return [];
  const expected = new Set(replicas.map((replica) => replica.name));
  const others = peers.map(({ id }) => id).filter((id) => !expected.has(id));
  const ordinal = new RegExp(`^${kubernetes?.statefulSet ?? ""}-(\\d+)$`);
  const foreign = others.filter((id) => !(Number(ordinal.exec(id)?.[1]) >= replicas.length));
  if (kubernetes === undefined || foreign.length > 0) {
    throw new OperationError(
      "foreign-peers",
      `Raft of ${tenant}/${name} counts ${peers.length} peers (${peers.map(({ id }) => id).join(", ")}), the instance has ${replicas.length} replicas; ` +
        'describe the missing ones, or remove those that are gone for good with "vault operator raft remove-peer ID", and run this again.',
    );
  }
  return others;
}

/**
 * Removes former members from raft.
 *
 * @returns What was done, or what has to come first; undefined if nobody is gone.
 */
export async function removeMembers(
  context: OperationContext,
  { active, token, peers }: RaftView,
): Promise<string | undefined> {
  const { instance, log } = context;
  const removed = removedMembers(instance, peers);
  if (removed.length === 0) return undefined;
  const ending = await endingPods(context, removed);
  if (ending.length > 0) return `${ending.join(", ")} ends`;
  // Every remaining member must have a vote before the first is removed, so that the majority only grows.
  const voters = new Set(peers.filter(({ voter }) => voter).map(({ id }) => id));
  const voteless = instance.replicas.filter(({ name }) => !voters.has(name));
  if (voteless.length > 0) return `${voteless.map(({ name }) => name).join(", ")} has no vote in raft yet`;
  for (const id of removed) {
    await context.replica(active).removePeer(token, id);
    log.info("removed a former replica from raft", { member: id });
  }
  return "raft forgets the replicas that are gone";
}

/**
 * Returns the pods of members to remove.
 *
 * @throws OperationError if one is there to stay: then the description is older than the StatefulSet, and it is a member like any other.
 */
async function endingPods(
  { pods, instance: { tenant, name } }: OperationContext,
  members: readonly string[],
): Promise<string[]> {
  const found = ((await pods?.list()) ?? []).filter((pod) => members.includes(pod.name));
  const staying = found.find(({ terminating }) => !terminating);
  if (staying !== undefined) {
    throw new OperationError(
      "replica-undescribed",
      `The pod ${staying.name} of ${tenant}/${name} runs and is not a described replica; deploy the stack ${tenant}-vault, which brings the description up to date.`,
    );
  }
  return found.map((pod) => pod.name);
}

/** If the root token was revoked, raft cannot be checked. The instance is still unsealed. */
export function undefinedIfDenied(error: unknown): undefined {
  if (error instanceof ReplicaError && error.failure === "denied") return undefined;
  throw error;
}

/** State of raft on its active server. */
interface RaftView {
  readonly active: Replica;
  readonly token: Secret;
  readonly peers: readonly RaftPeer[];
}

/**
 * Whether each replica has a vote in raft and answers its leader.
 *
 * @param asked Any replica that answers.
 * @returns Undefined if the storage is not raft.
 */
export async function allVote(context: OperationContext, asked: Replica, token: Secret): Promise<boolean | undefined> {
  const { replicas } = context.instance;
  const server = context.replica(asked);
  const peers = await server.raftPeers(token);
  if (peers === undefined) return undefined;
  return peers.filter(({ voter }) => voter).length === replicas.length && (await server.raftHealthy(token));
}

/**
 * Whether one replica may restart. All must have the same data. If there is a valid root token, each must also have a vote in
 * raft and answer its leader.
 *
 * @param onDenied Called if raft refuses the token, for example a revoked one. @default - not called
 * @returns Undefined if the storage is not raft.
 */
export async function hasCaughtUp(
  context: OperationContext,
  active: Replica,
  token: Secret | undefined,
  onDenied: () => void = () => undefined,
): Promise<boolean | undefined> {
  if (token !== undefined) {
    try {
      const vote = await allVote(context, active, token);
      if (vote !== true) return vote;
    } catch (error) {
      undefinedIfDenied(error);
      onDenied();
    }
  }
  const indices = await Promise.all(
    context.instance.replicas.map((replica) => context.replica(replica).appliedIndex()),
  );
  const known = indices.filter((index) => index !== undefined);
  if (known.length < indices.length) return undefined;
  return Math.max(...known) - Math.min(...known) <= MAX_TRAILING;
}
