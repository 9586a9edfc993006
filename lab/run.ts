import { spawn, type SpawnOptions } from "node:child_process";

/** How a command is run. */
export interface RunOptions extends Pick<SpawnOptions, "cwd" | "uid" | "gid"> {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Milliseconds. @default - no limit */
  readonly timeout?: number;
  /** Gets each piece of output as it comes. @default - it is only collected */
  readonly onOutput?: (text: string) => void;
}

/** What a finished command printed. */
export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ended with an exit code other than 0. */
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

/** Runs a command to its end, without a shell. Never fails for an exit code; see {@link run}. */
export function tryRun(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { env, input, onOutput, timeout, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...rest, env: env ?? process.env, timeout, stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      onOutput?.(chunk.toString());
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      onOutput?.(chunk.toString());
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}

/** Runs a command to its end. @throws CommandError when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const result = await tryRun(command, args, options);
  if (result.code !== 0) throw new CommandError([command, ...args].join(" "), result);
  return result;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-25).join("\n");
}
