import { ACCESS_MOUNT, accessPath, LOCK } from "../contract/identities";
import { systemClock, type Clock } from "../core/clock";
import type { VaultClient } from "../vault/client";
import { stateOf, thisProcess, type OwnerState, type ProcessIdentity } from "./journal-owner";
import { readSecret, writeSecret } from "./key-value";

/** The run that has the lock of an instance. */
export interface LockEntry {
  /** Random name of the run. */
  readonly run: string;
  /** Name of the operation, such as `rotate-keys`. */
  readonly operation: string;
  /** Seconds after its last write for which the lock is valid. */
  readonly lease: number;
  /** Why a person took the lock from another run; undefined if nobody did. */
  readonly breakGlass?: string | undefined;
}

/** The lock as the central Vault has it. */
export interface SeenLock {
  /** Version that the next check-and-set write names; 0 where nothing was ever written. */
  readonly version: number;
  /** Seconds since the last write, by the central Vault's clock. */
  readonly age: number;
  /** Undefined while the lock is free. */
  readonly holder:
    | (LockEntry & { readonly host: string; readonly pid: number; readonly state: OwnerState })
    | undefined;
}

type StoredEntry = LockEntry & { readonly process: ProcessIdentity };

/**
 * The lock that excludes two operations on one instance. It is a secret beside the identities' credentials, because a write of
 * custom metadata has no check-and-set in Vault, and each renewal in the record itself would push out a version with former keys.
 * Every method throws a CentralError when it fails.
 */
export class OperationLock {
  readonly path: string;

  /** @param instance `<tenant>/<instance>`. */
  constructor(
    private readonly central: VaultClient,
    instance: string,
    private readonly clock: Clock = systemClock,
  ) {
    this.path = accessPath(instance, LOCK);
  }

  async read(): Promise<SeenLock> {
    const { data, metadata, serverTime } = await readSecret(this.central, ACCESS_MOUNT, this.path);
    if (metadata === undefined) return { version: 0, age: 0, holder: undefined };
    const age = ((serverTime ?? this.clock.date().getTime()) - Date.parse(metadata.created_time)) / 1000;
    const entry = parseEntry(data ?? {});
    const { host, pid } = entry?.process ?? { host: "", pid: 0 };
    const holder = entry && { ...entry, host, pid, state: stateOf(entry.process) };
    return { version: metadata.version, age: Math.max(0, age), holder };
  }

  /**
   * Writes the holder, which is a run of this process.
   *
   * @param entry Undefined frees the lock.
   * @returns The new version.
   * @throws CentralError `conflict` if another program wrote in between.
   */
  write(entry: LockEntry | undefined, version: number): Promise<number> {
    const stored: StoredEntry | undefined = entry && { ...entry, process: thisProcess() };
    return writeSecret(this.central, ACCESS_MOUNT, this.path, { ...stored }, version);
  }
}

/** The holder in the fields of the secret; undefined if it is free, or another program wrote something else. */
function parseEntry(fields: Readonly<Record<string, unknown>>): StoredEntry | undefined {
  const { run, operation, lease, process } = fields as Partial<StoredEntry>;
  if (typeof run !== "string" || typeof operation !== "string" || typeof lease !== "number") return undefined;
  return process === undefined ? undefined : (fields as unknown as StoredEntry);
}
