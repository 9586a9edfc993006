import type { RaftPeer } from "../vault/replica";
import type { OperationContext } from "./context";
import type { Claim } from "./pods";

/**
 * Deletes the data claims of replicas that scaling down took away. A replica of the same name would otherwise come back with
 * their old data. Whether the volumes stay is up to their reclaim policy. Claims of audit logs stay, unless their volumes are gone.
 *
 * @param peers Members of raft, of which no claim is deleted.
 */
export async function deleteFormerClaims(context: OperationContext, peers: readonly RaftPeer[]): Promise<void> {
  const { pods, log } = context;
  if (pods === undefined) return;
  for (const claim of await formerClaims(context, peers)) {
    if (await pods.deleteClaim(claim)) {
      log.info("deleted the claim of a replica that is gone; its volume stays if its class retains it", {
        claim: claim.name,
      });
    } else {
      log.warn("may not delete the claim of a replica that is gone; deploy the stack of the instance, or delete it", {
        claim: claim.name,
      });
    }
  }
}

async function formerClaims(
  { instance, pods }: OperationContext,
  peers: readonly RaftPeer[],
): Promise<readonly Claim[]> {
  const voters = peers.filter(({ voter }) => voter).map(({ id }) => id);
  // Until each replica that stays has a vote, the data of the others may be needed.
  if (pods === undefined || !instance.replicas.every(({ name }) => voters.includes(name))) return [];
  const living = await pods.list();
  if (living === undefined) return [];
  const kept = new Set([...instance.replicas, ...living].map(({ name }) => name).concat(peers.map(({ id }) => id)));
  return (await pods.claims()).filter(
    ({ pod, data, lost }) => ordinalOf(pod) >= instance.replicas.length && !kept.has(pod) && (data || lost),
  );
}

function ordinalOf(pod: string): number {
  return Number(/-(\d+)$/.exec(pod)?.[1]);
}
