import type { SnapshotTarget, StoredFile } from "../../src/operations/snapshot/target";
import { collect } from "./archive";
import { Crash } from "./simulation";

/** A target of snapshots in memory. */
export class MemoryTarget implements SnapshotTarget {
  readonly text = "memory:";
  readonly files = new Map<string, Buffer>();
  /** Names of files whose content failed. */
  readonly failed: string[] = [];
  /** Dies at a write, before or after it. */
  crash: { readonly write: number; readonly fault: "crash-before" | "crash-after" } | undefined;
  afterWrite: () => Promise<void> = () => Promise.resolve();
  private writes = 0;

  list(prefix = ""): Promise<readonly StoredFile[]> {
    const files = [...this.files].map(([name, { length }]) => ({ name, size: length }));
    return Promise.resolve(files.filter(({ name }) => name.startsWith(prefix)));
  }

  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const due = this.crash?.write === this.writes++ ? this.crash.fault : undefined;
    if (due === "crash-before") throw new Crash();
    const bytes = await collect(content).catch((error: unknown) => {
      this.failed.push(name);
      throw error;
    });
    this.files.set(name, bytes);
    if (due === "crash-after") throw new Crash();
    await this.afterWrite();
  }

  async *read(name: string): AsyncGenerator<Uint8Array> {
    const bytes = this.files.get(name) ?? Buffer.alloc(0);
    for (let start = 0; start < bytes.length; start += 1000)
      yield await Promise.resolve(bytes.subarray(start, start + 1000));
  }

  readText(name: string): Promise<string> {
    return Promise.resolve(this.files.get(name)?.toString() ?? "");
  }

  remove(name: string): Promise<void> {
    this.files.delete(name);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
