#!/usr/bin/env node
import { CommanderError } from "commander";
import { listenForInterruption } from "./interruption";
import { allCommands, buildProgram } from "./program";

async function main(): Promise<void> {
  const interruption = listenForInterruption(process);
  // A closed terminal or pipe must not end a run that holds keys.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const program = buildProgram(async ({ json }, command) => {
    const { execute } = await import("./execute.js");
    await execute(command, interruption, json === true);
  });
  for (const command of allCommands(program)) {
    command.exitOverride().configureOutput({ outputError: () => undefined });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    // Commander reports help and version as errors, but has already printed them.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    (await import("./execute.js")).printFailure(error, process.argv.includes("--json"));
  }
}

void main();
