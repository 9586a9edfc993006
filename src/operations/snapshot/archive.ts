import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { OperationError } from "../../core/errors";

/** Bytes of a record of a tar file; https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
const RECORD = 512;
const SUMS = "SHA256SUMS";
const DESCRIPTION = "meta.json";
const DATA = "state.bin";
/** Files of which the content is kept are small. */
const SMALL = 1024 * 1024;

const description = z.object({ Index: z.number().int().min(0) });

/** What a snapshot says about itself. */
export interface ArchiveFacts {
  /** Last index of the raft log that it contains. */
  readonly raftIndex: number;
}

/**
 * Passes a snapshot on, and checks it meanwhile: each file of it has the checksum that its last file names. The caller must not use
 * what it got before the end, because only the end of the stream says that the snapshot is complete.
 *
 * @param found Receives what the snapshot says about itself, before the end.
 * @throws OperationError `snapshot-damaged` at the end of an incomplete or damaged snapshot.
 */
export async function* verifiedArchive(
  source: AsyncIterable<Uint8Array>,
  found: (facts: ArchiveFacts) => void,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const tar = new TarCheck();
  const checked = (async () => {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) tar.add(chunk);
  })();
  // Its failure is told at the next wait, or at the end.
  checked.catch(() => undefined);
  try {
    for await (const chunk of source) {
      if (!gunzip.write(chunk)) await rejectedAsDamaged(Promise.race([once(gunzip, "drain"), checked]));
      yield chunk;
    }
    gunzip.end();
    await rejectedAsDamaged(checked);
    found(tar.finish());
  } finally {
    gunzip.destroy();
  }
}

/** Reads a tar file in pieces of any size. */
class TarCheck {
  private readonly sums = new Map<string, string>();
  private readonly contents = new Map<string, string>();
  private rest: Buffer = Buffer.alloc(0);
  /** The file that is read: what is missing of it, and the padding after it. */
  private file: { name: string; left: number; padding: number; hash: Hash; kept: Buffer[] } | undefined;
  /** Size that an extended header gives to the next file. */
  private extendedSize: number | undefined;
  private ended = false;

  add(chunk: Buffer): void {
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (!this.ended) {
      if (this.file === undefined) {
        if (bytes.length < RECORD) break;
        this.begin(bytes.subarray(0, RECORD));
        bytes = bytes.subarray(RECORD);
        continue;
      }
      const { file } = this;
      const content = bytes.subarray(0, file.left);
      this.take(file, content);
      bytes = bytes.subarray(content.length);
      if (file.left > 0) break;
      if (bytes.length < file.padding) break;
      bytes = bytes.subarray(file.padding);
      this.end(file);
    }
    this.rest = this.ended ? Buffer.alloc(0) : Buffer.from(bytes);
  }

  /** @throws OperationError if something is missing or has another checksum. */
  finish(): ArchiveFacts {
    if (this.file !== undefined || this.rest.length > 0) throw damaged("it ends within a file");
    const listed = (this.contents.get(SUMS) ?? "").trim().split("\n");
    const expected = new Map(listed.map((line) => [line.slice(66), line.slice(0, 64)]));
    for (const name of [DESCRIPTION, DATA]) {
      const sum = this.sums.get(name);
      if (sum === undefined) throw damaged(`it has no ${name}`);
      if (expected.get(name) !== sum) throw damaged(`its ${name} has another checksum than its ${SUMS} says`);
    }
    const { data } = description.safeParse(jsonOf(this.contents.get(DESCRIPTION) ?? ""));
    if (data === undefined) throw damaged(`its ${DESCRIPTION} names no raft index`);
    return { raftIndex: data.Index };
  }

  private begin(header: Buffer): void {
    if (header.every((byte) => byte === 0)) {
      this.ended = true;
      return;
    }
    const name = header.toString("latin1", 0, 100).replace(/\0.*$/s, "");
    const type = String.fromCharCode(header[156] ?? 0);
    const written = parseInt(header.toString("latin1", 124, 136), 8);
    const size = type === "x" ? written : (this.extendedSize ?? written);
    if (!Number.isSafeInteger(size) || size < 0) throw damaged("it is not a tar file");
    this.file = {
      name: type === "x" ? "" : name,
      left: size,
      padding: (RECORD - (size % RECORD)) % RECORD,
      hash: createHash("sha256"),
      kept: [],
    };
  }

  private take(file: NonNullable<TarCheck["file"]>, content: Buffer): void {
    file.left -= content.length;
    file.hash.update(content);
    if (file.name === DATA) return;
    file.kept.push(Buffer.from(content));
    if (file.kept.reduce((sum, { length }) => sum + length, 0) > SMALL) throw damaged(`its ${file.name} is too large`);
  }

  private end({ name, hash, kept }: NonNullable<TarCheck["file"]>): void {
    const content = Buffer.concat(kept).toString();
    this.file = undefined;
    if (name === "") {
      // A file of 8 GiB and more has its size in an extended header.
      const [, size] = /\d+ size=(\d+)\n/.exec(content) ?? [];
      this.extendedSize = size === undefined ? undefined : Number(size);
      return;
    }
    this.extendedSize = undefined;
    this.sums.set(name, hash.digest("hex"));
    this.contents.set(name, content);
  }
}

async function rejectedAsDamaged(wait: Promise<unknown>): Promise<void> {
  try {
    await wait;
  } catch (error) {
    throw error instanceof OperationError ? error : damaged((error as Error).message);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(reason: string): OperationError {
  return new OperationError(
    "snapshot-damaged",
    `The snapshot is incomplete or damaged (${reason}), so it is not used; take another one, or use an earlier one.`,
  );
}
