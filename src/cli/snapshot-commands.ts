import type { Command } from "commander";
import type { Retention } from "../operations/snapshot/series";
import { BREAK_GLASS, DEFAULT_TIMEOUT, define, parseSeconds, type CommonOptions, type Execute } from "./define";
import type { DrillCommandOptions } from "./drill";
import type { InstanceOptions } from "./instance";
import type { RestoreOptions, SaveOptions } from "./snapshot";
import type { TargetOptions } from "./with-target";
import { identity, recipients, retention, target } from "./snapshot-options";

/** Seconds. A large snapshot takes as long as its transfer. */
const TIMEOUT = 3600;

/** Adds the commands that take, keep, restore and prove snapshots. */
export function defineSnapshotCommands(program: Command, execute: Execute): void {
  const group = program.command("snapshot").description("take and keep encrypted snapshots of an instance");
  recipients(
    target(
      define(
        group,
        "save",
        "keep an encrypted snapshot of an instance, taken from its active server and checked",
      ).argument("<tenant/instance>"),
    ),
  )
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .action((path: string, options: CommonOptions & SaveOptions) =>
      execute(options, async (host) => (await import("./snapshot.js")).save(host, path, options)),
    );
  identity(
    target(
      define(
        group,
        "restore",
        "replace the data of an instance by those of a snapshot, and prove that each replica works",
      ).argument("<tenant/instance>"),
    ).option(
      "--from <name>",
      "name of the snapshot, as snapshot list shows it (default with --of: the newest complete one)",
    ),
  )
    .option("--of <tenant/instance>", "restore a snapshot of this instance, of which the other one is a standby")
    .option("--force", "accept a snapshot of other keys, and empty servers; needs --break-glass")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .option(...BREAK_GLASS)
    .action((path: string, options: CommonOptions & RestoreOptions) =>
      execute(options, async (host) => (await import("./snapshot.js")).restore(host, path, options)),
    );
  define(group, "promote", "make a standby an instance of its own, whose data no restore --of replaces any more")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((path: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./snapshot.js")).promote(host, path, options)),
    );
  target(
    define(group, "list", "show the snapshots of an instance, from their manifests").argument("<tenant/instance>"),
  ).action((path: string, options: CommonOptions & TargetOptions) =>
    execute(options, async (host) => (await import("./snapshot.js")).list(host, path, options)),
  );
  retention(
    target(
      define(group, "prune", "remove old snapshots of an instance; the newest complete one always stays").argument(
        "<tenant/instance>",
      ),
    ),
  ).action((path: string, options: CommonOptions & TargetOptions & Retention) =>
    execute(options, async (host) => (await import("./snapshot.js")).prune(host, path, options)),
  );
  identity(
    target(
      define(
        program,
        "drill",
        "prove that the newest snapshot of an instance can be restored, with a throw-away server",
      ).argument("<tenant/instance>"),
    ).option("--from <name>", "name of the snapshot (default: the newest complete one)"),
  )
    .option("--server <file>", "program of the server (default: bao or vault on PATH)")
    .option(
      "--without-network-isolation",
      "start the server with the network of this machine, which must reach nothing that engines change",
    )
    .option("--timeout <seconds>", "give up after this time", parseSeconds, TIMEOUT)
    .action((path: string, options: CommonOptions & DrillCommandOptions) =>
      execute(options, async (host) => (await import("./drill.js")).drill(host, path, options)),
    );
}
