import type { Replica } from "../contract/instance";
import type { ReplicaState } from "../vault/replica-state";

/** A replica and its state. */
export type SeenReplica = Replica & { readonly status: ReplicaState };

/**
 * The state of a replica of which this run has made a member. Until it has all data, it may know only a former seal of them, and
 * seem to be between two seals.
 */
export function stateOfNewMember(status: ReplicaState, threshold: number): ReplicaState {
  return status.state === "migrating" ? { state: "sealed", seal: status.seal, threshold } : status;
}
