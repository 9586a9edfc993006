import { z } from "zod";
import type { Instance } from "../../contract/instance";

const manifest = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** Name of the snapshot. */
  name: z.string(),
  tenant: z.string(),
  instance: z.string(),
  product: z.enum(["vault", "openbao"]),
  /** Version of the server that took it. */
  productVersion: z.string(),
  /** When it was taken, RFC 3339. */
  time: z.iso.datetime(),
  raftIndex: z.number().int().min(0),
  /** Size of the encrypted snapshot, bytes. */
  size: z.number().int().min(1),
  /** SHA-256 of the encrypted snapshot, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Version of the record whose keys open the data. */
  recordVersion: z.number().int().min(0),
  /** Tells these keys apart, and reveals nothing of them: in a mirror the versions of a record have other numbers. */
  keysFingerprint: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  seal: z.string(),
  /** Number and threshold of these keys. */
  shares: z.number().int().min(0),
  threshold: z.number().int().min(0),
});

/** The keys of the central Vault are with people, and in no record. */
const centralManifest = manifest.omit({
  tenant: true,
  instance: true,
  product: true,
  recordVersion: true,
  keysFingerprint: true,
});

/** Description of a snapshot, beside it. It contains no secret, and is readable without a key. */
export type Manifest = Readonly<z.output<typeof manifest>>;

/** Description of a snapshot of the central Vault. `shares` and `threshold` are those of the people's keys at that time. */
export type CentralManifest = Readonly<z.output<typeof centralManifest>>;

/** @returns Undefined if this is not the manifest of a snapshot of an instance. */
export function parseManifest(text: string): Manifest | undefined {
  return parseAs(manifest, text);
}

/** @returns Undefined if this is not the manifest of a snapshot of the central Vault. */
export function parseCentralManifest(text: string): CentralManifest | undefined {
  return parseAs(centralManifest, text);
}

/** @returns Undefined if the text is not JSON that a schema accepts. */
export function parseAs<Output>(schema: z.ZodType<Output>, text: string): Output | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A manifest as it is written. */
export function manifestText(written: object): string {
  return `${JSON.stringify(written, undefined, 2)}\n`;
}

/** Name of a snapshot: `customer10.main.20261127T001530123Z`. Names of one instance sort by time. */
export function snapshotName({ tenant, name }: Pick<Instance, "tenant" | "name">, time: Date): string {
  return `${tenant}.${name}.${timeText(time)}`;
}

/** Name of a snapshot of the central Vault: `central-vault.20261127T001530123Z`. No instance has such a name. */
export function centralSnapshotName(time: Date): string {
  return `central-vault.${timeText(time)}`;
}

/** A time in the name of a file, which sorts by time: `20261127T001530123Z`. */
export function timeText(time: Date): string {
  return time.toISOString().replace(/[-:.]/g, "");
}

const NAME = /^[a-z0-9-]+\.[a-z0-9-]+\.\d{8}T\d{9}Z$/;

/** Whether a text is the name of a snapshot of an instance. */
export function isSnapshotName(text: string, { tenant, name }: Pick<Instance, "tenant" | "name">): boolean {
  return NAME.test(text) && text.startsWith(`${tenant}.${name}.`);
}

/** Whether a text is the name of a snapshot of the central Vault. */
export function isCentralSnapshotName(text: string): boolean {
  return /^central-vault\.\d{8}T\d{9}Z$/.test(text);
}

/** Name of the file with the encrypted snapshot. */
export function contentFile(name: string): string {
  return `${name}.age`;
}

/** Name of the file with the manifest. */
export function manifestFile(name: string): string {
  return `${name}.json`;
}
