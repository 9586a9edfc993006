import type { Membership } from "../members";
import type { SeenReplica } from "../seen";

/** What is known about the members of raft when keys are sent. */
export type KnownMembers = Membership & {
  /** Whether no replica has become active for so long that the next one gets its keys. */
  readonly late: boolean;
};

/**
 * The sealed replicas that get their keys now. A former member of raft gets none, because its data is old.
 *
 * While no replica is active, nobody can say whether a sealed one is still a member. Scaling down removes the last ones, so a
 * majority of the first ones gets its keys, and the others one by one if that is not enough.
 */
export function nextToUnseal<Sealed extends SeenReplica>(
  sealed: readonly Sealed[],
  replicas: readonly SeenReplica[],
  raft: KnownMembers,
): readonly Sealed[] {
  const members = sealed.filter(({ name }) => !raft.outsiders.includes(name));
  if (raft.active) return members;
  const first = replicas.slice(0, Math.floor(replicas.length / 2) + 1).map(({ name }) => name);
  const next = members.filter(({ name }) => first.includes(name));
  return next.length === 0 && raft.late ? members.slice(0, 1) : next;
}
