import { randomBytes } from "node:crypto";
import { access } from "node:fs/promises";
import { OperationError } from "../../core/errors";
import { encryptedText, encryptorFor, type Encrypt } from "../snapshot/encryption";
import { manifestText, parseAs } from "../snapshot/manifest";
import {
  beginning,
  BEGINNING,
  BundleFile,
  completeBundle,
  cursorOf,
  MANIFEST,
  parsePartName,
  partName,
  unfinishedName,
  type Beginning,
  type BundleManifest,
  type BundlePart,
} from "./bundle";
import { recordLine, type BundleRecord } from "./records";
import { END, paddingOf, tarHeader } from "./tar";

/** Characters and records of a part. An interrupted export loses no more than one part. */
const PART_LENGTH = 1024 * 1024;
const PART_RECORDS = 1000;

/** Whose data a bundle has, and who can read it. */
export type BundleOrigin = Pick<Beginning, "tenant" | "instance" | "recipients">;

/** Where a part ends in the file. */
interface WrittenPart extends BundlePart {
  readonly end: number;
}

/**
 * Writes a bundle part by part. Each part is encrypted by itself and on the disk before the next one begins, so what an interrupted export
 * has written is a bundle without an end, and needs no file with its progress.
 */
export class BundleWriter {
  /**
   * Begins a bundle, or goes on with one that was interrupted.
   *
   * @throws OperationError `usage` if the file exists, or an unfinished one belongs to another export.
   */
  static async open(path: string, origin: BundleOrigin): Promise<BundleWriter> {
    if (await exists(path)) throw refused(path, "exists already; name another file, or remove it");
    const encrypt = await encryptorFor(origin.recipients);
    const unfinished = unfinishedName(path);
    const file = await BundleFile.open(unfinished, (await exists(unfinished)) ? "r+" : "wx+");
    try {
      const writer = new BundleWriter(path, file, encrypt);
      await writer.begin(origin);
      return writer;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private parts: WrittenPart[] = [];
  private salt = "";
  /** Where the first part begins. */
  private origin = 0;
  private lines: string[] = [];
  private length = 0;
  private last = "";

  private constructor(
    private readonly path: string,
    private readonly file: BundleFile,
    private readonly encrypt: Encrypt,
  ) {}

  /** Records that are on the disk. */
  get records(): number {
    return this.parts.reduce((sum, { records }) => sum + records, 0);
  }

  /**
   * Finds the record after which the export goes on, and drops what is behind it.
   *
   * @param names Of all records, in their order.
   * @returns Its name; undefined if the export begins.
   */
  async resume(names: AsyncIterable<string>): Promise<string | undefined> {
    this.lines = [];
    this.length = 0;
    const places = new Map(this.parts.map(({ cursor }, index) => [cursor, index + 1]));
    let found = { count: 0, name: undefined as string | undefined };
    if (places.size > 0)
      for await (const name of names) {
        const count = places.get(cursorOf(this.salt, name)) ?? 0;
        if (count > found.count) found = { count, name };
        if (count === this.parts.length) break;
      }
    // The last record of a part may be gone.
    this.parts = this.parts.slice(0, found.count);
    return found.name;
  }

  /** @returns Whether a part was written. */
  async add(name: string, record: BundleRecord): Promise<boolean> {
    const line = recordLine(record);
    this.lines.push(line);
    this.length += line.length;
    this.last = name;
    if (this.length < PART_LENGTH && this.lines.length < PART_RECORDS) return false;
    await this.flush();
    return true;
  }

  /** Writes the manifest, and gives the bundle its name. @returns SHA-256 of the bundle. */
  async finish(facts: Pick<BundleManifest, "tenant" | "instance" | "product" | "time" | "stays">): Promise<string> {
    if (this.lines.length > 0) await this.flush();
    const manifest: BundleManifest = { ...facts, records: this.records, sha256: await this.file.sha256(this.end) };
    const content = await encryptedText(this.encrypt, manifestText(manifest));
    await this.file.write(this.end, Buffer.concat([fileOf(MANIFEST, content), END]));
    await completeBundle(this.path);
    return this.file.sha256();
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private get end(): number {
    return this.parts.at(-1)?.end ?? this.origin;
  }

  private async begin(origin: BundleOrigin): Promise<void> {
    for await (const entry of this.file.entries()) {
      const part = parsePartName(entry.name);
      if (entry.name === BEGINNING) {
        const found = parseAs(beginning, (await this.file.content(entry)).toString());
        const { salt, format: _, ...others } = found ?? { salt: "", format: 1 };
        if (JSON.stringify(others) !== JSON.stringify(origin))
          throw refused(unfinishedName(this.path), "belongs to another export; remove it, or name another file");
        this.salt = salt;
        this.origin = entry.end;
      } else if (part?.number === this.parts.length) this.parts.push({ ...part, end: entry.end });
      else break;
    }
    if (this.origin > 0) return;
    this.salt = randomBytes(16).toString("hex");
    const first = fileOf(BEGINNING, Buffer.from(manifestText({ format: 1, ...origin, salt: this.salt })));
    await this.file.write(0, first);
    this.origin = first.length;
  }

  private async flush(): Promise<void> {
    const content = await encryptedText(this.encrypt, this.lines.join(""));
    const part = { records: this.lines.length, cursor: cursorOf(this.salt, this.last) };
    const file = fileOf(partName(this.parts.length, part), content);
    const start = this.end;
    await this.file.write(start, file);
    this.parts.push({ ...part, end: start + file.length });
    this.lines = [];
    this.length = 0;
  }
}

function fileOf(name: string, content: Buffer): Buffer {
  const { length: size } = content;
  return Buffer.concat([tarHeader({ name, size }), content, Buffer.alloc(paddingOf(size))]);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function refused(path: string, problem: string): OperationError {
  return new OperationError("usage", `The bundle ${path} ${problem}.`);
}
