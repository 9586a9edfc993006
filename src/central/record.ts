import { createHash } from "node:crypto";
import { Secret } from "../core/secret";
import { type InitAnswer, type KeyType, otherKeyType } from "../vault/keys";

/**
 * Fields of a record, a contract with other programs: `root-token` and `unseal-key-0` ... `unseal-key-<n-1>`. An instance that
 * unseals itself has `recovery-key-<n>` instead. The values are unchanged from Vault. Fields of other programs are kept.
 */
export type RecordFields = Readonly<Record<string, unknown>>;

const ROOT_TOKEN = "root-token";
const KEY = /^(unseal|recovery)-key-(\d+)$/;

/** Encryption key of the journal. It is present only during an initialisation. */
const JOURNAL_KEY = "journal-key";

/** Present from the announcement of an initialisation until the run is about to send the request. */
const JOURNAL_STATE = "journal-state";
const UNSENT = "announced";

/** Stored beside the keys, so that changing it requires the right to write the keys. */
const DESCRIPTION_DIGEST = "description-digest";

const keyField = (type: KeyType, index: number): string => `${type}-key-${index}`;

/** Returns the keys of one type, in order. A missing or damaged key does not hide the others. */
export function recordedKeys(fields: RecordFields, type: KeyType): Secret[] {
  return keyEntries(fields, type).map(([, key]) => new Secret(key));
}

/** A key with the name of its field. */
export interface NamedKey {
  readonly name: string;
  readonly key: Secret;
}

/** As {@link recordedKeys}, with the names of the fields. */
export function namedKeys(fields: RecordFields, type: KeyType): NamedKey[] {
  return keyEntries(fields, type).map(([index, key]) => ({ name: keyField(type, index), key: new Secret(key) }));
}

/** Returns the indexes and values of the keys of one type. */
function keyEntries(fields: RecordFields, type: KeyType): (readonly [number, string])[] {
  const found: (readonly [number, string])[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(type) || typeof value !== "string" || value === "") continue;
    const place = KEY.exec(name)?.[2];
    if (place !== undefined) found.push([Number(place), value]);
  }
  return found.sort(([one], [other]) => one - other);
}

/** Returns the names of the fields with these keys. */
export function namesOfKeys(fields: RecordFields, keys: readonly Secret[]): string[] {
  return Object.entries(fields)
    .filter(([name, value]) => isRecordedKey(name) && keys.some((key) => key.reveal() === value))
    .map(([name]) => name)
    .sort();
}

/** Returns the names of the fields with the root token or keys, even if some are missing. */
export function secretFields(fields: RecordFields): string[] {
  return Object.keys(fields).filter(isSecret).sort();
}

/** Returns the root token; undefined if the operator has revoked and removed it. */
export function rootToken(fields: RecordFields): Secret | undefined {
  const token = fields[ROOT_TOKEN];
  return typeof token === "string" && token !== "" ? new Secret(token) : undefined;
}

/** Replaces the root token. */
export function withRootToken(fields: RecordFields, token: Secret): RecordFields {
  return { ...fields, [ROOT_TOKEN]: token.reveal() };
}

/** Removes the root token. */
export function withoutRootToken(fields: RecordFields): RecordFields {
  const { [ROOT_TOKEN]: _token, ...others } = fields;
  return others;
}

/**
 * Returns the digests of the descriptions that are allowed in the record's metadata. The right to write metadata alone must not
 * decide where keys and the token are sent. While a description is being replaced, both digests are allowed.
 */
export function descriptionDigests(fields: RecordFields): readonly string[] {
  const digests = fields[DESCRIPTION_DIGEST];
  return typeof digests === "string" ? digests.split(" ").filter((digest) => digest !== "") : [];
}

/** Whether there is nothing but what tells which description is right, as before the initialisation. */
export function isDescriptionOnly(fields: RecordFields): boolean {
  return Object.keys(fields).every((name) => name === DESCRIPTION_DIGEST);
}

/** Allows these descriptions. */
export function withDescriptionDigests(fields: RecordFields, digests: readonly string[]): RecordFields {
  return { ...fields, [DESCRIPTION_DIGEST]: digests.join(" ") };
}

/** Returns the journal's key of a pending initialisation; undefined if none is pending. */
export function journalKey(fields: RecordFields): Secret | undefined {
  const key = fields[JOURNAL_KEY];
  return typeof key === "string" ? new Secret(key) : undefined;
}

/** Adds the announcement of an initialisation. */
export function withJournalKey(fields: RecordFields, key: Secret): RecordFields {
  return { ...fields, [JOURNAL_KEY]: key.reveal(), [JOURNAL_STATE]: UNSENT };
}

/** Whether the run that announced the initialisation has certainly not sent the request. */
export function isUnsent(fields: RecordFields): boolean {
  return fields[JOURNAL_STATE] === UNSENT;
}

/** Says that the request of the announced initialisation may have been sent. */
export function withRequest(fields: RecordFields): RecordFields {
  const { [JOURNAL_STATE]: _state, ...others } = fields;
  return others;
}

/** Adds the keys and removes the announcement. Fields of other programs stay. */
export function withAnswer(fields: RecordFields, answer: InitAnswer): RecordFields {
  const { [JOURNAL_KEY]: _announcement, ...others } = withRequest(fields);
  const token = answer.rootToken === undefined ? {} : { [ROOT_TOKEN]: answer.rootToken.reveal() };
  return { ...others, ...token, ...keyFields(answer.keys, answer.keyType) };
}

/** Renames the keys to another type. A migration of the seal turns unseal keys into recovery keys with the same values. */
export function withKeyType(fields: RecordFields, to: KeyType): RecordFields {
  const from = otherKeyType(to);
  const renamed = keyEntries(fields, from).map(([place, key]): [string, string] => [keyField(to, place), key]);
  const others = Object.entries(fields).filter(([name]) => KEY.exec(name)?.[1] !== from);
  return Object.fromEntries([...others, ...renamed]);
}

/** Replaces the keys of one type. */
export function withKeys(fields: RecordFields, type: KeyType, keys: readonly Secret[]): RecordFields {
  const others = Object.entries(fields).filter(([name]) => KEY.exec(name)?.[1] !== type);
  return { ...Object.fromEntries(others), ...keyFields(keys, type) };
}

/** Precedes the names of the fields with keys that a rotation has made: `new-unseal-key-0`. */
export const PENDING_PREFIX = "new-";

/** Whether a field contains a key that a rotation has made, which may not be in use yet. */
export function isPendingKey(name: string): boolean {
  return name.startsWith(PENDING_PREFIX) && isRecordedKey(name.slice(PENDING_PREFIX.length));
}

function isRecordedKey(name: string): boolean {
  return KEY.test(name);
}

function keyFields(keys: readonly Secret[], type: KeyType): Record<string, string> {
  return Object.fromEntries(keys.map((key, index) => [keyField(type, index), key.reveal()]));
}

function isSecret(name: string): boolean {
  return name === ROOT_TOKEN || isRecordedKey(name) || isPendingKey(name);
}

/** Whether the record contains secrets that writing this answer would overwrite with different ones. */
export function contradicts(fields: RecordFields, answer: InitAnswer): boolean {
  const wanted = withAnswer({}, answer);
  return Object.entries(fields).some(([name, value]) => isSecret(name) && value !== wanted[name]);
}

/** Whether the record contains every field of the answer unchanged. */
export function holds(fields: RecordFields, answer: InitAnswer): boolean {
  return Object.entries(withAnswer({}, answer)).every(([name, value]) => fields[name] === value);
}

/** Identifies the keys of an initialisation without revealing them. */
export function keysFingerprint(keys: readonly Secret[]): string {
  return fingerprint(new Secret(keys.map((key) => key.reveal()).join(" ")));
}

/** Whether the keys of a record are those that {@link keysFingerprint} identifies. */
export function hasKeys(fields: RecordFields, type: KeyType, fingerprintOfKeys: string): boolean {
  return keysFingerprint(recordedKeys(fields, type)) === fingerprintOfKeys;
}

/** Identifies a secret without revealing it. */
export function fingerprint(secret: Secret): string {
  return createHash("sha256").update(secret.reveal()).digest("hex").slice(0, 16);
}
