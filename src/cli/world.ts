import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { connectToCentral } from "../central/login";
import { openConnections } from "../operations/connections";
import type { Instance } from "../contract/instance";
import { Journal, journalFolder } from "../central/journal";
import { RecordStore } from "../central/record-store";
import { Server } from "../vault/replica";
import type { World } from "../operations/context";
import { describeInstance, parseTarget } from "../central/instances";
import type { Patience } from "../core/clock";

/** What a command that changes one instance is run with. */
export interface Surroundings {
  readonly world: World;
  readonly instance: Instance;
  readonly patience: Patience;
}

/** Connects to the central Vault and to an instance, and disconnects when the work is done. */
export async function withInstance<Result>(
  target: string,
  timeoutSeconds: number,
  signal: AbortSignal,
  work: (surroundings: Surroundings) => Promise<Result>,
): Promise<Result> {
  const { tenant, name } = parseTarget(target);
  const central = await connectToCentral(process.env);
  try {
    const instance = await describeInstance(central, { tenant, name }, process.env);
    const clock = { now: () => performance.now(), date: () => new Date(), sleep };
    const patience = { deadline: clock.now() + timeoutSeconds * 1000, signal };
    const connections = await openConnections(central, instance, patience);
    try {
      const world: World = {
        store: new RecordStore(central, tenant, name),
        journal: new Journal(journalFolder(process.env), target),
        server: (replica) => new Server(connections.client(replica)),
        pods: connections.pods,
        clock,
        say: (line) => process.stdout.write(`${line}\n`),
      };
      return await work({ world, instance, patience });
    } finally {
      await connections.close();
    }
  } finally {
    await central.close();
  }
}
