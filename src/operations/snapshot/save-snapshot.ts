import { pendingKeys } from "../../central/pending-keys";
import { keysFingerprint, recordedKeys } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { keyTypeOf } from "../../vault/keys";
import { findActive } from "../active";
import { unfinishedRotation } from "../ceremonies/unfinished-rotation";
import type { OperationContext } from "../context";
import { recoverRetryable, runLoop, UnfinishedError, type Outcome } from "../loop";
import { sharesOfState } from "../shares";
import { writeContent, writeManifest } from "./content";
import { encryptorFor, type Encrypt } from "./encryption";
import { contentFile, snapshotName, type Manifest } from "./manifest";
import type { SnapshotTarget } from "./target";

/** Milliseconds between two attempts. */
const POLL = 2_000;

interface Seen {
  readonly record: SeenRecord;
  readonly active: Replica;
  readonly token: Secret;
}

/**
 * Takes a snapshot from the active server, checks it, encrypts it, and keeps it at a target. The manifest is written last, and a
 * snapshot without one does not count.
 *
 * @param recipients Public keys of age.
 * @throws OperationError if a recipient is not valid, the target fails, or time is up.
 */
export async function saveSnapshot(
  context: OperationContext,
  target: SnapshotTarget,
  recipients: readonly string[],
): Promise<Manifest> {
  const encrypt = await encryptorFor(recipients);
  return runLoop<Seen, Seen, Manifest>(context, {
    observe: () => observe(context),
    decide: (seen) => seen,
    perform: (seen): Promise<Outcome<Manifest>> => save(context, target, encrypt, seen),
    recover: recoverRetryable,
    unfinished: (code, last) =>
      new UnfinishedError(
        code,
        `There is no snapshot of ${context.store.path} yet${last === undefined ? "" : ` (last: ${last})`}; fix that and run this again.`,
      ),
    poll: POLL,
  });
}

async function observe(context: OperationContext): Promise<Seen> {
  const { store, instance } = context;
  const record = await store.read();
  const pending = pendingKeys(record.fields, keyTypeOf(instance.seal));
  if (pending !== undefined) throw unfinishedRotation(store.path, pending, "it is open which keys a snapshot has");
  const active = await findActive(context);
  const token = await context.operator.get(record.fields, active);
  if (token !== undefined) return { record, active, token };
  throw new OperationError(
    "identity-rehearsal",
    `The identity operate of ${store.path} does not work, and its record has no root token; run "tenant-vault unseal ${store.path}", which repairs it.`,
  );
}

async function save(
  context: OperationContext,
  target: SnapshotTarget,
  encrypt: Encrypt,
  { record, active, token }: Seen,
): Promise<Outcome<Manifest>> {
  const { instance, clock, log, store } = context;
  const server = context.snapshots(active, token);
  const productVersion = await server.serverVersion();
  const status = await context.replica(active).status();
  const time = clock.date();
  const name = snapshotName(instance, time);
  const content = await writeContent(server, target, name, encrypt);
  // A rotation of the keys in between leaves it open which keys the snapshot has.
  const { fields } = await store.read();
  const keys = recordedKeys(fields, keyTypeOf(instance.seal));
  const before = recordedKeys(record.fields, keyTypeOf(instance.seal));
  if (
    keysFingerprint(keys) !== keysFingerprint(before) ||
    pendingKeys(fields, keyTypeOf(instance.seal)) !== undefined
  ) {
    await target.remove(contentFile(name));
    return { wait: "the keys were rotated while the snapshot was taken" };
  }
  const { shares, threshold } = sharesOfState(status) ?? {
    shares: instance.secretShares,
    threshold: instance.secretThreshold,
  };
  const manifest: Manifest = {
    format: 1,
    name,
    tenant: instance.tenant,
    instance: instance.name,
    product: instance.product,
    productVersion,
    time: time.toISOString(),
    ...content,
    recordVersion: record.version,
    keysFingerprint: keysFingerprint(keys),
    seal: instance.seal,
    shares,
    threshold,
  };
  await writeManifest(target, manifest);
  log.info("saved a snapshot", { name, bytes: content.size, target: target.text });
  return { done: manifest };
}
