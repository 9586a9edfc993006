import { CommanderError } from "commander";
import type { CommandLineHost } from "./execute";
import { allCommands, buildProgram } from "./program";

/**
 * Runs a command line.
 *
 * @param args Arguments after the name of the program.
 * @returns The exit code.
 */
export async function runCommandLine(args: readonly string[], host: CommandLineHost): Promise<number> {
  let exitCode = 0;
  const program = buildProgram(async ({ json }, command) => {
    const { execute } = await import("./execute.js");
    exitCode = await execute(command, host, json === true);
  });
  for (const command of allCommands(program))
    command.exitOverride().configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      outputError: () => undefined,
    });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander reports help and version as errors, but has already printed them.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return (await import("./execute.js")).printFailure(error, host, args.includes("--json"));
  }
}
