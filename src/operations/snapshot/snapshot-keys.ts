import {
  pendingKeys,
  restoreCeremony,
  restoredSnapshot,
  withoutPendingKeys,
  withPendingKeys,
  withPendingKeysInUse,
  type PendingKeys,
} from "../../central/pending-keys";
import { hasKeys, keysFingerprint, recordedKeys, rootToken, withRootToken } from "../../central/record";
import { recordDeleted } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import type { Instance } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { keyTypeOf, type KeyType } from "../../vault/keys";
import { unfinishedRotation } from "../ceremonies/unfinished-rotation";
import type { OperationContext } from "../context";
import { writeDescription } from "../describe";
import { copyShares } from "../escrow/copy-shares";
import type { Manifest } from "./manifest";

/** Begins the name of the ceremony in a record whose pending keys are those of a snapshot. */

/** What opens the data of a snapshot. */
export interface SnapshotKeys {
  readonly type: KeyType;
  readonly keys: readonly Secret[];
  readonly threshold: number;
  /** The root token of that time; undefined if the record had none. */
  readonly rootToken: Secret | undefined;
  /** Whether the record's newest version has the same keys. */
  readonly current: boolean;
}

/** The record of the instance that a snapshot is of. */
type OriginStore = Pick<OperationContext["store"], "path" | "readVersion" | "readWithKeys">;

/**
 * Finds the keys of a snapshot, in the version of the record that its manifest names, or in the newest one that has the same.
 *
 * @param origin Of which instance the snapshot is. @default - of this one
 * @throws OperationError `snapshot-keys` if that version is gone or the seal is another one, `record-deleted`.
 */
export async function findSnapshotKeys(
  {
    store,
    instance,
  }: {
    readonly store: OriginStore & Pick<OperationContext["store"], "read">;
    readonly instance: Pick<Instance, "seal">;
  },
  { name, recordVersion, keysFingerprint: wanted, seal, shares, threshold }: Manifest,
  origin: OriginStore = store,
): Promise<SnapshotKeys> {
  const record = recordPath(origin.path);
  const type = keyTypeOf(instance.seal);
  const { fields, version, deleted } = await store.read();
  if (deleted) throw recordDeleted(store, version);
  if (seal !== instance.seal) {
    throw new OperationError(
      "snapshot-keys",
      `The snapshot ${name} was taken with the seal "${seal}", and ${store.path} has the seal "${instance.seal}"; use a later snapshot, or describe and deploy that seal.`,
    );
  }
  const named = (await origin.readVersion(recordVersion)) ?? {};
  const isAnother = wanted !== undefined && !hasKeys(named, type, wanted);
  const former = isAnother ? ((await origin.readWithKeys(type, wanted)) ?? {}) : named;
  const keys = recordedKeys(former, type);
  if (keys.length < (type === "unseal" ? threshold : Math.min(shares, 1))) {
    throw new OperationError(
      "snapshot-keys",
      `Version ${recordVersion} of ${record}, which has the keys of the snapshot ${name}, is gone or incomplete; undelete it with "vault kv undelete -versions=${recordVersion} ${record}", or use another snapshot.`,
    );
  }
  const current = hasKeys(fields, type, keysFingerprint(keys));
  return { type, keys, threshold, rootToken: rootToken(former), current };
}

/**
 * Writes the keys of a snapshot beside those in use, before the data are replaced: at every moment the record has the keys that
 * open the data, and `unseal` uses those that are right.
 *
 * @param opens Whether the keys of a restore that was interrupted open the data that the servers have now. @default - no server has
 *   data, so that no rotation or restore that was interrupted matters any more
 * @throws OperationError `rotation-unfinished` if the keys in use may be pending ones.
 */
export async function keepSnapshotKeys(
  { store }: OperationContext,
  { name }: Manifest,
  { type, keys, threshold }: SnapshotKeys,
  opens?: (pending: PendingKeys) => Promise<boolean>,
): Promise<void> {
  const { fields, version } = await store.read();
  const pending = pendingKeys(fields, type);
  const ceremony = restoreCeremony(name);
  if (pending?.ceremony === ceremony) return;
  if (pending !== undefined && opens !== undefined && restoredSnapshot(pending) === undefined)
    throw unfinishedRotation(store.path, pending);
  const inUse = pending !== undefined && (await opens?.(pending)) === true;
  const settled = inUse ? withPendingKeysInUse(fields, type) : withoutPendingKeys(fields);
  const current = hasKeys(settled, type, keysFingerprint(keys));
  if (current && pending === undefined) return;
  await store.write(current ? settled : withPendingKeys(settled, type, { keys, threshold, ceremony }), version);
}

/** Gives the keys of a snapshot the names of those that were in use, which stay in the earlier versions of the record. */
export async function adoptSnapshotKeys(context: OperationContext, keys: SnapshotKeys): Promise<void> {
  const { store, log } = context;
  const { type, threshold, current } = keys;
  const described = current ? undefined : await writeDescription(context, {}, { shares: keys.keys.length, threshold });
  const { fields, version } = await store.read();
  const pending = pendingKeys(fields, type);
  if (pending === undefined || restoredSnapshot(pending) === undefined) return;
  await store.write(withPendingKeysInUse(fields, type), version);
  await copyShares(context, described ?? context.instance);
  log.warn("the record has the keys of the snapshot again; the later keys are in its earlier versions", {
    later: version,
  });
}

/** Gives the record the root token of the snapshot, if that is the one that works. */
export async function adoptRootToken(
  { store }: OperationContext,
  { rootToken: former }: SnapshotKeys,
  works: (token: Secret) => Promise<boolean>,
): Promise<void> {
  const { fields, version } = await store.read();
  const current = rootToken(fields);
  if (former === undefined || current?.equals(former) === true) return;
  if (current !== undefined && (await works(current))) return;
  if (await works(former)) await store.write(withRootToken(fields, former), version);
}
