/** A file of a target. */
export interface StoredFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** Where snapshots are kept. Every method throws an OperationError `snapshot-target` if it fails. */
export interface SnapshotTarget {
  /** For messages. */
  readonly text: string;
  list(): Promise<readonly StoredFile[]>;
  /** Writes a file completely or not at all: if the content fails, nothing is there, or what was there before. */
  write(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  read(name: string): AsyncIterable<Uint8Array>;
  readText(name: string): Promise<string>;
  /** Removes a file, if it exists. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}
