import { createHash } from "node:crypto";
import { open, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { OperationError } from "../../core/errors";
import { syncFolder } from "../snapshot/file-target";
import { BLOCK, parseHeader, paddingOf, type TarEntry } from "./tar";

/** Names of the first and the last file of a bundle. */
export const BEGINNING = "bundle.json";
export const MANIFEST = "manifest.age";

/** Ends the name of a bundle that is not complete. */
const UNFINISHED = ".unfinished";

/** What everybody may know of a bundle. It is the first file in it. */
export const beginning = z.object({
  format: z.literal(1),
  tenant: z.string(),
  instance: z.string(),
  /** Public keys of age. */
  recipients: z.array(z.string()),
  /** Makes the names of the parts say nothing about the names of secrets to those who do not have both. */
  salt: z.string(),
});

/** Description of a bundle. It is encrypted, and the last file in it. */
export const manifest = z.object({
  tenant: z.string(),
  instance: z.string(),
  product: z.string(),
  /** When the bundle was completed, RFC 3339. */
  time: z.string(),
  /** Number of lines in all parts. */
  records: z.number().int(),
  /** SHA-256 of everything before the manifest, hexadecimal. */
  sha256: z.string(),
  /** What could not leave, one line each. */
  stays: z.array(z.string()),
});

/** What everybody may know of a bundle. */
export type Beginning = z.output<typeof beginning>;

/** Description of a bundle. */
export type BundleManifest = z.output<typeof manifest>;

/** A part of a bundle: lines of JSON, encrypted by themselves. Its name is its number, its number of lines, and its cursor. */
export interface BundlePart {
  /** Number of records. */
  readonly records: number;
  /** Digest of the name of the last record: where an interrupted export goes on. */
  readonly cursor: string;
}

/** Name of a part in the bundle. */
export function partName(number: number, { records, cursor }: BundlePart): string {
  return `part-${String(number).padStart(6, "0")}-${records}-${cursor}.age`;
}

/** @returns Undefined if this is not the name of a part. */
export function parsePartName(name: string): (BundlePart & { readonly number: number }) | undefined {
  const [, number, records, cursor] = /^part-(\d{6,})-(\d+)-([0-9a-f]+)\.age$/.exec(name) ?? [];
  return cursor === undefined ? undefined : { number: Number(number), records: Number(records), cursor };
}

/** Identifies the last record of a part. */
export function cursorOf(salt: string, name: string): string {
  return createHash("sha256").update(`${salt} ${name}`).digest("hex").slice(0, 32);
}

/** A file of a bundle, and where it is. */
export interface Located extends TarEntry {
  readonly start: number;
  /** Where the next file begins. */
  readonly end: number;
}

/** Opened bundle. Every method throws OperationError `bundle-file` if the file system fails. */
export class BundleFile {
  /** @param flags As of `open`. */
  static async open(path: string, flags: string): Promise<BundleFile> {
    return new BundleFile(path, await attempt(path, () => open(path, flags, 0o600)));
  }

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  /** Files that are there completely. */
  async *entries(): AsyncGenerator<Located> {
    const { size: length } = await attempt(this.path, () => this.file.stat());
    for (let start = 0; start + BLOCK <= length;) {
      const entry = parseHeader(await this.read(start, BLOCK));
      const end = start + BLOCK + (entry === undefined ? 0 : entry.size + paddingOf(entry.size));
      if (entry === undefined || end > length) return;
      yield { ...entry, start, end };
      start = end;
    }
  }

  /** Bytes from a place on; fewer at the end of the file. */
  async read(start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await attempt(this.path, () => this.file.read(buffer, 0, length, start));
    return buffer.subarray(0, bytesRead);
  }

  content({ start, size }: Located): Promise<Buffer> {
    return this.read(start + BLOCK, size);
  }

  /** SHA-256 of the file, up to a place. */
  async sha256(end = Number.POSITIVE_INFINITY): Promise<string> {
    const hash = createHash("sha256");
    const most = 1024 * 1024;
    for (let start = 0; start < end;) {
      const chunk = await this.read(start, Math.min(most, end - start));
      if (chunk.length === 0) break;
      hash.update(chunk);
      start += chunk.length;
    }
    return hash.digest("hex");
  }

  /** Writes at a place, drops what is behind it, and returns once it is on the disk. */
  async write(start: number, content: Buffer): Promise<void> {
    await attempt(this.path, async () => {
      await this.file.truncate(start);
      for (let written = 0; written < content.length;)
        written += (await this.file.write(content, written, content.length - written, start + written)).bytesWritten;
      await this.file.sync();
    });
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Name of a bundle until it is complete. */
export function unfinishedName(path: string): string {
  return path + UNFINISHED;
}

/** Gives a complete bundle its name. */
export function completeBundle(path: string): Promise<void> {
  return attempt(path, async () => {
    await rename(unfinishedName(path), path);
    await syncFolder(dirname(path));
  });
}

async function attempt<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new OperationError(
      "bundle-file",
      `The file ${path} cannot be used (${code}); check its path, its rights and the space of its disk, and run this again.`,
      { cause: error },
    );
  }
}
