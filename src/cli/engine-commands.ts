import type { Command } from "commander";
import type { ListOptions, RevokeOptions } from "./certificates";
import {
  BREAK_GLASS,
  DEFAULT_TIMEOUT,
  define,
  parseDate,
  parseSeconds,
  SHORT_TIMEOUT,
  type CommonOptions,
  type Execute,
} from "./define";
import type { InstanceOptions } from "./instance";

/** Adds the commands for what the engines of an instance hold. */
export function defineEngineCommands(program: Command, execute: Execute): void {
  define(program, "placeholders", "write the secrets that people fill in later; Terraform runs it")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, SHORT_TIMEOUT)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./placeholders.js")).placeholders(host, target, options)),
    );
  define(program, "authority", "bring a CA whose key the central Vault holds into its mount; Terraform runs it")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./authority.js")).authority(host, target, options)),
    );
  define(
    program,
    "database",
    "write the password of a database connection, which Terraform does not know; Terraform runs it",
  )
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./database.js")).database(host, target, options)),
    );
  const certificates = program
    .command("certificates")
    .description("list and revoke the certificates that an instance has issued");
  selection(define(certificates, "list", "show the certificates that are valid, the first to expire first"))
    .option("--all", "also expired and revoked ones")
    .action((path: string, options: CommonOptions & ListOptions) =>
      execute(options, async (host) => (await import("./certificates.js")).list(host, path, options)),
    );
  selection(define(certificates, "revoke", "revoke certificates for good, and publish the revocation lists"))
    .option("--serial <number...>", "those with these serial numbers")
    .option("--yes-revoke <tenant/instance>", "revoke all that the dates select; the same instance again")
    .option(...BREAK_GLASS)
    .action((path: string, options: CommonOptions & RevokeOptions) =>
      execute(options, async (host) => (await import("./certificates.js")).revoke(host, path, options)),
    );
}

function selection(command: Command): Command {
  return command
    .argument("<tenant/instance>")
    .option("--mount <path...>", "only of these PKI mounts (default: all that the tenant file describes)")
    .option("--issued-since <date>", "only those that were not issued before", parseDate)
    .option("--issued-until <date>", "only those that were issued until then", parseDate)
    .option("--expires-until <date>", "only those that expire until then", parseDate)
    .option("--timeout <seconds>", "give up after this time", parseSeconds, DEFAULT_TIMEOUT);
}
