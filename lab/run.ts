import type { ChildProcess, SpawnOptions } from "node:child_process";
import { signalGroup, startChild } from "./children";
import { interruption } from "./interruption";

/** Options of a command. */
export interface RunOptions extends Pick<SpawnOptions, "cwd" | "uid" | "gid"> {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Milliseconds. @default - no limit */
  readonly timeout?: number;
  /** Receives each piece of output at once. @default - the output is only collected */
  readonly onOutput?: (text: string) => void;
}

/** Result of a finished command. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface Command {
  readonly ended: Promise<RunResult>;
  kill(signal: NodeJS.Signals): void;
}

/** Failure of a command with an exit code other than 0. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(
    command: string,
    readonly result: RunResult,
  ) {
    super(
      `${command} failed with exit code ${result.code}:\n${lastLines(result.stderr.trim() === "" ? result.stdout : result.stderr)}`,
    );
  }
}

/** Milliseconds that a command has to end after an interruption of the lab. */
const TERMINATION_TIMEOUT = 15_000;

/** Starts a command without a shell. An exit code other than 0 is not an error here; see {@link run}. */
export function begin(command: string, args: readonly string[], options: RunOptions = {}): Command {
  interruption.signal.throwIfAborted();
  const { env = process.env, input, onOutput, timeout, ...rest } = options;
  const child = startChild(command, args, { ...rest, env, timeout, stdio: "pipe" }, "SIGTERM");
  const interrupt = (): void => {
    signalGroup(child, "SIGTERM");
    setTimeout(() => signalGroup(child, "SIGKILL"), TERMINATION_TIMEOUT).unref();
  };
  interruption.signal.addEventListener("abort", interrupt);
  const ended = collect(child, onOutput).finally(() => interruption.signal.removeEventListener("abort", interrupt));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input ?? "");
  return { ended, kill: (signal) => child.kill(signal) };
}

/** Runs a command to its end, with any exit code. @throws Error if it cannot be started. */
export async function tryRun(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult> {
  return begin(command, args, options).ended;
}

/** Runs a command to its end. @throws CommandError if it fails. */
export async function run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult> {
  const result = await tryRun(command, args, options);
  if (result.code !== 0) throw new CommandError([command, ...args].join(" "), result);
  return result;
}

function collect(child: ChildProcess, onOutput: RunOptions["onOutput"]): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        onOutput?.(text);
      });
    }
    child.on("error", ({ message }) => reject(new Error(`${child.spawnfile} cannot be started (${message}).`)));
    child.on("close", (code) => resolve({ code: code ?? -1, ...output }));
  });
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-25).join("\n");
}
