import { parseTarget } from "../central/instances";
import { setting } from "../core/environment";
import type { Secret } from "../core/secret";
import { refuseForNamespace } from "../operations/namespaces/refusal";
import { besides } from "../operations/operation-lock";
import { parseIdentities } from "../operations/snapshot/encryption";
import { restoreSnapshot } from "../operations/snapshot/restore-snapshot";
import { saveSnapshot } from "../operations/snapshot/save-snapshot";
import type { Retention } from "../operations/snapshot/series";
import {
  findSnapshot,
  listSnapshots,
  pruneSnapshots,
  type StoredSnapshot,
} from "../operations/snapshot/stored-snapshots";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";
import { readOptionFile } from "./option-file";
import { withTarget, type TargetOptions } from "./with-target";

/** Options of `snapshot save`. */
export interface SaveOptions extends InstanceOptions, TargetOptions {
  /** Public keys of age. @default - TENANT_VAULT_SNAPSHOT_RECIPIENTS */
  readonly recipient?: readonly string[];
}

/** `tenant-vault snapshot save`: keeps an encrypted snapshot of an instance. */
export function save(host: CommandHost, path: string, options: SaveOptions): Promise<CommandResult> {
  const recipients = recipientsOf(host, options);
  return withTarget(host, options, (target) =>
    // It reads only, so the login of a schedule needs no right to issue certificates.
    withInstance(host, path, { ...options, supplies: false }, async (context) => {
      refuseForNamespace(context.instance, "snapshot save");
      // Meanwhile the servers may have the data of other keys, or of another seal, than the record and the manifest say.
      const lease = besides(context, ["restore", "migrate-seal"]);
      const manifest = await saveSnapshot({ ...context, lease }, target, recipients);
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

/** Options of `snapshot restore`. */
export interface RestoreOptions extends InstanceOptions, TargetOptions {
  /** Name of the snapshot. */
  readonly from: string;
  /** Identity file of age. */
  readonly identity: string;
  readonly force?: true;
}

/** `tenant-vault snapshot restore`: replaces the data of an instance by those of a snapshot. */
export function restore(host: CommandHost, path: string, options: RestoreOptions): Promise<CommandResult> {
  const { from, identity, force = false } = options;
  return withTarget(host, options, async (target) => {
    const identities = await readIdentities(identity);
    const { complete: _complete, ...manifest } = await findSnapshot(target, parseTarget(path), from);
    return withInstance(host, path, options, async (context) => {
      refuseForNamespace(context.instance, "snapshot restore");
      const report = await restoreSnapshot(context, target, { manifest, identities, force });
      const replicas = context.instance.replicas.length;
      return {
        text: `${path}: restored ${from}; ${replicas} of ${replicas} replicas unsealed, active at ${report.leader}, ${report.raftPeers ?? "unknown"} raft peers\n`,
        json: { instance: path, snapshot: from, ...report },
      };
    });
  });
}

/** The public keys that an option or the environment names. */
export function recipientsOf(
  { environment }: CommandHost,
  { recipient }: Pick<SaveOptions, "recipient">,
): readonly string[] {
  return recipient ?? setting(environment, "TENANT_VAULT_SNAPSHOT_RECIPIENTS")?.split(/[\s,]+/) ?? [];
}

/** Reads the private keys in an identity file of age. */
export async function readIdentities(file: string): Promise<readonly Secret[]> {
  return parseIdentities(await readOptionFile(file, "The identity file", "name the file of age-keygen"), file);
}

function line({ name, time, size, product, productVersion, recordVersion, complete }: StoredSnapshot): string {
  return `${name}: ${time}, ${size} bytes, ${product} ${productVersion}, keys of version ${recordVersion} of the record${stateText(complete)}\n`;
}

/** End of the line of a snapshot. */
export function stateText(complete: boolean): string {
  return complete ? "" : ", INCOMPLETE";
}
