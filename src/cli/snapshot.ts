import { parseTarget } from "../central/instances";
import { setting } from "../core/environment";
import { openTarget } from "../operations/snapshot/open-target";
import { saveSnapshot } from "../operations/snapshot/save-snapshot";
import {
  listSnapshots,
  pruneSnapshots,
  type Retention,
  type StoredSnapshot,
} from "../operations/snapshot/stored-snapshots";
import type { SnapshotTarget } from "../operations/snapshot/target";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of the commands that use stored snapshots. */
export interface TargetOptions {
  /** URL. @default - TENANT_VAULT_SNAPSHOTS */
  readonly target?: string;
}

/** Options of `snapshot save`. */
export interface SaveOptions extends InstanceOptions, TargetOptions {
  /** Public keys of age. @default - TENANT_VAULT_SNAPSHOT_RECIPIENTS */
  readonly recipient?: readonly string[];
}

/** `tenant-vault snapshot save`: keeps an encrypted snapshot of an instance. */
export function save(host: CommandHost, path: string, options: SaveOptions): Promise<CommandResult> {
  const given = setting(host.environment, "TENANT_VAULT_SNAPSHOT_RECIPIENTS");
  const recipients = options.recipient ?? given?.split(/[\s,]+/) ?? [];
  return withTarget(host, options, (target) =>
    withInstance(host, path, options, async (context) => {
      const manifest = await saveSnapshot(context, target, recipients);
      return {
        text: `${path}: saved ${manifest.name}, ${manifest.size} bytes, for ${recipients.length} recipients\n`,
        json: { instance: path, snapshot: manifest.name, size: manifest.size, sha256: manifest.sha256 },
      };
    }),
  );
}

/** `tenant-vault snapshot list`: shows the snapshots of an instance. It needs no key. */
export function list(host: CommandHost, path: string, options: TargetOptions): Promise<CommandResult> {
  return withTarget(host, options, async (target) => {
    const snapshots = await listSnapshots(target, parseTarget(path));
    return { text: snapshots.map(line).join(""), json: snapshots };
  });
}

/** `tenant-vault snapshot prune`: removes snapshots of an instance that nobody needs any more. */
export function prune(host: CommandHost, path: string, options: TargetOptions & Retention): Promise<CommandResult> {
  return withTarget(host, options, async (target) => {
    const removed = await pruneSnapshots(target, parseTarget(path), host.clock.date().getTime(), options);
    return {
      text: `${path}: removed ${removed.length} snapshots\n`,
      json: { instance: path, removed: removed.map(({ name }) => name) },
    };
  });
}

/** Opens the target that an option or the environment names, and closes it after the work. */
export async function withTarget<Result>(
  { environment, signal }: CommandHost,
  { target: url }: TargetOptions,
  work: (target: SnapshotTarget) => Promise<Result>,
): Promise<Result> {
  const target = await openTarget(url, environment, signal);
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}

function line({ name, time, size, product, productVersion, recordVersion, complete }: StoredSnapshot): string {
  const state = complete ? "" : ", INCOMPLETE";
  return `${name}: ${time}, ${size} bytes, ${product} ${productVersion}, keys of version ${recordVersion} of the record${state}\n`;
}
