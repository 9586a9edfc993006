import type { Replica } from "../contract/instance";
import { ReplicaError } from "../vault/errors";
import type { OperationContext } from "./context";

type ActiveContext = Pick<OperationContext, "instance" | "replica">;

/** @throws ReplicaError, which time may heal, if there is none. */
export async function findActive(context: ActiveContext): Promise<Replica> {
  return (await findLeader(context)).replica;
}

/**
 * The address that the active replica tells its peers. What another replica says about it is not asked: after a restore, that is
 * the active server of the instance from which the snapshot came, until a replica is active.
 *
 * @throws ReplicaError, which time may heal, if there is none.
 */
export async function activeAddress(context: ActiveContext): Promise<string> {
  return (await findLeader(context)).address;
}

async function findLeader(context: ActiveContext): Promise<{ readonly replica: Replica; readonly address: string }> {
  for (const replica of context.instance.replicas) {
    const leader = await context.replica(replica).leader().catch(undefinedIfAway);
    if (leader?.isSelf === true) return { replica, address: leader.address };
  }
  throw new ReplicaError("unreachable", "no replica is active yet");
}

function undefinedIfAway(error: unknown): undefined {
  if (error instanceof ReplicaError && error.retryable) return undefined;
  throw error;
}
