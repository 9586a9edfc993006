import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** How a server process is started. */
export interface ProcessProps {
  /** Name in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File that its output goes to. */
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

const running = new Set<ManagedProcess>();
const STOP_PATIENCE = 5_000;

// Whatever ends this program ends what it started.
process.on("exit", () => {
  for (const { pid } of running) if (pid !== undefined) kill(pid, "SIGKILL");
});

/** A server process that ends with this program at the latest. */
export class ManagedProcess {
  private constructor(
    private readonly props: ProcessProps,
    private readonly child: ChildProcess,
  ) {
    running.add(this);
    child.once("exit", () => running.delete(this));
  }

  static start(props: ProcessProps): ManagedProcess {
    const log = openSync(props.logFile, "a", 0o600);
    const { command, args, env = process.env, uid, gid } = props;
    const child = spawn(command, args, { stdio: ["ignore", log, log], env, uid, gid });
    closeSync(log);
    child.on("error", () => undefined);
    return new ManagedProcess(props, child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Waits until a check succeeds. @throws Error with the end of the log when the process ends before, or time is up. */
  async waitUntil(check: () => Promise<boolean>, patience = 30_000): Promise<void> {
    const end = Date.now() + patience;
    while (Date.now() < end) {
      if (this.child.exitCode !== null || this.child.pid === undefined) throw this.failure("ended");
      if (await check()) return;
      await sleep(50);
    }
    throw this.failure("did not become ready");
  }

  /** Ends the process, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    const late = setTimeout(() => void this.child.kill("SIGKILL"), STOP_PATIENCE);
    await gone;
    clearTimeout(late);
  }

  private failure(what: string): Error {
    const log = readFileSync(this.props.logFile, "utf8").trim().split("\n").slice(-15).join("\n");
    return new Error(`${this.props.name} ${what}; the end of ${this.props.logFile}:\n${log}`);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
