#!/usr/bin/env node
import { runCommandLine } from "./command-line";
import { listenForInterruption } from "./interruption";

async function main(): Promise<void> {
  const { stdout, stderr, env: environment } = process;
  // A closed terminal or pipe must not end a run that holds keys.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  const host = { stdin: () => process.stdin, stdout, stderr, environment, ...listenForInterruption(process) };
  process.exitCode = await runCommandLine(process.argv.slice(2), host);
}

void main();
