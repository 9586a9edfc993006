import { connectToCentral } from "../central/login";
import { mapConcurrently } from "../core/concurrent";
import { OperationError } from "../core/errors";
import { selectInstances } from "../operations/status/status";
import type { CommandHost, CommandResult } from "./command";
import { unseal } from "./unseal";

/** What became of one instance. */
interface Outcome {
  readonly instance: string;
  /** @default - it is unsealed */
  readonly error?: { readonly code: string; readonly message: string };
  readonly text: string;
}

/**
 * `tenant-vault unseal --tenant` and `unseal --all`: several instances, some at a time. One that fails stops no other.
 *
 * @param options The tenant. @default - every instance that the central Vault has a record of
 */
export async function unsealAll(
  host: CommandHost,
  { tenant, timeout, parallel }: { readonly tenant?: string; readonly timeout: number; readonly parallel: number },
): Promise<CommandResult> {
  const targets = await instancesOf(host, tenant);
  // What Terraform describes is one instance.
  const { TENANT_VAULT_INSTANCE: _, ...environment } = host.environment;
  const outcomes = await mapConcurrently(targets, parallel, (target) =>
    attempt(target, () => unseal({ ...host, environment }, target, { timeout, respectsHold: true })),
  );
  const failed = outcomes.filter(({ error }) => error !== undefined);
  return {
    text: outcomes.map(({ text }) => text).join(""),
    json: outcomes.map(({ instance, error }) => ({ instance, ...(error === undefined ? {} : { error }) })),
    exitCode: failed.length === 0 ? 0 : 1,
  };
}

async function instancesOf({ environment }: CommandHost, tenant: string | undefined): Promise<string[]> {
  const central = await connectToCentral(environment);
  try {
    return (await selectInstances(central, tenant)).map(({ tenant, name }) => `${tenant}/${name}`);
  } finally {
    await central.close();
  }
}

async function attempt(instance: string, work: () => Promise<CommandResult>): Promise<Outcome> {
  try {
    return { instance, text: (await work()).text };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const { code, message } = error;
    // An instance that was retired has a deleted record, and no servers.
    if (code === "record-deleted") return { instance, text: `${instance}: skipped, because its record is deleted\n` };
    // A person keeps it sealed on purpose.
    if (code === "held") return { instance, text: `${instance}: skipped. ${message}\n` };
    return { instance, error: { code, message }, text: `${instance}: [${code}] ${message}\n` };
  }
}
