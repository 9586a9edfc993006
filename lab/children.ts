import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/** Running child processes of this program, each with the signal that ends it. */
const running = new Map<ChildProcess, NodeJS.Signals>();

/**
 * Starts a process that ends with this program at the latest. The process leads its own group, so a Ctrl-C reaches only this
 * program. The program then ends its child processes in order.
 *
 * @param farewell Signal for the group when this program ends.
 */
export function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  farewell: NodeJS.Signals,
): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  // A process that failed to start has no ID, and emits no "exit" event.
  if (child.pid !== undefined) running.set(child, farewell);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Sends a signal to a child process and its group. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has already ended.
  }
}

function endAll(): void {
  for (const [child, farewell] of running) signalGroup(child, farewell);
}

process.on("exit", endAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    // Another listener ends the processes in order. Without one, the signal ends this program as by default.
    if (process.listenerCount(signal) > 0) return;
    endAll();
    process.kill(process.pid, signal);
  });
}
// A worker of the test runner is disconnected when the runner ends.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
