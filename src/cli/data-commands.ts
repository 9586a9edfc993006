import type { Command } from "commander";
import { BREAK_GLASS, define, parseSeconds, type CommonOptions, type Execute } from "./define";
import type { ExportOptions } from "./export";
import type { ImportOptions } from "./import";
import { identity, recipients } from "./snapshot-options";

/** Seconds. A bundle takes as long as its secrets. */
const TIMEOUT = 3600;

/** Adds the commands that move the data of an instance out of the service and into it. */
export function defineDataCommands(program: Command, execute: Execute): void {
  recipients(
    define(program, "export", "write everything that can leave an instance into an encrypted bundle")
      .argument("<tenant/instance>")
      .requiredOption("--to <file>", "path of the bundle; an interrupted export to it goes on"),
  )
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .option(...BREAK_GLASS)
    .action((path: string, options: CommonOptions & ExportOptions) =>
      execute(options, async (host) => (await import("./export.js")).exportData(host, path, options)),
    );
  identity(
    define(program, "import", "write what a bundle has into an instance, and list what the instance has otherwise")
      .argument("<tenant/instance>")
      .requiredOption("--from <file>", "path of the bundle"),
  )
    .option("--dry-run", "write nothing, and show what would be written")
    .option("--overwrite", "replace what the instance has with another value")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .option(...BREAK_GLASS)
    .action((path: string, options: CommonOptions & ImportOptions) =>
      execute(options, async (host) => (await import("./import.js")).importData(host, path, options)),
    );
}
