/** A file of a target. */
export interface StoredFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Where snapshots and other encrypted files are kept. Every method throws an OperationError `snapshot-target` if it fails. */
export interface SnapshotTarget {
  /** For messages. */
  readonly text: string;
  /** @param prefix Begins the names of the files. @default - all files */
  list(prefix?: string): Promise<readonly StoredFile[]>;
  /** Writes a file completely or not at all: if the content fails, nothing is there, or what was there before. */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  read(name: string): AsyncIterable<Uint8Array>;
  readText(name: string): Promise<string>;
  /** Removes a file, if it exists. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Content that is in memory. */
export async function* oneChunk(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(content));
}
