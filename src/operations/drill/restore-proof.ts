import { OperationError } from "../../core/errors";
import type { Manifest } from "../snapshot/manifest";

/** The last proof that a snapshot of an instance can be restored. */
export interface RestoreProof {
  /** When it was restored, RFC 3339. */
  readonly time: string;
  /** Name of the snapshot. */
  readonly snapshot: string;
  /** Version of the server that restored it. */
  readonly version: string;
}

const KEYS = {
  time: "restore-proven-at",
  snapshot: "restore-proven-snapshot",
  version: "restore-proven-version",
} as const;

/** Custom metadata of a record with a proof. */
export function proofMetadata({ time, snapshot, version }: RestoreProof): Record<string, string> {
  return { [KEYS.time]: time, [KEYS.snapshot]: snapshot, [KEYS.version]: version };
}

/** The proof in the custom metadata of a record; undefined if there is none. */
export function proofOf(metadata: Readonly<Record<string, string>>): RestoreProof | undefined {
  const { [KEYS.time]: time, [KEYS.snapshot]: snapshot, [KEYS.version]: version } = metadata;
  if (time === undefined || Number.isNaN(Date.parse(time))) return undefined;
  return { time, snapshot: snapshot ?? "", version: version ?? "" };
}

/**
 * Refuses a snapshot that is not newer than the one of the last proof. Another proof of it would hide that no snapshots are taken any
 * more.
 *
 * @throws OperationError `snapshot-missing`.
 */
export function refuseProven(
  path: string,
  metadata: Readonly<Record<string, string>>,
  { name }: Pick<Manifest, "name">,
): void {
  const proof = proofOf(metadata);
  // Names of one instance sort by time. A former standby has the proof of a snapshot of another instance.
  if (proof === undefined || seriesOf(name) !== seriesOf(proof.snapshot) || name > proof.snapshot) return;
  throw new OperationError(
    "snapshot-missing",
    `${path} has no snapshot since ${proof.snapshot}, which is proven already; check the job that takes snapshots.`,
  );
}

function seriesOf(snapshot: string): string {
  return snapshot.slice(0, snapshot.lastIndexOf("."));
}
