import type { Command } from "commander";
import { BREAK_GLASS, define, parseCount, parseDays, parseSeconds, type CommonOptions, type Execute } from "./define";
import type { DrillCommandOptions } from "./drill";
import type { RestoreOptions, SaveOptions, TargetOptions } from "./snapshot";

/** Seconds. A large snapshot takes as long as its transfer. */
const TIMEOUT = 3600;

/** Option of commands that use stored snapshots. */
const TARGET = [
  "--target <url>",
  "file:<folder> or s3://<bucket>/<prefix> (default: as TENANT_VAULT_SNAPSHOTS says)",
] as const;

/** Adds the commands that take, keep, restore and prove snapshots. */
export function defineSnapshotCommands(program: Command, execute: Execute): void {
  const group = program.command("snapshot").description("take and keep encrypted snapshots of an instance");
  define(group, "save", "keep an encrypted snapshot of an instance, taken from its active server and checked")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .option(
      "--recipient <key...>",
      "age public keys, each of which can decrypt it (default: as TENANT_VAULT_SNAPSHOT_RECIPIENTS says)",
    )
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .action((target: string, options: CommonOptions & SaveOptions) =>
      execute(options, async (host) => (await import("./snapshot.js")).save(host, target, options)),
    );
  define(group, "restore", "replace the data of an instance by those of a snapshot, and prove that each replica works")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .requiredOption("--from <name>", "name of the snapshot, as snapshot list shows it")
    .requiredOption("--identity <file>", "identity file of age, with the private key of a recipient")
    .option("--force", "accept a snapshot of other keys, and empty servers; needs --break-glass")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & RestoreOptions) =>
      execute(options, async (host) => (await import("./snapshot.js")).restore(host, target, options)),
    );
  define(group, "list", "show the snapshots of an instance, from their manifests")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .action((target: string, options: CommonOptions & TargetOptions) =>
      execute(options, async (host) => (await import("./snapshot.js")).list(host, target, options)),
    );
  define(group, "prune", "remove old snapshots of an instance; the newest complete one always stays")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .requiredOption("--keep <number>", "how many complete snapshots stay", parseCount)
    .option("--keep-days <days>", "for how many days each stays in any case", parseDays, 0)
    .action((target: string, options: CommonOptions & TargetOptions & { keep: number; keepDays: number }) =>
      execute(options, async (host) => (await import("./snapshot.js")).prune(host, target, options)),
    );
  define(program, "drill", "prove that the newest snapshot of an instance can be restored, with a throw-away server")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .option("--from <name>", "name of the snapshot (default: the newest complete one)")
    .requiredOption("--identity <file>", "identity file of age, with the private key of a recipient")
    .option("--server <file>", "program of the server (default: bao or vault on PATH)")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .action((target: string, options: CommonOptions & DrillCommandOptions) =>
      execute(options, async (host) => (await import("./drill.js")).drill(host, target, options)),
    );
}
