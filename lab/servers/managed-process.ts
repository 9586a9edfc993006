import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../children";

/** Properties of a {@link ManagedProcess}. */
export interface ProcessProps {
  /** Name in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** File that its output goes to. */
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  /** @default - that of this program */
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

const STOP_TIMEOUT = 5_000;

/** A server process that ends with this program at the latest. */
export class ManagedProcess {
  private readonly spawned: Promise<unknown>;

  private constructor(
    private readonly props: ProcessProps,
    private readonly child: ChildProcess,
  ) {
    this.spawned = once(child, "spawn");
    child.on("error", () => undefined);
  }

  static start(props: ProcessProps): ManagedProcess {
    const log = openSync(props.logFile, "a", 0o600);
    const { command, args, env = process.env, cwd, uid, gid } = props;
    const child = startChild(command, args, { stdio: ["ignore", log, log], env, cwd, uid, gid }, "SIGKILL");
    closeSync(log);
    return new ManagedProcess(props, child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Waits until a check succeeds. @throws Error with the end of the log if the process ends first, or after the timeout. */
  async waitUntil(check: () => Promise<boolean>, timeout = 30_000): Promise<void> {
    await this.spawned.catch((error: unknown) => {
      throw new Error(`${this.props.name} cannot be started (${(error as Error).message}).`);
    });
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      if (this.hasEnded) throw this.failure("ended");
      if (await check()) return;
      await sleep(50);
    }
    throw this.failure("did not become ready");
  }

  /** Ends the process, and waits until it has exited. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.hasEnded) return;
    const gone = once(this.child, "exit");
    this.child.kill(signal);
    const late = setTimeout(() => void this.child.kill("SIGKILL"), STOP_TIMEOUT);
    await gone;
    clearTimeout(late);
  }

  private get hasEnded(): boolean {
    const { pid, exitCode, signalCode } = this.child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  private failure(what: string): Error {
    const log = readFileSync(this.props.logFile, "utf8").trim().split("\n").slice(-15).join("\n");
    return new Error(`${this.props.name} ${what}; the end of ${this.props.logFile}:\n${log}`);
  }
}
