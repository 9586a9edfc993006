import type { Command } from "commander";
import { parseAge, parseCount, parseDays } from "./define";

/** Adds the option of commands that use stored snapshots. */
export function target(command: Command): Command {
  return command.option(
    "--target <url>",
    "file:<folder> or s3://<bucket>/<prefix> (default: as TENANT_VAULT_SNAPSHOTS says)",
  );
}

/** Adds the option of commands that encrypt a snapshot. */
export function recipients(command: Command): Command {
  return command.option(
    "--recipient <key...>",
    "age public keys, each of which can decrypt it (default: as TENANT_VAULT_SNAPSHOT_RECIPIENTS says)",
  );
}

/** Adds the option of commands that decrypt a snapshot. */
export function identity(command: Command): Command {
  return command.requiredOption("--identity <file>", "identity file of age, with the private key of a recipient");
}

/** Adds the options of a command that drills on a schedule. */
export function scheduledDrills(command: Command): Command {
  return command
    .option(
      "--drill <days>",
      "also prove the newest snapshot of each instance whose last proof is older, one at a time",
      parseAge,
    )
    .option(
      "--target <url>",
      "with --drill: file:<folder> or s3://<bucket>/<prefix> (default: as TENANT_VAULT_SNAPSHOTS says)",
    )
    .option("--identity <file>", "with --drill: identity file of age, with the private key of a recipient")
    .option("--server <file>", "with --drill: program of the server (default: bao or vault on PATH)")
    .option(
      "--without-network-isolation",
      "with --drill: start the server with the network of this machine, which must reach nothing that engines change",
    );
}

/** Adds the options of commands that remove snapshots. */
export function retention(command: Command): Command {
  return command
    .requiredOption("--keep <number>", "how many complete snapshots stay", parseCount)
    .option("--keep-days <days>", "for how many days each stays in any case", parseDays, 0);
}
