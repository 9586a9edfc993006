import type { Instance } from "../../contract/instance";
import { isSnapshotName, parseManifest, type Manifest } from "./manifest";
import { findInSeries, listSeries, pruneSeries, type Retention, type Series, type Stored } from "./series";
import type { SnapshotTarget } from "./target";

/** A snapshot of an instance at a target. */
export type StoredSnapshot = Stored<Manifest>;

type Named = Pick<Instance, "tenant" | "name">;

/** Lists the snapshots of an instance by their manifests, the newest first. Other files at the target are ignored. */
export function listSnapshots(target: SnapshotTarget, instance: Named): Promise<readonly StoredSnapshot[]> {
  return listSeries(target, seriesOf(instance));
}

/**
 * Finds a snapshot of an instance.
 *
 * @param name The newest complete one if undefined.
 * @throws OperationError `snapshot-missing` if it does not exist or is not complete.
 */
export function findSnapshot(
  target: SnapshotTarget,
  instance: Named,
  name: string | undefined,
): Promise<StoredSnapshot> {
  return findInSeries(target, seriesOf(instance), name);
}

/** Removes the snapshots of an instance that retention does not keep. @returns What it removed. */
export function pruneSnapshots(
  target: SnapshotTarget,
  instance: Named,
  now: number,
  retention: Retention,
): Promise<readonly StoredSnapshot[]> {
  return pruneSeries(target, seriesOf(instance), now, retention);
}

function seriesOf(instance: Named): Series<Manifest> {
  const title = `${instance.tenant}/${instance.name}`;
  return {
    title,
    listCommand: `tenant-vault snapshot list ${title}`,
    has: (name) => isSnapshotName(name, instance),
    parse: parseManifest,
  };
}
