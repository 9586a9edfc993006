import { z } from "zod";
import type { Instance } from "../../contract/instance";
import { parseAs, timeText } from "../snapshot/manifest";

const manifest = z.object({
  /** Version of this format. */
  format: z.literal(1),
  /** Begins the names of the files that belong together. */
  name: z.string(),
  tenant: z.string(),
  instance: z.string(),
  /** When the files were written, RFC 3339. */
  time: z.iso.datetime(),
  /** Version of the record that the keys were read from. */
  recordVersion: z.number().int().min(1),
  seal: z.string(),
  keyType: z.enum(["unseal", "recovery"]),
  shares: z.number().int().min(1),
  threshold: z.number().int().min(2),
  people: z
    .array(
      z.object({
        name: z.string(),
        /** Public key of age that the person's file is encrypted to. */
        recipient: z.string(),
        /** Names of the keys in the file, as in the record. */
        keys: z.array(z.string()).readonly(),
        /** Size of the encrypted file, bytes. */
        size: z.number().int().min(1),
        /** SHA-256 of the encrypted file, hexadecimal. */
        sha256: z.string(),
      }),
    )
    .readonly(),
  /** Identifies what the files say, without telling it. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Description of the files of a second custody. It contains no secret, and is readable without a key. */
export type CustodyManifest = Readonly<z.output<typeof manifest>>;

type Named = Pick<Instance, "tenant" | "name">;

/** @returns Undefined if this is not the manifest of a second custody. */
export function parseCustodyManifest(text: string): CustodyManifest | undefined {
  return parseAs(manifest, text);
}

/** Begins the names of all files of an instance: `customer10.main.custody-`. No snapshot has such a name. */
export function custodyPrefix({ tenant, name }: Named): string {
  return `${tenant}.${name}.custody-`;
}

/** Name of what one run writes: `customer10.main.custody-7.20261127T001530123Z`. */
export function custodyName(instance: Named, recordVersion: number, time: Date): string {
  return `${custodyPrefix(instance)}${recordVersion}.${timeText(time)}`;
}

/** Name of the file for a person. */
export function personFile(name: string, person: string): string {
  return `${name}.${person}.age`;
}

/** The name that a file belongs to; undefined if the file is not a part of the instance's custody. */
export function custodyOfFile(file: string, instance: Named): string | undefined {
  const prefix = custodyPrefix(instance);
  if (!file.startsWith(prefix)) return undefined;
  const [, rest] = /^(\d+\.\d{8}T\d{9}Z)\.(json|[a-z0-9-]+\.age)$/.exec(file.slice(prefix.length)) ?? [];
  return rest === undefined ? undefined : prefix + rest;
}
