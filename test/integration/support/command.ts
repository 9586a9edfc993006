import type { RunResult } from "../../../lab/run";
import { runCommandLine } from "../../../src/cli/command-line";
import { commandLineHost } from "../../support/command-line-host";

/** Outcome of a command line. */
export interface CommandOutcome extends RunResult {
  /** The line that says why it failed; empty if it did not. */
  readonly failure: string;
}

/** Runs a command line to its end, in this process. @param input What a pipe gives it. */
export async function runCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  input?: string,
): Promise<CommandOutcome> {
  const host = commandLineHost(environment, input);
  const code = await runCommandLine(args, host);
  return outcomeOf({ code, stdout: host.out, stderr: host.err });
}

/** Adds the line that says why a command failed. */
export function outcomeOf(result: RunResult): CommandOutcome {
  return { ...result, failure: /^tenant-vault: .*\n$/m.exec(result.stderr)?.[0] ?? "" };
}
