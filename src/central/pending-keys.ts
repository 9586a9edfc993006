import type { Secret } from "../core/secret";
import type { KeyType } from "../vault/keys";
import { isPendingKey, keysFingerprint, PENDING_PREFIX, recordedKeys, withKeys, type RecordFields } from "./record";

/** Keys that a rotation has made. Until the record has them under their own names, either they or the former keys open the data. */
export interface PendingKeys {
  readonly keys: readonly Secret[];
  /** How many of them are needed together. */
  readonly threshold: number;
  /** Nonce of the rotation that made them, or {@link restoreCeremony}. */
  readonly ceremony: string;
}

/** Keys that belong together. */
export interface KeySet {
  readonly keys: readonly Secret[];
  /** How many of them are sent at most. @default - the threshold of the description */
  readonly threshold?: number;
}

/** An earlier version of a record. */
export interface EarlierVersion {
  readonly version: number;
  readonly fields: RecordFields;
}

/** What stands before the name of a snapshot in place of a nonce. */
const RESTORE = "restore ";
const THRESHOLD = `${PENDING_PREFIX}keys-threshold`;
const CEREMONY = `${PENDING_PREFIX}keys-ceremony`;

/** What a restore writes as the ceremony of its keys. */
export function restoreCeremony(snapshot: string): string {
  return RESTORE + snapshot;
}

/** The snapshot whose restore has made the keys pending; undefined if a rotation has. */
export function restoredSnapshot({ ceremony }: Pick<PendingKeys, "ceremony">): string | undefined {
  return ceremony.startsWith(RESTORE) ? ceremony.slice(RESTORE.length) : undefined;
}

/** Returns the pending keys of one type; undefined if no rotation is pending. */
export function pendingKeys(fields: RecordFields, type: KeyType): PendingKeys | undefined {
  const threshold = Number(fields[THRESHOLD]);
  const ceremony = fields[CEREMONY];
  if (!(threshold >= 1) || typeof ceremony !== "string") return undefined;
  const keys = recordedKeys(unprefixed(fields), type);
  return keys.length === 0 ? undefined : { keys, threshold, ceremony };
}

/** Adds pending keys, in place of those of an earlier rotation. */
export function withPendingKeys(
  fields: RecordFields,
  type: KeyType,
  { keys, threshold, ceremony }: PendingKeys,
): RecordFields {
  const named = Object.entries(withKeys({}, type, keys)).map(([name, key]): [string, unknown] => [
    `${PENDING_PREFIX}${name}`,
    key,
  ]);
  return {
    ...withoutPendingKeys(fields),
    ...Object.fromEntries(named),
    [THRESHOLD]: String(threshold),
    [CEREMONY]: ceremony,
  };
}

/** Gives the pending keys the names of the former ones, which only earlier versions of the record have then. */
export function withPendingKeysInUse(fields: RecordFields, type: KeyType): RecordFields {
  const pending = pendingKeys(fields, type);
  return pending === undefined ? fields : withKeys(withoutPendingKeys(fields), type, pending.keys);
}

/** The sets of keys of one type that may open the data, the likeliest first. */
export function keySets(fields: RecordFields, type: KeyType): readonly KeySet[] {
  const pending = pendingKeys(fields, type);
  return [{ keys: recordedKeys(fields, type) }, ...(pending === undefined ? [] : [pending])];
}

/**
 * The sets of keys that rotations have replaced, the newest first. A server that was away during a rotation opens with them alone.
 * Keys that came into the record in another way do not count, because they may be of other data.
 *
 * @param fields The newest version of the record.
 * @param earlier Its earlier versions, the newest first.
 */
export async function formerKeySets(
  fields: RecordFields,
  type: KeyType,
  earlier: AsyncIterable<EarlierVersion> | Iterable<EarlierVersion>,
): Promise<readonly KeySet[]> {
  const former: KeySet[] = [];
  let current = keysFingerprint(recordedKeys(fields, type));
  for await (const { fields: before } of earlier) {
    const keys = recordedKeys(before, type);
    const pending = pendingKeys(before, type);
    if (pending === undefined || keysFingerprint(pending.keys) !== current) continue;
    // Nothing says how many of them are needed. The server does, and gets no more than there are.
    former.push({ keys, threshold: keys.length });
    current = keysFingerprint(keys);
  }
  return former;
}

/** Drops the pending keys, which do not open the data. */
export function withoutPendingKeys(fields: RecordFields): RecordFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !isPending(name)));
}

function isPending(name: string): boolean {
  return name === THRESHOLD || name === CEREMONY || isPendingKey(name);
}

function unprefixed(fields: RecordFields): RecordFields {
  const pending = Object.entries(fields).filter(([name]) => isPending(name));
  return Object.fromEntries(pending.map(([name, value]) => [unprefix(name), value]));
}

function unprefix(name: string): string {
  return name.slice(PENDING_PREFIX.length);
}
