import type { CredentialStore } from "../../central/credential-store";
import { refuseNewHold } from "../../central/hold";
import { pendingKeys } from "../../central/pending-keys";
import type { RecordStore } from "../../central/record-store";
import { OperationError } from "../../core/errors";
import { keyTypeOf } from "../../vault/keys";
import type { OperationContext } from "../context";
import { proofMetadata, proofOf } from "../drill/restore-proof";
import { withLock } from "../operation-lock";
import { unsealInstance, type UnsealReport } from "../unseal/unseal-instance";
import type { Manifest } from "./manifest";

/** Key of a record's metadata: of which instance the data are a copy, which may be replaced at any time. */
const STANDBY_OF = "standby-of";

/** The instance whose snapshots a standby restores. */
export interface Origin {
  readonly store: Pick<RecordStore, "path" | "readMetadata" | "readVersion" | "readWithKeys">;
  readonly credentials: Pick<CredentialStore, "read" | "readVersion">;
}

/** Whether this is the snapshot that a standby has. */
export async function hasSnapshot(
  { store }: Pick<OperationContext, "store">,
  origin: Origin,
  snapshot: string,
): Promise<boolean> {
  const metadata = await store.readMetadata();
  return metadata[STANDBY_OF] === origin.store.path && proofOf(metadata)?.snapshot === snapshot;
}

/**
 * Lets an instance receive the data of another one. The first restore marks its record, by force. Later ones need nothing but this
 * mark, so that a wrong name on a schedule replaces no data but a copy.
 *
 * @throws OperationError `standby-unmarked`, or `held` if a person keeps the standby sealed.
 */
export async function admitStandby(
  { store, log }: Pick<OperationContext, "store" | "log">,
  origin: Origin,
  force: boolean,
): Promise<void> {
  const { path } = origin.store;
  if ((await origin.store.readMetadata())[STANDBY_OF] !== undefined) {
    throw new OperationError(
      "standby-unmarked",
      `${path} is itself a standby, so its data may be old; exchange the names, or run "tenant-vault snapshot promote ${path}" first.`,
    );
  }
  await refuseNewHold(store);
  if ((await store.readMetadata())[STANDBY_OF] === path) return;
  if (!force) {
    throw new OperationError(
      "standby-unmarked",
      `${store.path} is not marked as the standby of ${path}, so its data may be the only ones; if they may be lost, write --force and say why with --break-glass REASON.`,
    );
  }
  await store.patchMetadata({ [STANDBY_OF]: path });
  log.warn("marked the instance as a standby, whose data any restore may replace", { of: path });
}

/** Notes in the record of a standby which snapshot it has. That is also the proof of the snapshot. */
export async function noteRestored(
  { store, clock }: Pick<OperationContext, "store" | "clock">,
  { name, productVersion }: Manifest,
): Promise<void> {
  const time = clock.date().toISOString();
  await store.patchMetadata(proofMetadata({ time, snapshot: name, version: productVersion }));
}

/** What became of a standby. */
export interface PromotionReport extends Pick<UnsealReport, "leader" | "raftPeers" | "unsealed"> {
  /** Snapshot whose data it has. */
  readonly snapshot: string;
}

/**
 * Makes a standby an instance of its own, whose data no schedule replaces any more, and brings up each replica. It needs nothing of the
 * other site.
 *
 * @throws OperationError `standby-unmarked`, or `restore-unfinished` if its last restore was interrupted.
 */
export function promoteStandby(context: OperationContext): Promise<PromotionReport> {
  const { store, instance, log } = context;
  return withLock(context, "promote", async (locked) => {
    const metadata = await store.readMetadata();
    const { [STANDBY_OF]: of } = metadata;
    if (of === undefined) {
      throw new OperationError(
        "standby-unmarked",
        `${store.path} is not a standby, or is not one any more, so there is nothing to promote; check its name and "tenant-vault status ${store.path}".`,
      );
    }
    const { snapshot } = proofOf(metadata) ?? {};
    if (snapshot === undefined || pendingKeys((await store.read()).fields, keyTypeOf(instance.seal)) !== undefined) {
      throw new OperationError(
        "restore-unfinished",
        `The last restore into ${store.path} was interrupted; finish it with "tenant-vault snapshot restore ${store.path} --of ${of}", and run this again.`,
      );
    }
    const { leader, raftPeers, unsealed } = await unsealInstance(locked);
    await store.patchMetadata({ [STANDBY_OF]: null });
    log.warn("the instance is not a standby any more", { of, snapshot });
    return { snapshot, leader, raftPeers, unsealed };
  });
}
