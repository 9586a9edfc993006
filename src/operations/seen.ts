import type { Replica } from "../contract/instance";
import type { ReplicaState } from "../vault/replica-state";

/** A replica and its state. */
export type SeenReplica = Replica & { readonly status: ReplicaState };
