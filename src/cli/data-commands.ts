import { Option, type Command } from "commander";
import { BREAK_GLASS, DEFAULT_TIMEOUT, define, parseSeconds, type CommonOptions, type Execute } from "./define";
import type { AdoptOptions } from "./adopt";
import type { ExportOptions } from "./export";
import type { ImportOptions } from "./import";
import { identity, recipients } from "./snapshot-options";
import type { UnmanagedOptions } from "./unmanaged";

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
  defineAdoption(program, execute);
}

function defineAdoption(program: Command, execute: Execute): void {
  define(program, "adopt", "make a server that was initialised by hand an instance: its keys, record and identities")
    .argument("<tenant/instance>")
    .requiredOption("--address <url...>", "address of each of its servers")
    .addOption(new Option("--product <name>", "what it runs").choices(["openbao", "vault"]).makeOptionMandatory())
    .option("--ca-certificate <file>", "PEM certificates of the CA of its servers (default: those that Node.js trusts)")
    .option(
      "--keys <file>",
      "file with its keys and root token, which is overwritten and removed (default: asks for them)",
    )
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((path: string, options: CommonOptions & AdoptOptions) =>
      execute(options, async (host) => (await import("./adopt.js")).adopt(host, path, options)),
    );
  define(program, "unmanaged", "list what an instance has and no tenant file describes; run it in the project")
    .argument("<tenant/instance>")
    .option("--imports <file>", "write import blocks for what the tenant file describes and the instance has")
    .option("--purge <tenant/instance>", "remove what it lists, with all data in it; the same instance again")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((path: string, options: CommonOptions & UnmanagedOptions) =>
      execute(options, async (host) => (await import("./unmanaged.js")).unmanaged(host, path, options)),
    );
}
