import { writeDescription } from "../operations/describe";
import { unsealInstance, type UnsealReport } from "../operations/unseal/unseal-instance";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault unseal`: the post-apply hook of an instance. People can run it, too. */
export function unseal(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    if (context.instance.retired === true) {
      await writeDescription(context);
      return {
        text: `${target}: retired; its record and volumes are kept\n`,
        json: { instance: target, retired: true },
      };
    }
    const report = await unsealInstance(context);
    const replicas = context.instance.replicas.length;
    return {
      text: `${target}: ${summary(report, replicas)}\n`,
      json: { instance: target, replicas, ...report },
    };
  });
}

function summary({ leader, raftPeers, restarted }: UnsealReport, replicas: number): string {
  const peers = raftPeers === undefined ? "" : `, ${raftPeers} raft peers`;
  const restarts = restarted.length === 0 ? "" : `, restarted ${restarted.join(", ")}`;
  return `${replicas} of ${replicas} replicas unsealed, active at ${leader}${peers}${restarts}`;
}
