import { createHash } from "node:crypto";
import { type Instance, readInstance } from "../contract/instance";
import { metadataChunks } from "../contract/metadata-size";

/** Keys that only some descriptions have. Stale ones are removed. */
const OCCASIONAL =
  /^((replica|ca-certificate|kubernetes|identities)-\d+|volatile|self-initializes|shared-instance|retired|wanted-(shares|threshold))$/;

/** Key of the instance of which the described one is a namespace. */
const SHARED_INSTANCE = "shared-instance";

/** The instance of which the described one is a namespace; undefined if it has servers of its own. */
export function sharedInstanceOf(metadata: Readonly<Record<string, string>>): string | undefined {
  return metadata[SHARED_INSTANCE];
}

/** Computes the change from the existing to the wanted metadata. Keys of other programs stay. */
export function metadataPatch(
  existing: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const stale = Object.keys(existing).filter((key) => OCCASIONAL.test(key) && !(key in wanted));
  const changed = Object.entries(wanted).filter(([key, value]) => existing[key] !== value);
  return { ...Object.fromEntries(stale.map((key) => [key, null])), ...Object.fromEntries(changed) };
}

/** Converts a description to custom metadata of its record, so that later runs need only the central Vault. */
export function toMetadata(described: Instance): Record<string, string> {
  return {
    product: described.product,
    seal: described.seal,
    "secret-shares": String(described.secretShares),
    "secret-threshold": String(described.secretThreshold),
    ...(described.wantedShares === undefined
      ? {}
      : {
          "wanted-shares": String(described.wantedShares.shares),
          "wanted-threshold": String(described.wantedShares.threshold),
        }),
    ...(described.retired === true ? { retired: "true" } : {}),
    ...(described.volatile === true ? { volatile: "true" } : {}),
    ...(described.selfInitializes === true ? { "self-initializes": "true" } : {}),
    ...(described.sharedInstance === undefined ? {} : { [SHARED_INSTANCE]: described.sharedInstance }),
    ...numbered(
      "replica",
      described.replicas.map(({ name, address }) => `${name} ${address}`),
    ),
    // A value must not contain line breaks, so it is JSON.
    ...numbered("ca-certificate", metadataChunks(described.caCertificate)),
    ...numbered("kubernetes", metadataChunks(described.kubernetes)),
    ...numbered("identities", metadataChunks(described.identities)),
  };
}

/** Parses the description that {@link toMetadata} wrote; undefined if the record has none. */
export function fromMetadata(
  tenant: string,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Instance | undefined {
  return readInstance({
    tenant,
    name,
    product: metadata.product,
    seal: metadata.seal,
    secretShares: Number(metadata["secret-shares"]),
    secretThreshold: Number(metadata["secret-threshold"]),
    wantedShares:
      metadata["wanted-shares"] === undefined
        ? undefined
        : { shares: Number(metadata["wanted-shares"]), threshold: Number(metadata["wanted-threshold"]) },
    retired: metadata.retired === "true" ? true : undefined,
    volatile: metadata.volatile === "true" ? true : undefined,
    selfInitializes: metadata["self-initializes"] === "true" ? true : undefined,
    sharedInstance: sharedInstanceOf(metadata),
    replicas: series(metadata, "replica").map((line) => {
      const [replicaName, address] = line.split(" ");
      return { name: replicaName, address };
    }),
    caCertificate: joined(series(metadata, "ca-certificate")),
    kubernetes: joined(series(metadata, "kubernetes")),
    identities: joined(series(metadata, "identities")),
  });
}

/** Computes the digest of a description. The order of its fields does not matter. */
export function descriptionDigest(described: Instance): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(described)))
    .digest("hex");
}

/** Copies a value with sorted keys and without undefined fields. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]));
}

function joined(parts: readonly string[]): unknown {
  return parts.length === 0 ? undefined : JSON.parse(parts.join(""));
}

function numbered(key: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${key}-${index}`, value]));
}

function series(metadata: Readonly<Record<string, string>>, key: string): string[] {
  const values: string[] = [];
  for (let index = 0; ; index++) {
    const value = metadata[`${key}-${index}`];
    if (value === undefined) return values;
    values.push(value);
  }
}
