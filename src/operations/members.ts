import type { Replica } from "../contract/instance";
import type { Secret } from "../core/secret";
import { ReplicaError } from "../vault/errors";
import type { OperationContext } from "./context";
import { undefinedIfDenied } from "./raft";
import type { SeenReplica } from "./seen";

/** What raft's active server says about the replicas. */
export interface Membership {
  /** Whether a replica is active. While none is, nobody can say who is a member. */
  readonly active: boolean;
  /** Replicas that have data and are no members of raft, such as one that a former scaling down removed. */
  readonly outsiders: readonly string[];
}

/**
 * Compares the replicas with the members of raft.
 *
 * @param token To ask raft with. Without it no outsider is found.
 */
export async function observeMembers(
  context: OperationContext,
  seen: readonly SeenReplica[],
  token: Secret | undefined,
): Promise<Membership> {
  const active = await findActive(context, seen);
  if (active === undefined) return { active: false, outsiders: [] };
  const members = token === undefined ? [] : await memberNames(context, active, token);
  if (members === undefined) return { active: false, outsiders: [] };
  // Outside Kubernetes the members may have other names than the replicas.
  if (!members.includes(active.name)) return { active: true, outsiders: [] };
  const others = seen.filter(({ name }) => !members.includes(name));
  const outside = await Promise.all(others.map(async (replica) => hasFormerData(context, replica)));
  return { active: true, outsiders: others.filter((_, index) => outside[index]).map(({ name }) => name) };
}

/** The active replica. Scaling down keeps the first ones, so of two that say so the first is right. */
async function findActive(context: OperationContext, seen: readonly SeenReplica[]): Promise<Replica | undefined> {
  const open = seen.filter(({ status }) => status.state === "unsealed");
  const leaders = await Promise.all(open.map((replica) => context.replica(replica).leader().catch(undefinedIfAway)));
  return open.find((_, index) => leaders[index]?.isSelf);
}

/** None if the storage is not raft, or the token is refused; undefined if the replica is not active any more. */
async function memberNames(
  context: OperationContext,
  active: Replica,
  token: Secret,
): Promise<readonly string[] | undefined> {
  try {
    const peers = await context.replica(active).raftPeers(token).catch(undefinedIfDenied);
    return (peers ?? []).map(({ id }) => id);
  } catch (error) {
    undefinedIfAway(error);
    return undefined;
  }
}

async function hasFormerData(context: OperationContext, { status, ...replica }: SeenReplica): Promise<boolean> {
  if (status.state === "unsealed") return true;
  return status.state === "sealed" && context.replica(replica).hasOwnData();
}

function undefinedIfAway(error: unknown): undefined {
  if (error instanceof ReplicaError) return undefined;
  throw error;
}
