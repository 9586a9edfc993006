import type { Secret } from "../../core/secret";
import { OperationError } from "../../core/errors";
import { ReplicaError } from "../../vault/errors";
import type { OperationContext } from "../context";
import type { SeenReplica } from "../seen";

/** What sending shares to replicas needs. */
type ShareContext = Pick<OperationContext, "replica"> & { readonly store: { readonly path: string } };

/**
 * Sends the shares of one group to several replicas at once. A replica keeps them until it has those of enough other groups. A
 * failure of one does not keep the others sealed.
 *
 * @param given Called for each replica that has the shares, with whether that unsealed it.
 * @throws OperationError `shares-refused` if a replica has enough shares and they do not belong together.
 */
export async function sendShares(
  context: ShareContext,
  replicas: readonly SeenReplica[],
  shares: readonly Secret[],
  given: (name: string, unsealed: boolean) => void,
): Promise<void> {
  const results = await Promise.allSettled(
    replicas.map(async (replica) => {
      let sealed = true;
      for (const share of shares) if (sealed) sealed = await send(context, replica, share);
      given(replica.name, !sealed);
    }),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** @returns Whether the replica is still sealed. */
async function send({ replica: connect, store }: ShareContext, replica: SeenReplica, share: Secret): Promise<boolean> {
  try {
    return (await connect(replica).unseal(share)).sealed;
  } catch (error) {
    if (!(error instanceof ReplicaError && error.failure === "refused" && error.status === 400)) throw error;
    throw new OperationError(
      "shares-refused",
      `${replica.name} (${replica.address}) has enough shares and they do not belong together, so it forgot them; copy those of every group again with "tenant-vault unseal ${store.path}", and check that this address belongs to this instance.`,
    );
  }
}
