#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { kubespray } from "./kubespray";
import { migrateSeal } from "./migrate-seal";
import { purge } from "./purge";
import { status } from "./status";
import { unseal } from "./unseal";

const DEFAULT_TIMEOUT_SECONDS = 600;
/** People may have to restart servers in between. */
const MIGRATION_TIMEOUT_SECONDS = 3600;

function buildProgram(signal: AbortSignal): Command {
  const program = new Command("tenant-vault")
    .description("Initialises and unseals the Vault instances of tenants; their keys are kept in the central Vault.")
    .version(packageVersion())
    .addHelpText(
      "after",
      [
        "",
        "Environment:",
        "  VAULT_ADDR, VAULT_CACERT, VAULT_NAMESPACE       the central Vault",
        "  VAULT_TOKEN (or ~/.vault-token)                 a token for it, or",
        "  TENANT_VAULT_ROLE_ID, TENANT_VAULT_SECRET_ID    an AppRole login at auth/tenant-vault",
        "  TENANT_VAULT_STATE_DIR                          where journals and logs are kept (default: ~/.local/state/tenant-vault)",
        "  TENANT_VAULT_KUBESPRAY                          a checkout or an image of Kubespray",
      ].join("\n"),
    );
  program
    .command("unseal")
    .description("bring an instance from any state to initialised, escrowed and unsealed on every replica")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, DEFAULT_TIMEOUT_SECONDS)
    .action(async (target: string, { timeout }: { timeout: number }) => unseal(target, timeout, signal));
  program
    .command("migrate-seal")
    .description("bring an instance from the seal that it runs with to the one that is described and deployed")
    .argument("<tenant/instance>")
    .option("--timeout <seconds>", "give up waiting after this time", parseSeconds, MIGRATION_TIMEOUT_SECONDS)
    .action(async (target: string, { timeout }: { timeout: number }) => migrateSeal(target, timeout, signal));
  program
    .command("purge")
    .description("destroy the keys in a record that was deleted before, for good; takes a token of the operator's own")
    .argument("<tenant/instance>")
    .option("--yes-destroy-the-keys <tenant/instance>", "the same instance again")
    .action(async (target: string, { yesDestroyTheKeys }: { yesDestroyTheKeys?: string }) =>
      purge(target, yesDestroyTheKeys),
    );
  program
    .command("kubespray")
    .description("install, or change, Kubernetes on a tenant's machines; its kubeconfig goes into the central Vault")
    .argument("<tenant>")
    .action(async (tenant: string) => kubespray(tenant, signal));
  program
    .command("status")
    .description("show an instance, a tenant's instances, or all; exit code 2 when one is not healthy")
    .argument("[tenant[/instance]]")
    .addOption(new Option("--json", "print JSON").conflicts("prometheus"))
    .option("--prometheus", "print metrics for node_exporter's textfile collector")
    .action(async (selection: string | undefined, options: { json?: true; prometheus?: true }) => {
      const format = options.json ? "json" : options.prometheus ? "prometheus" : "text";
      if (!(await status(selection, format))) process.exitCode = 2;
    });
  return program;
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as { version: string };
  return manifest.version;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) throw new InvalidArgumentError("Give a number of seconds above 0.");
  return seconds;
}

async function main(): Promise<void> {
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interruption.abort());
  // A reader that goes away, such as a closed terminal or pipe, must not end a run that holds keys.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  try {
    await buildProgram(interruption.signal).parseAsync();
  } catch (error) {
    process.stderr.write(`tenant-vault: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

void main();
