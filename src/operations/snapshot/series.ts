import { mapConcurrently } from "../../core/concurrent";
import { OperationError } from "../../core/errors";
import { contentFile, manifestFile, type CentralManifest, type Manifest } from "./manifest";
import type { SnapshotTarget } from "./target";

/** Manifests that are read at once. */
const AT_ONCE = 8;
const DAY = 86_400_000;

/** The snapshots of one instance, or those of the central Vault, among the files of a target. */
export interface Series<Described extends Manifest | CentralManifest> {
  /** For messages. */
  readonly title: string;
  /** Command that lists it. */
  readonly listCommand: string;
  /** Whether a text is the name of one of its snapshots. */
  has(name: string): boolean;
  /** @returns Undefined if this is not the manifest of such a snapshot. */
  parse(text: string): Described | undefined;
}

/** A snapshot at a target. */
export type Stored<Described> = Described & {
  /** Whether its content is there, with the size that the manifest names. */
  readonly complete: boolean;
};

/** Which snapshots to keep. */
export interface Retention {
  /** Number of complete snapshots, at least 1. */
  readonly keep: number;
  /** Days for which each is kept in any case. */
  readonly keepDays: number;
}

/** Lists the snapshots of a series by their manifests, the newest first. Other files at the target are ignored. */
export async function listSeries<Described extends Manifest | CentralManifest>(
  target: SnapshotTarget,
  series: Series<Described>,
): Promise<readonly Stored<Described>[]> {
  const sizes = new Map((await target.list()).map(({ name, size }) => [name, size]));
  const names = [...sizes.keys()].flatMap((file) => {
    const name = file.replace(/\.json$/, "");
    return name !== file && series.has(name) ? [name] : [];
  });
  const manifests = await mapConcurrently(names, AT_ONCE, async (name) => {
    const manifest = series.parse(await target.readText(manifestFile(name)));
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
export async function findInSeries<Described extends Manifest | CentralManifest>(
  target: SnapshotTarget,
  series: Series<Described>,
  name: string | undefined,
): Promise<Stored<Described>> {
  const snapshots = await listSeries(target, series);
  const found = snapshots.find((each) => each.complete && (name === undefined || each.name === name));
  if (found !== undefined) return found;
  throw new OperationError(
    "snapshot-missing",
    `${target.text} has no complete snapshot${name === undefined ? "" : ` ${name}`} of ${series.title}; "${series.listCommand}" shows what is there.`,
  );
}

/** The snapshots that retention does not keep. The newest complete one is always kept. */
export function expiredSnapshots<Listed extends Stored<Pick<Manifest, "name" | "time">>>(
  snapshots: readonly Listed[],
  now: number,
  { keep, keepDays }: Retention,
): readonly Listed[] {
  const kept = new Set(
    snapshots
      .filter(({ complete }) => complete)
      .slice(0, Math.max(1, keep))
      .map(({ name }) => name),
  );
  return snapshots.filter(({ name, time }) => !kept.has(name) && now - Date.parse(time) > keepDays * DAY);
}

/** Removes the snapshots that retention does not keep. @returns What it removed. */
export async function pruneSeries<Described extends Manifest | CentralManifest>(
  target: SnapshotTarget,
  series: Series<Described>,
  now: number,
  retention: Retention,
): Promise<readonly Stored<Described>[]> {
  const expired = expiredSnapshots(await listSeries(target, series), now, retention);
  for (const { name } of expired) {
    // The manifest goes last, so that an interrupted run leaves nothing that the next one does not know.
    await target.remove(contentFile(name));
    await target.remove(manifestFile(name));
  }
  return expired;
}
