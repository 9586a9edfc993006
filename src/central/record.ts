import { createHash } from "node:crypto";
import { Secret } from "../core/secret";
import { type InitAnswer, type KeyType, otherKeyType } from "../vault/keys";

/**
 * The secret fields of a record, a contract with other programs: `root-token`, `unseal-key-0` ... `unseal-key-<n-1>`, or
 * `recovery-key-<n>` of an instance that unseals itself, as Vault returned them. Fields of others may stand beside them
 * and are kept.
 */
export type RecordFields = Readonly<Record<string, unknown>>;

const ROOT_TOKEN = "root-token";
const KEY = /^(unseal|recovery)-key-(\d+)$/;

/** Present only while an initialisation is under way: the key that its journal is encrypted with. */
const JOURNAL_KEY = "journal-key";

/** Beside the keys, so that it takes the right to write these. */
const DESCRIPTION_DIGEST = "description-digest";

const keyField = (type: KeyType, index: number): string => `${type}-key-${index}`;

/** The keys of one type, in order. One that is missing or damaged does not hide the others. */
export function recordedKeys(fields: RecordFields, type: KeyType): Secret[] {
  return keyEntries(fields, type).map(([, key]) => new Secret(key));
}

/** Places and values of the keys of one type. */
function keyEntries(fields: RecordFields, type: KeyType): (readonly [number, string])[] {
  return Object.entries(fields)
    .flatMap(([name, value]) => {
      const [, found, place] = KEY.exec(name) ?? [];
      return found === type && typeof value === "string" && value !== "" ? [[Number(place), value] as const] : [];
    })
    .sort(([one], [other]) => one - other);
}

/** Names of the fields that hold secrets of an initialisation, complete or not. */
export function secretFields(fields: RecordFields): string[] {
  return Object.keys(fields).filter(isSecret).sort();
}

/** The root token; undefined once it has been revoked and taken out. */
export function rootToken(fields: RecordFields): Secret | undefined {
  const token = fields[ROOT_TOKEN];
  return typeof token === "string" && token !== "" ? new Secret(token) : undefined;
}

/**
 * Digests of the descriptions that may stand in the record's metadata: whoever may write metadata alone must not choose where the
 * keys and the token are sent. Two of them while a description is being replaced.
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

/** The key of the journal of the initialisation under way; undefined where there is none. */
export function journalKey(fields: RecordFields): Secret | undefined {
  const key = fields[JOURNAL_KEY];
  return typeof key === "string" ? new Secret(key) : undefined;
}

/** Announces an initialisation. */
export function withJournalKey(fields: RecordFields, key: Secret): RecordFields {
  return { ...fields, [JOURNAL_KEY]: key.reveal() };
}

/** Adds the keys and ends the announcement; everything that others wrote stays. */
export function withAnswer(fields: RecordFields, answer: InitAnswer): RecordFields {
  const { [JOURNAL_KEY]: _ended, ...others } = fields;
  return { ...others, [ROOT_TOKEN]: answer.rootToken.reveal(), ...keyFields(answer.keys, answer.keyType) };
}

/** Names the keys by another type, as a migration of the seal makes of unseal keys recovery keys; their values stay. */
export function withKeyType(fields: RecordFields, to: KeyType): RecordFields {
  const from = otherKeyType(to);
  const renamed = keyEntries(fields, from).map(([place, key]): [string, string] => [keyField(to, place), key]);
  const others = Object.entries(fields).filter(([name]) => KEY.exec(name)?.[1] !== from);
  return Object.fromEntries([...others, ...renamed]);
}

function keyFields(keys: readonly Secret[], type: KeyType): Record<string, string> {
  return Object.fromEntries(keys.map((key, index) => [keyField(type, index), key.reveal()]));
}

function isSecret(name: string): boolean {
  return name === ROOT_TOKEN || KEY.test(name);
}

/** Whether the record already holds secrets other than this answer's, which writing the answer would replace. */
export function contradicts(fields: RecordFields, answer: InitAnswer): boolean {
  const wanted = withAnswer({}, answer);
  return Object.entries(fields).some(([name, value]) => isSecret(name) && value !== wanted[name]);
}

/** Whether every field of the answer is in the record, letter for letter. */
export function holds(fields: RecordFields, answer: InitAnswer): boolean {
  return Object.entries(withAnswer({}, answer)).every(([name, value]) => fields[name] === value);
}

/** Names the keys of an initialisation without telling them. */
export function keysFingerprint(keys: readonly Secret[]): string {
  return fingerprint(new Secret(keys.map((key) => key.reveal()).join(" ")));
}

/** Names a secret without telling it. */
export function fingerprint(secret: Secret): string {
  return createHash("sha256").update(secret.reveal()).digest("hex").slice(0, 16);
}
