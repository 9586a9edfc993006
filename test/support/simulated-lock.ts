import { CentralError } from "../../src/central/client";
import type { LockEntry, SeenLock } from "../../src/central/operation-lock";
import type { OperationContext } from "../../src/operations/context";
import { centralPeer } from "./simulated-faults";
import type { SimulatedProcess } from "./simulated-process";

/** A version of the operation lock, and the process that wrote it. */
export interface LockVersion {
  readonly entry: LockEntry | undefined;
  readonly pid: number;
  readonly at: number;
}

/** The operation lock in the central Vault, and the processes that may hold it. */
interface LockWorld {
  readonly now: number;
  readonly locks: LockVersion[];
  readonly living: ReadonlySet<number>;
}

/** What a process asks the central Vault about the operation lock. */
export function lockApi(world: LockWorld, process: SimulatedProcess): OperationContext["lock"] {
  const { pid } = process;
  return process.named(centralPeer("lock", true), {
    // Whether its holder runs is never old news: the process looks for it on its machine.
    read: async () => describeLock(world, await process.look(() => readLock(world, pid)), pid),
    write: (entry, version) => process.affect(() => writeLock(world, entry, version, pid)),
  } satisfies OperationContext["lock"]);
}

interface SeenVersion extends LockVersion {
  readonly version: number;
}

function readLock(world: LockWorld, pid: number): SeenVersion {
  return { version: world.locks.length, ...(world.locks.at(-1) ?? { entry: undefined, pid, at: world.now }) };
}

function describeLock(world: LockWorld, { version, entry, pid: owner, at }: SeenVersion, pid: number): SeenLock {
  const state = owner === pid ? "self" : world.living.has(owner) ? "running" : "over";
  const holder = entry && ({ ...entry, host: "simulated", pid: owner, state } as const);
  return { version, age: (world.now - at) / 1000, holder };
}

function writeLock(world: LockWorld, entry: LockEntry | undefined, version: number, pid: number): number {
  if (version !== world.locks.length) throw new CentralError("conflict", "check-and-set");
  return world.locks.push({ entry, pid, at: world.now });
}
