import { parseTarget, recallInstance } from "../central/instances";
import { connectToCentral } from "../central/login";
import { RecordStore } from "../central/record-store";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import { pruneCustody } from "../operations/custody/custody-files";
import {
  inspectCustody,
  keepCustody,
  type CustodyContext,
  type CustodyReport,
} from "../operations/custody/keep-custody";
import { parsePeople, type Person } from "../operations/custody/people";
import type { SnapshotTarget } from "../operations/snapshot/target";
import type { CommandHost, CommandResult } from "./command";
import { forEachInstance, requireSelection, type InstanceSelection } from "./each-instance";
import { readOptionFile } from "./option-file";
import { withTarget } from "./with-target";

const TARGET = "TENANT_VAULT_CUSTODY";
const PEOPLE = "TENANT_VAULT_CUSTODY_PEOPLE";

/** Where the second custody is, and whose it is. */
export interface CustodySettings {
  /** URL. @default - TENANT_VAULT_CUSTODY */
  readonly target?: string;
  /** File with the people. @default - TENANT_VAULT_CUSTODY_PEOPLE */
  readonly people?: string;
}

/** Options of `escrow custody`. */
export interface CustodyOptions extends CustodySettings, InstanceSelection {
  /** Whether the former files of the instance are removed. @default - they stay */
  readonly prune?: true;
}

/** `tenant-vault escrow custody`: gives the keys of records to people, encrypted, so that the central Vault is not the only holder. */
export async function custody(
  host: CommandHost,
  target: string | undefined,
  options: CustodyOptions,
): Promise<CommandResult> {
  requireSelection(target, options);
  return withCustody(host, options, (place) => {
    if (target !== undefined) return keepOne(host, place, target, options);
    const { tenant, parallel } = options;
    const skipped = (code: string): string | undefined =>
      code === "record-deleted" ? ", because its record is deleted" : undefined;
    return forEachInstance(host, { tenant, parallel, skipped }, (own, each) => keepOne(own, place, each, options));
  });
}

/** Keeps the second custody of an instance current, if the environment configures one. */
export async function keepConfiguredCustody(host: CommandHost, target: string): Promise<void> {
  if (!isConfigured(host)) return;
  await withCustody(host, {}, (place) => keepOne(host, place, target, {}));
}

/**
 * Checks that people have the keys that the record has now.
 *
 * @returns Whether it was checked: the environment configures a second custody.
 * @throws OperationError `custody-outdated` if they do not.
 */
export async function verifyConfiguredCustody(
  host: CommandHost,
  { instance, store, clock, log }: Omit<CustodyContext, "target" | "people">,
): Promise<boolean> {
  if (!isConfigured(host)) return false;
  return withCustody(host, {}, async ({ target, people }) => {
    const { state } = await inspectCustody({ instance, store, target, people, clock, log });
    if (state === "current") return true;
    throw new OperationError(
      "custody-outdated",
      `The second custody of ${store.path} at ${target.text} is ${state === "missing" ? "missing" : "older than its keys, its description or the people's file"}; renew it with "tenant-vault escrow custody ${store.path}".`,
    );
  });
}

interface Place {
  readonly target: SnapshotTarget;
  readonly people: readonly Person[];
}

function isConfigured({ environment }: CommandHost): boolean {
  return setting(environment, TARGET) !== undefined;
}

async function withCustody<Result>(
  host: CommandHost,
  settings: CustodySettings,
  work: (place: Place) => Promise<Result>,
): Promise<Result> {
  const people = await readPeople(settings.people ?? setting(host.environment, PEOPLE));
  const use = { content: "the second custody", variable: TARGET };
  return withTarget(host, settings, (target) => work({ target, people }), use);
}

async function readPeople(file: string | undefined): Promise<readonly Person[]> {
  if (file === undefined) {
    throw new OperationError("usage", `No file with people is named; write --people <file>, or set ${PEOPLE}.`);
  }
  return parsePeople(await readOptionFile(file, "The file with people", `correct --people or ${PEOPLE}`), file);
}

async function keepOne(
  { environment, clock, signal, ...host }: CommandHost,
  { target, people }: Place,
  path: string,
  { prune }: Pick<CustodyOptions, "prune">,
): Promise<CommandResult> {
  const named = parseTarget(path);
  const central = await connectToCentral(environment, signal);
  try {
    const instance = await recallInstance(central.withSignal(signal), named);
    if (instance.selfInitializes === true) {
      return { text: `${path}: self-initialised, so there are no keys\n`, json: { instance: path, written: false } };
    }
    const store = new RecordStore(central.withSignal(signal), named.tenant, named.name, clock);
    const log = host.log.with({ instance: path });
    const report = await keepCustody({ instance, store, target, people, clock, log });
    const removed = prune === true ? await pruneCustody(target, instance, report.custody) : undefined;
    return {
      text: `${path}: ${text(report)}${removed === undefined ? "" : `, removed ${removed.length} former ones`}\n`,
      json: { instance: path, ...report, ...(removed === undefined ? {} : { removed }) },
    };
  } finally {
    await central.close();
  }
}

function text({ custody: name, written, people }: CustodyReport): string {
  const count = Object.keys(people).length;
  return written ? `gave its keys to ${count} people, as ${name}` : `${count} people have its keys, as ${name}`;
}
