#!/usr/bin/env node
import { CommanderError } from "commander";
import { buildProgram } from "./program";

const interruption = new AbortController();

async function main(): Promise<void> {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interruption.abort());
  // A reader that goes away, such as a closed terminal or pipe, must not end a run that holds keys.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const program = buildProgram(async ({ json }, command) => {
    const { execute } = await import("./execute.js");
    await execute(command, interruption.signal, json === true);
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
