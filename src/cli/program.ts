import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { defineCentralCommands } from "./central-commands";
import { defineDataCommands } from "./data-commands";
import type { Execute } from "./define";
import { defineEngineCommands } from "./engine-commands";
import { defineFleetCommands } from "./fleet-commands";
import { defineInstanceCommands } from "./instance-commands";
import { defineKeyCommands } from "./key-commands";
import { defineSnapshotCommands } from "./snapshot-commands";
import { defineUserCommands } from "./user-commands";

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
  TENANT_VAULT_SNAPSHOT_RECIPIENTS                age public keys that snapshots and bundles are encrypted to
  TENANT_VAULT_CUSTODY                            the target of the second custody, as of snapshots
  TENANT_VAULT_CUSTODY_PEOPLE                     the file with the people who have it, <name> age1... each
  AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_CA_BUNDLE, the storage of s3:// targets
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
  TENANT_VAULT_WEBHOOK                            a URL to which watch posts what happens
  TENANT_VAULT_MIRROR_ADDR, ..._CACERT, ...       the second Vault of mirror; names as above, without VAULT_`;

/** Builds the command line. Each command loads its modules when it runs, so that help and version are fast. */
export function buildProgram(execute: Execute): Command {
  const program = new Command("tenant-vault")
    .description("Initialises and unseals the Vault instances of tenants; their keys are kept in the central Vault.")
    .version(packageVersion())
    .addHelpText("after", ENVIRONMENT);
  for (const defineCommands of [
    defineInstanceCommands,
    defineKeyCommands,
    defineSnapshotCommands,
    defineDataCommands,
    defineEngineCommands,
    defineFleetCommands,
    defineCentralCommands,
    defineUserCommands,
  ])
    defineCommands(program, execute);
  return program;
}

/** Every command, with the groups. */
export function allCommands(program: Command): readonly Command[] {
  return [program, ...program.commands.flatMap(allCommands)];
}

/** The commands that run something: groups of commands are replaced by their members. */
export function runnableCommands(program: Command): readonly Command[] {
  return allCommands(program).filter(({ commands }) => commands.length === 0);
}

/** Name of a command with those of its groups: `snapshot save`. */
export function commandName(command: Command): string {
  const { parent } = command;
  return parent?.parent == null ? command.name() : `${commandName(parent)} ${command.name()}`;
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as { version: string };
  return manifest.version;
}
