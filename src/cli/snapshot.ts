import { CredentialStore } from "../central/credential-store";
import { parseTarget, type Target } from "../central/instances";
import { RecordStore } from "../central/record-store";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import type { Secret } from "../core/secret";
import type { OperationContext } from "../operations/context";
import { refuseForNamespace } from "../operations/namespaces/refusal";
import { besides } from "../operations/operation-lock";
import { parseIdentities } from "../operations/snapshot/encryption";
import { restoreSnapshot, type RestoreReport } from "../operations/snapshot/restore-snapshot";
import { saveSnapshot } from "../operations/snapshot/save-snapshot";
import { hasSnapshot, promoteStandby, type Origin } from "../operations/snapshot/standby";
import type { Retention } from "../operations/snapshot/series";
import {
  findSnapshot,
  listSnapshots,
  pruneSnapshots,
  type StoredSnapshot,
} from "../operations/snapshot/stored-snapshots";
import type { VaultClient } from "../vault/client";
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
  /** Name of the snapshot. @default - with `of`, the newest complete one, unless the standby has it */
  readonly from?: string;
  /** Of which instance the snapshot is, `<tenant>/<instance>`. @default - of the same */
  readonly of?: string;
  /** Identity file of age. */
  readonly identity: string;
  readonly force?: true;
}

/** `tenant-vault snapshot restore`: replaces the data of an instance by those of a snapshot. */
export function restore(host: CommandHost, path: string, options: RestoreOptions): Promise<CommandResult> {
  const { from, of, identity, force = false } = options;
  const source = sourceOf(path, options);
  return withTarget(host, options, async (target) => {
    const identities = await readIdentities(identity);
    const { complete: _complete, ...manifest } = await findSnapshot(target, source, from);
    const { name } = manifest;
    return withInstance(host, path, options, async (context, central) => {
      refuseForNamespace(context.instance, "snapshot restore");
      const origin = of === undefined ? undefined : originOf(central, source);
      if (from === undefined && origin !== undefined && (await hasSnapshot(context, origin, name)))
        return { text: `${path}: has ${name} already\n`, json: { instance: path, snapshot: name, unchanged: true } };
      const report = await restoreSnapshot(context, target, { manifest, identities, force, origin });
      return {
        text: `${path}: restored ${name}; ${replicasText(context.instance, report)}\n`,
        json: { instance: path, snapshot: name, ...report },
      };
    });
  });
}

/** `tenant-vault snapshot promote`: makes a standby an instance of its own. */
export function promote(host: CommandHost, path: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, path, options, async (context) => {
    const report = await promoteStandby(context);
    return {
      text: `${path}: is not a standby any more, and has the data of ${report.snapshot}; ${replicasText(context.instance, report)}\n`,
      json: { instance: path, ...report },
    };
  });
}

/** The instance whose snapshot is restored. @throws OperationError `usage` if it cannot be that. */
function sourceOf(path: string, { from, of }: RestoreOptions): Target {
  const own = parseTarget(path);
  if (of === undefined && from === undefined)
    throw new OperationError("usage", `No snapshot is named; write --from with a name that snapshot list shows.`);
  const source = parseTarget(of ?? path);
  if (source.tenant === own.tenant && (of === undefined || source.name !== own.name)) return source;
  throw new OperationError(
    "usage",
    `${of ?? ""} cannot be restored into ${path}; after --of, write another instance of the same tenant.`,
  );
}

function originOf(central: VaultClient, { tenant, name }: Target): Origin {
  return { store: new RecordStore(central, tenant, name), credentials: new CredentialStore(central, tenant, name) };
}

function replicasText(
  { replicas: { length } }: OperationContext["instance"],
  { leader, raftPeers }: Pick<RestoreReport, "leader" | "raftPeers">,
): string {
  return `${length} of ${length} replicas unsealed, active at ${leader}, ${raftPeers ?? "unknown"} raft peers`;
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
