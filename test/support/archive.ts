import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** A file of a snapshot. */
export interface ArchiveFile {
  readonly name: string;
  readonly content: Buffer;
}

/** Files of a snapshot as a server makes them. */
export function snapshotFiles(state: Buffer, raftIndex = 7): ArchiveFile[] {
  const files = [
    { name: "meta.json", content: Buffer.from(JSON.stringify({ Index: raftIndex })) },
    { name: "state.bin", content: state },
  ];
  const sums = files.map(({ name, content }) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`);
  return [
    ...files,
    { name: "SHA256SUMS", content: Buffer.from(sums.join("")) },
    { name: "SHA256SUMS.sealed", content: Buffer.from("sealed") },
  ];
}

/** A gzipped tar file. */
export function archiveOf(files: readonly ArchiveFile[], { extended = false } = {}): Buffer {
  return gzipSync(tarOf(files, extended));
}

export function tarOf(files: readonly ArchiveFile[], extended = false): Buffer {
  const parts = files.flatMap(({ name, content }) => {
    const size = ` size=${content.length}\n`;
    const record = Buffer.from(`${String(size.length + 2)}${size}`);
    const header = extended ? [tarHeader("PaxHeaders/x", record.length, "x"), padded(record)] : [];
    return [...header, tarHeader(name, extended ? 0 : content.length), padded(content)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** @param type `0` for a file, `x` for an extended header of the next one. */
export function tarHeader(name: string, size: number, type = "0"): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write("0000600\0", 100);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** Bytes in pieces of a size. */
export async function* piecesOf(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

/** All bytes of a stream. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}
