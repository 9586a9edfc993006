import { connectToCentral } from "../central/login";
import { mapConcurrently } from "../core/concurrent";
import type { ErrorCode } from "../core/error-codes";
import { OperationError } from "../core/errors";
import { selectInstances } from "../operations/status/status";
import type { CommandHost, CommandResult } from "./command";

/** Options by which a command works on one or several instances. */
export interface InstanceSelection {
  /** Whether every instance is meant. @default - the named one */
  readonly all?: true;
  /** The tenant whose instances are meant. @default - the named instance */
  readonly tenant?: string;
  readonly parallel: number;
}

/**
 * Checks that a command says which records it works on.
 *
 * @throws OperationError `usage` if it names none, or both an instance and a tenant, for example.
 */
export function requireSelection(target: string | undefined, { all, tenant }: InstanceSelection): void {
  if ([target, all, tenant].filter((each) => each !== undefined).length === 1) return;
  throw new OperationError(
    "usage",
    "Which records are meant is not clear; name one instance, or write --tenant or --all.",
  );
}

/** What became of one instance. */
interface Outcome {
  readonly instance: string;
  /** @default - it worked */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  readonly text: string;
}

/** Which instances, and how. */
export interface EachInstance {
  /** @default - every instance that the central Vault has a record of */
  readonly tenant?: string | undefined;
  readonly parallel: number;
  /** Says why an instance with this error is skipped; undefined if it failed. */
  readonly skipped: (code: ErrorCode, message: string) => string | undefined;
}

/** Does the same to several instances, some at a time. One that fails stops no other, and makes the exit code 1. */
export async function forEachInstance(
  host: CommandHost,
  { tenant, parallel, skipped }: EachInstance,
  work: (host: CommandHost, target: string) => Promise<CommandResult>,
): Promise<CommandResult> {
  const targets = await instancesOf(host, tenant);
  const own = forAnyInstance(host);
  const outcomes = await mapConcurrently(targets, parallel, (target) =>
    attempt(target, skipped, () => work(own, target)),
  );
  return {
    text: outcomes.map(({ text }) => text).join(""),
    json: outcomes.map(({ instance, error }) => ({ instance, ...(error === undefined ? {} : { error }) })),
    exitCode: outcomes.every(({ error }) => error === undefined) ? 0 : 1,
  };
}

/** The host without what Terraform describes, which is one instance. */
export function forAnyInstance(host: CommandHost): CommandHost {
  const { TENANT_VAULT_INSTANCE: _, ...environment } = host.environment;
  return { ...host, environment };
}

async function instancesOf({ environment }: CommandHost, tenant: string | undefined): Promise<string[]> {
  const central = await connectToCentral(environment);
  try {
    return (await selectInstances(central, tenant)).map(({ tenant, name }) => `${tenant}/${name}`);
  } finally {
    await central.close();
  }
}

async function attempt(
  instance: string,
  skipped: EachInstance["skipped"],
  work: () => Promise<CommandResult>,
): Promise<Outcome> {
  try {
    return { instance, text: (await work()).text };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const { code, message } = error;
    const reason = skipped(code, message);
    if (reason !== undefined) return { instance, text: `${instance}: skipped${reason}\n` };
    return { instance, error: { code, message }, text: `${instance}: [${code}] ${message}\n` };
  }
}
