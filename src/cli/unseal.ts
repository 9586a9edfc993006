import { unsealInstance, type UnsealReport } from "../operations/unseal/unseal-instance";
import { withInstance } from "./world";

/** `tenant-vault unseal`: the post-apply hook, and the same by hand. */
export async function unseal(target: string, timeoutSeconds: number, signal: AbortSignal): Promise<void> {
  await withInstance(target, timeoutSeconds, signal, async ({ world, instance, patience }) => {
    const report = await unsealInstance(world, instance, patience);
    world.say(`${target}: ${summary(report, instance.replicas.length)}`);
  });
}

function summary({ leader, raftPeers, restarted }: UnsealReport, replicas: number): string {
  const peers = raftPeers === undefined ? "" : `, ${raftPeers} raft peers`;
  const restarts = restarted.length === 0 ? "" : `, restarted ${restarted.join(", ")}`;
  return `${replicas} of ${replicas} replicas unsealed, active at ${leader}${peers}${restarts}`;
}
