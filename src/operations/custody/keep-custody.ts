import { createHash } from "node:crypto";
import { pendingKeys } from "../../central/pending-keys";
import { namedKeys, type NamedKey } from "../../central/record";
import type { RecordStore } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import type { Instance } from "../../contract/instance";
import type { Clock } from "../../core/clock";
import { OperationError } from "../../core/errors";
import type { Log } from "../../core/log";
import { keyTypeOf } from "../../vault/keys";
import { chooseShares, strayShares } from "../../vault/shares";
import { unfinishedRotation } from "../ceremonies/unfinished-rotation";
import type { SnapshotTarget } from "../snapshot/target";
import { decideCustody, type CustodyState } from "./custody-decision";
import { listCustody, writeCustody } from "./custody-files";
import { checkPeople, distributeKeys } from "./distribution";
import type { CustodyManifest } from "./manifest";
import type { Person } from "./people";
import type { CustodyContent, Holder } from "./share-file";

/** What the second custody of an instance needs. It uses the record only, and no server. */
export interface CustodyContext {
  readonly instance: Instance;
  readonly store: Pick<RecordStore, "path" | "read">;
  readonly target: SnapshotTarget;
  readonly people: readonly Person[];
  readonly clock: Pick<Clock, "date">;
  readonly log: Log;
}

/** What a run did. */
export interface CustodyReport {
  /** Name of the custody that is current now. */
  readonly custody: string;
  /** Whether this run wrote it. */
  readonly written: boolean;
  readonly recordVersion: number;
  /** Names of the people, with the names of their keys. */
  readonly people: Readonly<Record<string, readonly string[]>>;
}

/**
 * Gives the keys of the record to people: a file for each of them, encrypted to this person. It writes nothing if the newest files
 * say the same already. Files are never overwritten, and count only once their manifest is there, which is written last.
 *
 * @throws OperationError `custody-people` if nobody may get these keys, `escrow-incomplete` or `rotation-unfinished` if the record
 *   does not have all keys.
 */
export async function keepCustody(context: CustodyContext): Promise<CustodyReport> {
  const { content, version, digest } = await wantedCustody(context);
  const { target, instance, clock, log } = context;
  const found = decideCustody(await listCustody(target, instance), digest);
  if (found.state === "current") return report(found.custody, false);
  const written = await writeCustody(target, content, { recordVersion: version, time: clock.date(), digest });
  log.info("gave the keys to people", { name: written.name, people: written.people.length });
  return report(written, true);
}

/** Tells whether the newest files at the target have the keys of the record, for the same people. It writes nothing. */
export async function inspectCustody(context: CustodyContext): Promise<CustodyState> {
  const { digest } = await wantedCustody(context);
  return decideCustody(await listCustody(context.target, context.instance), digest);
}

interface Wanted {
  readonly content: CustodyContent;
  /** Version of the record. */
  readonly version: number;
  readonly digest: string;
}

async function wantedCustody({ instance, store, people }: CustodyContext): Promise<Wanted> {
  const keyType = keyTypeOf(instance.seal);
  const { fields, version } = await store.read();
  const pending = pendingKeys(fields, keyType);
  if (pending !== undefined) throw unfinishedRotation(store.path, pending, "it is open which keys people need");
  const keys = namedKeys(fields, keyType);
  checkKeys(store.path, instance, keys);
  const { secretShares: shares, secretThreshold: threshold } = instance;
  checkPeople(store.path, { shares, threshold }, people.length);
  checkDamage(store.path, instance, keys);
  const distributed = distributeKeys(keys, people.length);
  const holders = people.map((person, index): Holder => ({ ...person, keys: distributed[index] ?? [] }));
  const content = { instance, keyType, holders };
  return { content, version, digest: digestOf(content) };
}

function checkKeys(path: string, { secretShares }: Instance, keys: readonly NamedKey[]): void {
  if (keys.length === 0) {
    throw new OperationError(
      "not-initialized",
      `${recordPath(path)} has no keys yet; run "tenant-vault unseal ${path}" first.`,
    );
  }
  if (keys.length !== secretShares) throw incomplete(path, `holds ${keys.length} keys of ${secretShares}`);
}

/** Spare keys tell, without the server, that another one is damaged. People must not get such keys instead of good ones. */
function checkDamage(path: string, { secretThreshold }: Instance, named: readonly NamedKey[]): void {
  const keys = named.map(({ key }) => key);
  const stray = strayShares(keys, chooseShares(keys, secretThreshold));
  const distinct = new Set(keys.map((key) => key.reveal())).size;
  if (stray.length > 0 || distinct < keys.length) throw incomplete(path, "has keys that do not belong together");
}

function incomplete(path: string, problem: string): OperationError {
  return new OperationError(
    "escrow-incomplete",
    `${recordPath(path)} ${problem}, so people would not get all of them; find out which with "tenant-vault escrow verify ${path}".`,
  );
}

/** Nobody without the keys can compute it. The version and the time are not in it. */
function digestOf({ instance, keyType, holders }: CustodyContent): string {
  const { product, seal, secretShares, secretThreshold, sharedInstance, replicas, caCertificate, kubernetes } =
    instance;
  const facts = {
    ...{ product, seal, keyType, secretShares, secretThreshold, sharedInstance, replicas, caCertificate },
    namespace: kubernetes?.namespace,
    holders: holders.map(({ name, recipient, keys }) => ({
      ...{ name, recipient },
      keys: keys.map(({ name: field, key }) => [field, key.reveal()]),
    })),
  };
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

function report({ name, recordVersion, people }: CustodyManifest, written: boolean): CustodyReport {
  return {
    custody: name,
    written,
    recordVersion,
    people: Object.fromEntries(people.map((person) => [person.name, person.keys])),
  };
}
