import { createHash } from "node:crypto";

/**
 * The secret fields of a record, a contract with other programs: `root-token`, `unseal-key-0` ... `unseal-key-<n-1>`,
 * as Vault returned them. Fields of others may stand beside them and are kept.
 */
export type RecordFields = Readonly<Record<string, unknown>>;

/** What a server answers once, when it is initialised. */
export interface InitAnswer {
  readonly rootToken: string;
  /** Base64, as Vault returned them. */
  readonly unsealKeys: readonly string[];
}

/** KV version 2 mount in the central Vault that holds the records. */
export const RECORDS_MOUNT = "customers";

/** The record of an instance, as Vault's own command names it. */
export function recordPath(instance: string): string {
  return `${RECORDS_MOUNT}/${instance}`;
}

const ROOT_TOKEN = "root-token";
const UNSEAL_KEY = /^unseal-key-\d+$/;

/** Present only while an initialisation is under way: the key that its journal is encrypted with. */
const JOURNAL_KEY = "journal-key";

const unsealKeyField = (index: number): string => `unseal-key-${index}`;

/** The unseal keys, in order, as far as they go without a gap. */
export function unsealKeys(fields: RecordFields): string[] {
  const keys: string[] = [];
  for (let index = 0; ; index++) {
    const key = fields[unsealKeyField(index)];
    if (typeof key !== "string" || key === "") return keys;
    keys.push(key);
  }
}

/** Names of the fields that hold secrets of an initialisation, complete or not. */
export function secretFields(fields: RecordFields): string[] {
  return Object.keys(fields)
    .filter((name) => name === ROOT_TOKEN || UNSEAL_KEY.test(name))
    .sort();
}

/** The root token; undefined once it has been revoked and taken out. */
export function rootToken(fields: RecordFields): string | undefined {
  const token = fields[ROOT_TOKEN];
  return typeof token === "string" && token !== "" ? token : undefined;
}

/** The key of the journal of the initialisation under way; undefined where there is none. */
export function journalKey(fields: RecordFields): string | undefined {
  const key = fields[JOURNAL_KEY];
  return typeof key === "string" ? key : undefined;
}

/** Announces an initialisation. */
export function withJournalKey(fields: RecordFields, key: string): RecordFields {
  return { ...fields, [JOURNAL_KEY]: key };
}

/** Adds the keys and ends the announcement; everything that others wrote stays. */
export function withAnswer(fields: RecordFields, answer: InitAnswer): RecordFields {
  const { [JOURNAL_KEY]: _ended, ...others } = fields;
  const keys = Object.fromEntries(
    answer.unsealKeys.map((key, index): [string, string] => [unsealKeyField(index), key]),
  );
  return { ...others, [ROOT_TOKEN]: answer.rootToken, ...keys };
}

/** Whether the record already holds secrets other than this answer's, which writing the answer would replace. */
export function contradicts(fields: RecordFields, answer: InitAnswer): boolean {
  const wanted = withAnswer({}, answer);
  return Object.entries(fields).some(
    ([name, value]) => (name === ROOT_TOKEN || UNSEAL_KEY.test(name)) && value !== wanted[name],
  );
}

/** Whether every field of the answer is in the record, letter for letter. */
export function holds(fields: RecordFields, answer: InitAnswer): boolean {
  return Object.entries(withAnswer({}, answer)).every(([name, value]) => fields[name] === value);
}

/** Names the keys of an initialisation without telling them. */
export function keysFingerprint(keys: readonly string[]): string {
  return fingerprint(keys.join(" "));
}

/** Names a secret without telling it. */
export function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 16);
}
