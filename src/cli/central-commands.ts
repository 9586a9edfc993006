import type { Command } from "commander";
import type { CentralUnsealOptions } from "./central";
import type { CentralOptions } from "./central-servers";
import type { CentralRestoreOptions, CentralSaveOptions } from "./central-snapshot";
import { define, parseSeconds, type CommonOptions, type Execute } from "./define";
import { identity, recipients, retention, target } from "./snapshot-options";
import type { Retention } from "../operations/snapshot/series";
import type { TargetOptions } from "./with-target";

/** Seconds. People come one after another to unseal the servers. */
const TIMEOUT = 3600;

/** Adds the commands for the central Vault itself. */
export function defineCentralCommands(program: Command, execute: Execute): void {
  const group = program.command("central").description("look after the central Vault itself");
  ofServers(
    define(group, "status", "show each server of the central Vault; needs no token; exit code 2 if one is not healthy"),
  ).action((options: CommonOptions & CentralOptions) =>
    execute(options, async (host) => (await import("./central.js")).status(host, options)),
  );
  ofServers(
    define(
      group,
      "unseal",
      "give one unseal key to each sealed server of the central Vault; asks for it without echo, or reads standard input",
    ),
  )
    .option("--reset", "have the servers forget the keys that were given so far, and give none")
    .action((options: CommonOptions & CentralUnsealOptions) =>
      execute(options, async (host) => (await import("./central.js")).unseal(host, options)),
    );
  defineSnapshots(group.command("snapshot").description("take and keep encrypted snapshots of it"), execute);
}

function defineSnapshots(group: Command, execute: Execute): void {
  recipients(
    target(
      ofServers(define(group, "save", "keep an encrypted snapshot of the central Vault, taken from its active server")),
    ),
  ).action((options: CommonOptions & CentralSaveOptions) =>
    execute(options, async (host) => (await import("./central-snapshot.js")).save(host, options)),
  );
  identity(
    target(
      ofServers(
        define(
          group,
          "restore",
          "replace the data of the central Vault by those of a snapshot, and wait until people have unsealed each server",
        ),
      ),
    ),
  )
    .option("--from <name>", "name of the snapshot (default: the newest complete one)")
    .option("--force", "accept a snapshot of other keys, and empty servers; needs --break-glass")
    .option("--break-glass <reason>", "with --force: why the seal of the snapshot is not checked")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, TIMEOUT)
    .action((options: CommonOptions & CentralRestoreOptions) =>
      execute(options, async (host) => (await import("./central-snapshot.js")).restore(host, options)),
    );
  target(define(group, "list", "show the snapshots of the central Vault, from their manifests")).action(
    (options: CommonOptions & TargetOptions) =>
      execute(options, async (host) => (await import("./central-snapshot.js")).list(host, options)),
  );
  retention(
    target(define(group, "prune", "remove old snapshots of the central Vault; the newest complete one always stays")),
  ).action((options: CommonOptions & TargetOptions & Retention) =>
    execute(options, async (host) => (await import("./central-snapshot.js")).prune(host, options)),
  );
}

function ofServers(command: Command): Command {
  return command.option(
    "--address <url...>",
    "servers of the central Vault, each by its own address (default: the one at VAULT_ADDR)",
  );
}
