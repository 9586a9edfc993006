import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Identity of a process, by which another process, also on another machine, checks whether it still runs. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** ID of the machine's boot; undefined if the system does not provide it. */
  readonly boot?: string | undefined;
  /** Start time in ticks since boot. Process IDs are not enough: every container has a process 1, and IDs are reused. */
  readonly started?: string | undefined;
}

/** State of the process that wrote a journal. */
export type OwnerState =
  /** This process. */
  | "self"
  | "running"
  | "over"
  /** The process belongs to another host or container. */
  | "elsewhere";

/** Returns the identity of this process. */
export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, boot: bootId(), started: startOf(process.pid) };
}

/** Returns the state of a process, as far as this machine can see it. */
export function stateOf(owner: ProcessIdentity): OwnerState {
  const { host, pid, boot, started } = thisProcess();
  if (owner.host !== host) return "elsewhere";
  if (owner.boot !== boot) return "over";
  if (owner.pid === pid && owner.started === started) return "self";
  return isRunning(owner.pid) && owner.started === startOf(owner.pid) ? "running" : "over";
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** https://www.kernel.org/doc/html/latest/admin-guide/sysctl/kernel.html#random */
function bootId(): string | undefined {
  return readIfPossible("/proc/sys/kernel/random/boot_id")?.trim();
}

/** Reads field 22 of the process's status. Field 2, the name, may contain spaces. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(pid: number): string | undefined {
  const status = readIfPossible(`/proc/${pid}/stat`);
  return status?.slice(status.lastIndexOf(")") + 2).split(" ")[19];
}

function readIfPossible(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
