import { CommanderError, Option, type Command } from "commander";
import {
  BREAK_GLASS,
  DEFAULT_TIMEOUT,
  define,
  parseSeconds,
  severalInstances,
  SHORT_TIMEOUT,
  type CommonOptions,
  type Execute,
} from "./define";
import type { GuideOptions } from "./guide";
import type { InstanceOptions } from "./instance";
import type { PurgeOptions } from "./purge";
import type { SealOptions } from "./seal";

interface UnsealOptions {
  readonly all?: true;
  readonly tenant?: string;
  readonly parallel: number;
  readonly timeout: number;
}

/** Adds the commands that open, close and show instances. */
export function defineInstanceCommands(program: Command, execute: Execute): void {
  severalInstances(
    define(
      program,
      "unseal",
      "bring an instance from any state to initialised, escrowed and unsealed on every replica",
    ),
  )
    .argument("[tenant/instance]")
    .option("--timeout <seconds>", "give up waiting after this time, for each instance", parseSeconds, DEFAULT_TIMEOUT)
    .action((target: string | undefined, options: CommonOptions & UnsealOptions) => {
      const several = options.tenant === undefined ? options.all && "--all" : "--tenant";
      if (target === undefined && several === undefined)
        throw new CommanderError(
          1,
          "commander.missingArgument",
          "no instance is named; name one, or write --tenant or --all.",
        );
      if (target !== undefined && several !== undefined)
        throw new CommanderError(
          1,
          "commander.excessArguments",
          `${target} and ${several} are both there; write one of them.`,
        );
      return execute(options, async (host) =>
        target === undefined
          ? (await import("./unseal-all.js")).unsealAll(host, options)
          : (await import("./unseal.js")).unseal(host, target, options),
      );
    });
  define(program, "seal", "seal every replica of an instance on purpose, and keep every program from unsealing it")
    .argument("<tenant/instance>")
    .option("--reason <text>", "why it is sealed, which its record and the watcher say then")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, SHORT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & SealOptions) =>
      execute(options, async (host) => (await import("./seal.js")).seal(host, target, options)),
    );
  define(program, "step-down", "make another replica of an instance the active one")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, SHORT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./step-down.js")).stepDown(host, target, options)),
    );
  define(program, "status", "show an instance, a tenant's instances, or all; exit code 2 if one is not healthy")
    .argument("[tenant[/instance]]")
    .addOption(new Option("--prometheus", "print metrics for node_exporter's textfile collector").conflicts("json"))
    .action((selection: string | undefined, options: CommonOptions & { prometheus?: true }) =>
      execute(options, async (host) => (await import("./status.js")).status(host, selection, options)),
    );
  define(program, "guide", "print the page for the people of an instance: how to log in, and what each role may do")
    .argument("<tenant/instance>")
    .option("--role <name>", "for this role alone")
    .action((target: string, options: CommonOptions & GuideOptions) =>
      execute(options, async (host) => (await import("./guide.js")).guide(host, target, options)),
    );
  define(program, "purge", "destroy the keys in a record that was deleted before, for good; needs the operator's token")
    .argument("<tenant/instance>")
    .option("--yes-destroy-the-keys <tenant/instance>", "the same instance again")
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & PurgeOptions) =>
      execute(options, async (host) => (await import("./purge.js")).purge(host, target, options)),
    );
}
