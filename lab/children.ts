import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/** What this program started and what has not ended yet, and the signal that ends it. */
const running = new Map<ChildProcess, NodeJS.Signals>();

/**
 * Starts a process that ends with this program at the latest. It leads a group of its own: a Ctrl-C reaches this program
 * alone, which then ends in order what it started.
 *
 * @param farewell What its group gets when this program ends.
 */
export function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  farewell: NodeJS.Signals,
): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  // One that could not be started has no id, and never ends either.
  if (child.pid !== undefined) running.set(child, farewell);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Sends a signal to a child and to what it started in its group. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

function endAll(): void {
  for (const [child, farewell] of running) signalGroup(child, farewell);
}

process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    // Who handles the signal ends things in order; otherwise it does what it does to a program that does not listen.
    if (process.listenerCount(signal) > 0) return;
    endAll();
    process.kill(process.pid, signal);
  });
}
// The test runner's workers lose their runner this way.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
