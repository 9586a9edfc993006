import type { Instance, Replica } from "../contract/instance";
import type { Secret } from "../core/secret";
import { ReplicaError } from "../vault/errors";
import type { OperationContext } from "./context";
import { undefinedIfDenied } from "./raft";
import type { SeenReplica } from "./seen";

/** What raft's active server says about the replicas. */
export interface Membership {
  /** Whether a replica is active. While none is, nobody can say who is a member. */
  readonly active: boolean;
  /** Replicas that have data and are not members of raft, such as one that a former scaling down removed. */
  readonly outsiders: readonly string[];
}

/** Gets the token with which an unsealed replica is asked; undefined if there is none. */
export type TokenOf = (asked: Replica) => Promise<Secret | undefined>;

/** What the questions about members need. */
type MemberContext = Pick<OperationContext, "instance" | "replica">;

/** Milliseconds within which a majority of unsealed replicas has an active one. */
const LEADER_WITHIN = 10_000;

/** Observes the members of raft during one run. */
export class MemberObserver {
  /** Names of replicas that were found without data. */
  private readonly empty = new Set<string>();
  /** Since when no replica is active although all that may have their keys have them. */
  private leaderlessSince: number | undefined;

  constructor(private readonly context: MemberContext & Pick<OperationContext, "clock">) {}

  /** @param tokenOf Gets the token for raft. Without one no outsider is found. */
  async observe(seen: readonly SeenReplica[], tokenOf: TokenOf): Promise<Membership & { late: boolean }> {
    const members = await observeMembers(this.context, seen, tokenOf, this.empty);
    const now = this.context.clock.now();
    this.leaderlessSince = members.active ? undefined : (this.leaderlessSince ?? now);
    return { ...members, late: this.leaderlessSince !== undefined && now - this.leaderlessSince >= LEADER_WITHIN };
  }

  /** Restarts the wait for an active replica, because replicas get their keys. */
  expectLeader(): void {
    this.leaderlessSince = undefined;
  }
}

/**
 * Compares the replicas with the members of raft.
 *
 * @param tokenOf Gets the token for raft. Without one no outsider is found.
 * @param empty Names of replicas that this run found without data, which are added here. They get data only if they join. A
 *   question about their data writes to the server, so a server that joins must not be asked again.
 */
export async function observeMembers(
  context: MemberContext,
  seen: readonly SeenReplica[],
  tokenOf: TokenOf,
  empty = new Set<string>(),
): Promise<Membership> {
  for (const { name, status } of seen) if (status.state === "uninitialized") empty.add(name);
  const active = await findActive(context, seen);
  if (active === undefined) return { active: false, outsiders: [] };
  const token = await tokenOf(active);
  const members = token === undefined ? [] : await memberNames(context, active, token);
  if (members === undefined) return { active: false, outsiders: [] };
  const absent = absentReplicas(context.instance, members);
  const others = seen.filter(({ name }) => absent.includes(name) && !empty.has(name));
  const holders = await withFormerData(context, others, empty);
  if (holders.length === 0) return { active: true, outsiders: [] };
  // Raft counts a new member before it gets data, so only a list that is read after the data tells who is outside.
  const newest = token === undefined ? [] : await memberNames(context, active, token);
  if (newest === undefined) return { active: false, outsiders: [] };
  const outside = absentReplicas(context.instance, newest);
  return { active: true, outsiders: holders.filter((name) => outside.includes(name)) };
}

/** The active replica. Scaling down keeps the first ones, so of two that say so the first is right. */
async function findActive(context: MemberContext, seen: readonly SeenReplica[]): Promise<Replica | undefined> {
  const open = seen.filter(isOpen);
  const leaders = await Promise.all(open.map((replica) => context.replica(replica).leader().catch(undefinedIfAway)));
  return open.find((_, index) => leaders[index]?.isSelf);
}

/**
 * Names of the replicas that are not in raft, as far as that is known. In Kubernetes a member has the name of its pod. Elsewhere
 * a member may have any name, so a replica is absent for certain only if each member has the name of another replica.
 */
export function absentReplicas(
  { kubernetes, replicas }: Pick<Instance, "kubernetes" | "replicas">,
  members: readonly string[],
): readonly string[] {
  const names = replicas.map(({ name }) => name);
  const comparable = members.length > 0 && (kubernetes !== undefined || members.every((id) => names.includes(id)));
  return comparable ? names.filter((name) => !members.includes(name)) : [];
}

/** None if the storage is not raft, or the token is refused; undefined if the replica is not active any more. */
async function memberNames(
  context: MemberContext,
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

/** Names of the replicas that have data although they may be no members. */
async function withFormerData(
  context: MemberContext,
  others: readonly SeenReplica[],
  empty: Set<string>,
): Promise<readonly string[]> {
  const held = await Promise.all(
    others.map(async ({ status, ...replica }) => {
      if (status.state !== "sealed") return isOpen({ status });
      const holds = await context.replica(replica).hasOwnData();
      if (!holds) empty.add(replica.name);
      return holds;
    }),
  );
  return others.filter((_, index) => held[index]).map(({ name }) => name);
}

/** Whether a replica serves requests. One that is between two seals does as well. */
export function isOpen({ status }: Pick<SeenReplica, "status">): boolean {
  return status.state === "unsealed" || status.state === "migrating";
}

function undefinedIfAway(error: unknown): undefined {
  if (error instanceof ReplicaError) return undefined;
  throw error;
}
