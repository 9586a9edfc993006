import type { Replica } from "../contract/instance";
import { ReplicaError } from "../vault/errors";
import type { OperationContext } from "./context";

/** @throws ReplicaError, which time may heal, if there is none. */
export async function findActive(context: Pick<OperationContext, "instance" | "replica">): Promise<Replica> {
  for (const replica of context.instance.replicas) {
    if ((await context.replica(replica).leader().catch(undefinedIfAway))?.isSelf === true) return replica;
  }
  throw new ReplicaError("unreachable", "no replica is active yet");
}

function undefinedIfAway(error: unknown): undefined {
  if (error instanceof ReplicaError && error.retryable) return undefined;
  throw error;
}
