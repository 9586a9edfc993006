import { certificatesOf, type InstanceDescription } from "./instance";

/** Bytes in a value of the custom metadata of KV version 2. */
const VALUE_LIMIT = 512;

/** Keys of the custom metadata of KV version 2. */
export const METADATA_KEYS_LIMIT = 64;

/** Keys that every record may have: those of docs/record.md without a number, and the wanted numbers of keys. */
const COMMON_KEYS = 20;

/** The largest number of keys that the description of an instance takes in the metadata of its record. */
export function metadataKeysOf({
  replicas,
  caCertificate,
  kubernetes,
  identities,
  sharedInstance,
}: Pick<InstanceDescription, "replicas" | "caCertificate" | "kubernetes" | "identities" | "sharedInstance">): number {
  const certificates = caCertificate === undefined ? undefined : certificatesOf(caCertificate);
  const shared = sharedInstance === undefined ? 0 : 1;
  return COMMON_KEYS + shared + replicas.length + [certificates, kubernetes, identities].flatMap(metadataChunks).length;
}

/** Splits a value into texts that metadata can hold. The text is ASCII, because the limit counts bytes. */
export function metadataChunks(value: unknown): string[] {
  if (value === undefined) return [];
  const text = JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.match(new RegExp(`.{1,${VALUE_LIMIT}}`, "g")) ?? [];
}
