import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { CommandHost, CommandResult } from "./command";
import type { EscrowOptions } from "./escrow";
import type { DrillCommandOptions } from "./drill";
import type { InstanceOptions } from "./instance";
import type { RootTokenOptions } from "./root-token";
import type { RotateKeysOptions } from "./rotate-keys";
import type { SealOptions } from "./seal";
import type { RestoreOptions, SaveOptions, TargetOptions } from "./snapshot";
import type { WatchOptions } from "./watch";

/** Seconds. */
const DEFAULT_TIMEOUT = 600;
/** Seconds. In an incident, a person waits for the result. */
const SHORT_TIMEOUT = 120;
/** Seconds. People may have to restart servers in between. */
const MIGRATION_TIMEOUT = 3600;

const ENVIRONMENT = `
Environment:
  VAULT_ADDR, VAULT_NAMESPACE                     the central Vault
  VAULT_CACERT, VAULT_CAPATH                      the certificate of its CA, or a folder with it
  VAULT_TLS_SERVER_NAME                           the name in its certificate, if that is not its host
  VAULT_TOKEN (or ~/.vault-token)                 a token for it, or
  TENANT_VAULT_ROLE_ID, TENANT_VAULT_SECRET_ID    an AppRole login at auth/tenant-vault, or
  TENANT_VAULT_JWT_FILE, TENANT_VAULT_JWT_ROLE    a signed token for the login at the path
  TENANT_VAULT_JWT_LOGIN                          TENANT_VAULT_JWT_LOGIN
  TENANT_VAULT_STATE_DIR                          where journals and logs are kept (default: ~/.local/state/tenant-vault)
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY               the way to every server, except those on this machine
  TENANT_VAULT_KUBESPRAY                          a checkout or an image of Kubespray
  TENANT_VAULT_SNAPSHOTS                          the target of snapshots: file:<folder> or s3://<bucket>/<prefix>
  TENANT_VAULT_SNAPSHOT_RECIPIENTS                age public keys that snapshots are encrypted to
  AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_CA_BUNDLE, the storage of s3:// targets
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
  TENANT_VAULT_WEBHOOK                            a URL to which watch posts what happens
  TENANT_VAULT_MIRROR_ADDR, ..._CACERT, ...       the second Vault of mirror; names as above, without VAULT_`;

/** Seconds. A large snapshot takes as long as its transfer. */
const SNAPSHOT_TIMEOUT = 3600;

/** Default number of instances that `unseal --all` works on at a time. */
const INSTANCES_AT_ONCE = 8;

/** Defaults of `watch`, in seconds. */
const WATCH_POLL = 1;
const WATCH_REFRESH = 30;
const WATCHED_AT_ONCE = 32;

/** Option of commands that take the lock of an instance. */
const BREAK_GLASS = ["--break-glass <reason>", "take the lock from another operation, and say why"] as const;

interface UnsealOptions {
  readonly all?: true;
  readonly tenant?: string;
  readonly parallel: number;
  readonly timeout: number;
}

/** Options of every command. */
export interface CommonOptions {
  readonly json?: true;
}

/** Runs a command and prints its result. */
export type Execute = (options: CommonOptions, command: (host: CommandHost) => Promise<CommandResult>) => Promise<void>;

/** Builds the command line. Each command loads its modules when it runs, so that help and version are fast. */
export function buildProgram(execute: Execute): Command {
  const program = new Command("tenant-vault")
    .description("Initialises and unseals the Vault instances of tenants; their keys are kept in the central Vault.")
    .version(packageVersion())
    .addHelpText("after", ENVIRONMENT);

  define(program, "unseal", "bring an instance from any state to initialised, escrowed and unsealed on every replica")
    .argument("[tenant/instance]")
    .option("--tenant <tenant>", "every instance of this tenant")
    .option("--all", "every instance that the central Vault has a record of")
    .option(
      "--parallel <number>",
      "with --tenant or --all: how many instances at a time",
      parseCount,
      INSTANCES_AT_ONCE,
    )
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
  define(program, "root-token", "make a root token with the keys of the record, or revoke the one of the record")
    .addArgument(new Argument("<generate|revoke>", "what to do").choices(["generate", "revoke"]))
    .argument("<tenant/instance>")
    .option("--keep", "generate: put the token into the record, unless it has one that works")
    .addOption(
      new Option("--print", "generate: print the token to standard output, and keep it nowhere").conflicts("keep"),
    )
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((action: string, target: string, options: RootTokenOptions) =>
      execute(options, async (host) => (await import("./root-token.js")).rootToken(host, action, target, options)),
    );
  define(program, "escrow", "prove that the records have every key, and that the keys open the data; seals nothing")
    .addArgument(new Argument("<verify>", "what to do").choices(["verify"]))
    .argument("[tenant/instance]")
    .option("--tenant <tenant>", "every instance of this tenant")
    .option("--all", "every instance that the central Vault has a record of")
    .option(
      "--parallel <number>",
      "with --tenant or --all: how many instances at a time",
      parseCount,
      INSTANCES_AT_ONCE,
    )
    .option("--timeout <seconds>", "give up waiting after this time, for each instance", parseSeconds, SHORT_TIMEOUT)
    .option(...BREAK_GLASS)
    .action((_action: string, target: string | undefined, options: CommonOptions & EscrowOptions) =>
      execute(options, async (host) => (await import("./escrow.js")).escrow(host, target, options)),
    );
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
  defineSnapshot(program, execute);
  define(program, "drill", "prove that the newest snapshot of an instance can be restored, with a throw-away server")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .option("--from <name>", "name of the snapshot (default: the newest complete one)")
    .requiredOption("--identity <file>", "identity file of age, with the private key of a recipient")
    .option("--server <file>", "program of the server (default: bao or vault on PATH)")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, SNAPSHOT_TIMEOUT)
    .action((target: string, options: CommonOptions & DrillCommandOptions) =>
      execute(options, async (host) => (await import("./drill.js")).drill(host, target, options)),
    );
  define(program, "purge", "destroy the keys in a record that was deleted before, for good; needs the operator's token")
    .argument("<tenant/instance>")
    .option("--yes-destroy-the-keys <tenant/instance>", "the same instance again")
    .action((target: string, options: CommonOptions & { yesDestroyTheKeys?: string }) =>
      execute(options, async (host) => (await import("./purge.js")).purge(host, target, options)),
    );
  define(
    program,
    "kubespray",
    "install or change Kubernetes on a tenant's machines, and put its kubeconfig into the central Vault",
  )
    .argument("<tenant>")
    .option("--check", "only check what a run needs: Kubespray, the variables of the cloud, the central Vault")
    .action((tenant: string, options: CommonOptions & { check?: true }) =>
      execute(options, async (host) => (await import("./kubespray.js")).kubespray(host, tenant, options)),
    );
  define(
    program,
    "preflight",
    "check what would make a deployment of a tenant fail, before anything is created; exit code 2 if there is a problem",
  )
    .argument("<tenant>")
    .action((tenant: string, options: CommonOptions) =>
      execute(options, async (host) => (await import("./preflight.js")).preflight(host, tenant)),
    );
  define(program, "status", "show an instance, a tenant's instances, or all; exit code 2 if one is not healthy")
    .argument("[tenant[/instance]]")
    .addOption(new Option("--prometheus", "print metrics for node_exporter's textfile collector").conflicts("json"))
    .action((selection: string | undefined, options: CommonOptions & { prometheus?: true }) =>
      execute(options, async (host) => (await import("./status.js")).status(host, selection, options)),
    );
  define(program, "watch", "unseal instances as soon as they are sealed, until interrupted; writes no record")
    .option("--tenant <tenant>", "only the instances of this tenant")
    .option(
      "--shard <index/count>",
      "only one of several equal parts, such as 1/3 or watch-0/3 (a pod's name); each has a watcher of its own",
    )
    .option("--poll <seconds>", "time between two inspections of an instance", parseSeconds, WATCH_POLL)
    .option("--refresh <seconds>", "time between two lists of the records", parseSeconds, WATCH_REFRESH)
    .option("--parallel <number>", "how many instances are unsealed at a time", parseCount, WATCHED_AT_ONCE)
    .option(
      "--maintain <seconds>",
      "also renew certificates, tokens and credentials, with this time between two runs for an instance",
      parseSeconds,
    )
    .option("--listen <host:port>", "serve /metrics, /healthz and /readyz there")
    .action((options: CommonOptions & WatchOptions) =>
      execute(options, async (host) => (await import("./watch.js")).watch(host, options)),
    );
  define(
    program,
    "mirror",
    "copy records, kubeconfigs and credentials to a second Vault; deletes nothing there",
  ).action((options: CommonOptions) => execute(options, async (host) => (await import("./mirror.js")).mirror(host)));
  return program;
}

/** Option of commands that use stored snapshots. */
const TARGET = [
  "--target <url>",
  "file:<folder> or s3://<bucket>/<prefix> (default: as TENANT_VAULT_SNAPSHOTS says)",
] as const;

function defineSnapshot(program: Command, execute: Execute): void {
  const group = program.command("snapshot").description("take and keep encrypted snapshots of an instance");
  define(group, "save", "keep an encrypted snapshot of an instance, taken from its active server and checked")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .option(
      "--recipient <key...>",
      "age public keys, each of which can decrypt it (default: as TENANT_VAULT_SNAPSHOT_RECIPIENTS says)",
    )
    .option("--timeout <seconds>", "give up after this time", parseSeconds, SNAPSHOT_TIMEOUT)
    .action((target: string, options: CommonOptions & SaveOptions) =>
      execute(options, async (host) => (await import("./snapshot.js")).save(host, target, options)),
    );
  define(group, "restore", "replace the data of an instance by those of a snapshot, and prove that each replica works")
    .argument("<tenant/instance>")
    .option(...TARGET)
    .requiredOption("--from <name>", "name of the snapshot, as snapshot list shows it")
    .requiredOption("--identity <file>", "identity file of age, with the private key of a recipient")
    .option("--force", "accept a snapshot of other keys, and empty servers; needs --break-glass")
    .option("--timeout <seconds>", "give up after this time", parseSeconds, SNAPSHOT_TIMEOUT)
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
}

/** The commands that run something: groups of commands are replaced by their members. */
export function runnableCommands(program: Command): readonly Command[] {
  return program.commands.flatMap((command) => (command.commands.length === 0 ? [command] : command.commands));
}

/** Name of a command with that of its group: `snapshot save`. */
export function commandName(command: Command): string {
  const group = command.parent?.parent === null || command.parent === null ? "" : `${command.parent.name()} `;
  return `${group}${command.name()}`;
}

function define(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).option("--json", "print JSON; progress is JSON lines");
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as { version: string };
  return manifest.version;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("Give a whole number from 1.");
  return count;
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isFinite(days) || days < 0) throw new InvalidArgumentError("Give a number of days from 0.");
  return days;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) throw new InvalidArgumentError("Give a number of seconds above 0.");
  return seconds;
}
