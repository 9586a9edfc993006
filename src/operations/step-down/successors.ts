import type { Replica } from "../../contract/instance";
import type { RaftPeer } from "../../vault/replica";
import { MAX_TRAILING } from "../raft";

/** A replica, as far as it matters for who may become active. */
export interface Candidate extends Replica {
  /** Whether it is unsealed and answers. */
  readonly open: boolean;
  readonly leads: boolean;
  /** Raft index up to which it has the data; undefined if the storage is not raft. */
  readonly index: number | undefined;
}

/**
 * The replicas that may become active in place of the one that is.
 *
 * @param peers Members of raft; undefined if the storage is not raft, or the token may not ask.
 */
export function successorsOf(
  replicas: readonly Candidate[],
  active: Replica,
  peers: readonly RaftPeer[] | undefined,
): readonly Candidate[] {
  const newest = Math.max(...replicas.map(({ index = 0 }) => index));
  const others = replicas.filter(
    ({ name, open, index = newest }) => name !== active.name && open && newest - index <= MAX_TRAILING,
  );
  if (peers === undefined) return others;
  const voters = peers.filter(({ voter }) => voter).map(({ id }) => id);
  // Outside Kubernetes a member may have any name.
  const named = peers.every(({ id }) => replicas.some(({ name }) => name === id));
  if (named) return others.filter(({ name }) => voters.includes(name));
  return voters.length > 1 ? others : [];
}
