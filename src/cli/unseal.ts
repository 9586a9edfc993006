import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Journal, journalFolder } from "../unseal/journal";
import { RecordStore } from "../unseal/record-store";
import { Server } from "../unseal/server";
import { unsealInstance, type UnsealReport } from "../unseal/unseal-instance";
import { connectToCentral } from "../unseal/central";
import { openConnections } from "../unseal/connections";
import { describeInstance, parseTarget } from "./target";

/** `tenant-vault unseal`: the post-apply hook, and the same by hand. */
export async function unseal(target: string, timeoutSeconds: number, signal: AbortSignal): Promise<void> {
  const { tenant, name } = parseTarget(target);
  const central = await connectToCentral(process.env);
  const instance = await describeInstance(central, { tenant, name }, process.env);
  const connections = await openConnections(central, instance, true);
  try {
    const clock = { now: () => performance.now(), date: () => new Date(), sleep };
    const report = await unsealInstance(
      {
        store: new RecordStore(central, tenant, name),
        journal: new Journal(journalFolder(process.env), target),
        server: (replica) => new Server(connections.client(replica)),
        pods: connections.pods,
        clock,
        say: (line) => process.stdout.write(`${line}\n`),
      },
      instance,
      { deadline: clock.now() + timeoutSeconds * 1000, signal },
    );
    process.stdout.write(`${target}: ${summary(report, instance.replicas.length)}\n`);
  } finally {
    await connections.close();
    await central.close();
  }
}

function summary({ leader, raftPeers, restarted }: UnsealReport, replicas: number): string {
  const peers = raftPeers === undefined ? "" : `, ${raftPeers} raft peers`;
  const restarts = restarted.length === 0 ? "" : `, restarted ${restarted.join(", ")}`;
  return `${replicas} of ${replicas} replicas unsealed, active at ${leader}${peers}${restarts}`;
}
