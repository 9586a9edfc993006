import type { Instance } from "../../contract/instance";
import { mapConcurrently } from "../../core/concurrent";
import { OperationError } from "../../core/errors";
import { contentFile, isSnapshotName, manifestFile, parseManifest, type Manifest } from "./manifest";
import type { SnapshotTarget } from "./target";

/** Manifests that are read at once. */
const AT_ONCE = 8;
const DAY = 86_400_000;

/** A snapshot at a target. */
export interface StoredSnapshot extends Manifest {
  /** Whether its content is there, with the size that the manifest names. */
  readonly complete: boolean;
}

/** Which snapshots to keep. */
export interface Retention {
  /** Number of complete snapshots, at least 1. */
  readonly keep: number;
  /** Days for which each is kept in any case. */
  readonly keepDays: number;
}

type Named = Pick<Instance, "tenant" | "name">;

/** Lists the snapshots of an instance by their manifests, the newest first. Other files at the target are ignored. */
export async function listSnapshots(target: SnapshotTarget, instance: Named): Promise<readonly StoredSnapshot[]> {
  const sizes = new Map((await target.list()).map(({ name, size }) => [name, size]));
  const names = [...sizes.keys()].flatMap((file) => {
    const name = file.replace(/\.json$/, "");
    return name !== file && isSnapshotName(name, instance) ? [name] : [];
  });
  const manifests = await mapConcurrently(names, AT_ONCE, async (name) => {
    const manifest = parseManifest(await target.readText(manifestFile(name)));
    return manifest?.name === name ? [manifest] : [];
  });
  return manifests
    .flat()
    .map((manifest) => ({ ...manifest, complete: sizes.get(contentFile(manifest.name)) === manifest.size }))
    .sort((one, other) => (one.name < other.name ? 1 : -1));
}

/**
 * Finds a snapshot.
 *
 * @param name The newest complete one if undefined.
 * @throws OperationError `snapshot-missing` if it does not exist or is not complete.
 */
export async function findSnapshot(
  target: SnapshotTarget,
  instance: Named,
  name: string | undefined,
): Promise<StoredSnapshot> {
  const snapshots = await listSnapshots(target, instance);
  const found = snapshots.find((each) => each.complete && (name === undefined || each.name === name));
  if (found !== undefined) return found;
  throw new OperationError(
    "snapshot-missing",
    `${target.text} has no complete snapshot${name === undefined ? "" : ` ${name}`} of ${instance.tenant}/${instance.name}; "tenant-vault snapshot list ${instance.tenant}/${instance.name}" shows what is there.`,
  );
}

/** The snapshots that retention does not keep. The newest complete one is always kept. */
export function expiredSnapshots(
  snapshots: readonly StoredSnapshot[],
  now: number,
  { keep, keepDays }: Retention,
): readonly StoredSnapshot[] {
  const kept = new Set(
    snapshots
      .filter(({ complete }) => complete)
      .slice(0, Math.max(1, keep))
      .map(({ name }) => name),
  );
  return snapshots.filter(({ name, time }) => !kept.has(name) && now - Date.parse(time) > keepDays * DAY);
}

/** Removes the snapshots that retention does not keep. @returns What it removed. */
export async function pruneSnapshots(
  target: SnapshotTarget,
  instance: Named,
  now: number,
  retention: Retention,
): Promise<readonly StoredSnapshot[]> {
  const expired = expiredSnapshots(await listSnapshots(target, instance), now, retention);
  for (const { name } of expired) {
    // The manifest goes last, so that an interrupted run leaves nothing that the next one does not know.
    await target.remove(contentFile(name));
    await target.remove(manifestFile(name));
  }
  return expired;
}
