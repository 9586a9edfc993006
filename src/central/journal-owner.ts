import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A process, so that another one, also on another machine, can tell whether it still runs. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Which start of the machine it belongs to; undefined if the system does not tell. */
  readonly boot?: string | undefined;
  /** When it started, in ticks since the machine did: every container has a process 1, and numbers are used again. */
  readonly started?: string | undefined;
}

/** What is known of the process that wrote a journal. */
export type OwnerState =
  /** It is this process. */
  | "self"
  | "running"
  | "over"
  /** It belongs to another host, or to another container. */
  | "elsewhere";

/** This process. */
export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, boot: bootId(), started: startOf(process.pid) };
}

/** Whether the process still runs, as far as it can be told from here. */
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

/** Field 22 of the process's status; its name, field 2, may contain spaces. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
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
