#!/usr/bin/env node
import { CommanderError } from "commander";
import { listenForInterruption } from "./interruption";
import { buildProgram } from "./program";

async function main(): Promise<void> {
  const interruption = listenForInterruption(process);
  // A reader that goes away, such as a closed terminal or pipe, must not end a run that holds keys.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const program = buildProgram(async ({ json }, command) => {
    const { execute } = await import("./execute.js");
    await execute(command, interruption, json === true);
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => undefined });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    // Help and version are no failures, and were printed.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    (await import("./execute.js")).printFailure(error, process.argv.includes("--json"));
  }
}

void main();
