import type { Command } from "commander";
import { define, parseSeconds, SHORT_TIMEOUT, type CommonOptions, type Execute } from "./define";
import type { InstanceOptions } from "./instance";

/** Adds the commands for what the engines of an instance hold. */
export function defineEngineCommands(program: Command, execute: Execute): void {
  define(program, "placeholders", "write the secrets that people fill in later; Terraform runs it")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, SHORT_TIMEOUT)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./placeholders.js")).placeholders(host, target, options)),
    );
}
