import { Option, type Command } from "commander";
import {
  BREAK_GLASS,
  DEFAULT_TIMEOUT,
  define,
  parseCount,
  parseSeconds,
  severalInstances,
  SHORT_TIMEOUT,
  type CommonOptions,
  type Execute,
} from "./define";
import type { CustodyOptions } from "./custody";
import type { EscrowOptions } from "./escrow";
import type { InstanceOptions } from "./instance";
import type { GenerateOptions } from "./root-token";
import type { RotateKeysOptions } from "./rotate-keys";

/** Seconds. People may have to restart servers in between. */
const MIGRATION_TIMEOUT = 3600;

/** Adds the commands that change or prove keys. */
export function defineKeyCommands(program: Command, execute: Execute): void {
  define(
    program,
    "migrate-seal",
    "bring an instance from the seal that it runs with to the one that is described and deployed",
  )
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, MIGRATION_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./migrate-seal.js")).migrateSeal(host, target, options)),
    );
  define(program, "rotate-keys", "replace the unseal or recovery keys of an instance by new ones")
    .argument("<tenant/instance>")
    .option("--shares <number>", "number of new keys (default: as the tenant's file says)", parseCount)
    .option("--threshold <number>", "how many are needed together (default: as the tenant's file says)", parseCount)
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & RotateKeysOptions) =>
      execute(options, async (host) => (await import("./rotate-keys.js")).rotateKeys(host, target, options)),
    );
  define(program, "rotate-barrier", "replace the key with which the servers of an instance encrypt new data")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./rotate-barrier.js")).rotateBarrier(host, target, options)),
    );
  defineRootToken(program, execute);
  defineEscrow(program, execute);
}

function defineRootToken(program: Command, execute: Execute): void {
  const group = program.command("root-token").description("make or revoke root tokens of an instance");
  define(group, "generate", "make a root token with the keys of the record")
    .argument("<tenant/instance>")
    .option("--keep", "put the token into the record, unless it has one that works")
    .addOption(new Option("--print", "print the token to standard output, and keep it nowhere").conflicts("keep"))
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: GenerateOptions) =>
      execute(options, async (host) => (await import("./root-token.js")).generate(host, target, options)),
    );
  define(group, "revoke", "revoke the root token of the record, and remove it there")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string, options: CommonOptions & InstanceOptions) =>
      execute(options, async (host) => (await import("./root-token.js")).revoke(host, target, options)),
    );
}

function defineEscrow(program: Command, execute: Execute): void {
  const group = program.command("escrow").description("look after the keys in the records");
  severalInstances(
    define(group, "verify", "prove that the records have every key, and that the keys open the data; seals nothing"),
  )
    .argument("[tenant/instance]")
    .option("--timeout <seconds>", "give up waiting after this time, for each instance", parseSeconds, SHORT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((target: string | undefined, options: CommonOptions & EscrowOptions) =>
      execute(options, async (host) => (await import("./escrow.js")).verifyEscrow(host, target, options)),
    );
  severalInstances(
    define(
      group,
      "custody",
      "give the keys in the records to named people, encrypted with age; writes nothing if they have them already",
    ),
  )
    .argument("[tenant/instance]")
    .option("--target <url>", "file:<folder> or s3://<bucket>/<prefix> (default: as TENANT_VAULT_CUSTODY says)")
    .option("--people <file>", "one person per line, <name> age1... (default: as TENANT_VAULT_CUSTODY_PEOPLE says)")
    .option("--prune", "remove the former files of the instance; an older snapshot may need the keys in them")
    .action((target: string | undefined, options: CommonOptions & CustodyOptions) =>
      execute(options, async (host) => (await import("./custody.js")).custody(host, target, options)),
    );
}
