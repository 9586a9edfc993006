import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { OperationError } from "../../core/errors";
import type { SnapshotTarget, StoredFile } from "./target";

/** Ends the names of files that are being written. */
const UNFINISHED = ".unfinished";

/** A folder of this machine. */
export class FileTarget implements SnapshotTarget {
  readonly text: string;

  constructor(private readonly folder: string) {
    this.text = `file:${folder}`;
  }

  list(prefix = ""): Promise<readonly StoredFile[]> {
    return this.attempt(async () => {
      const names = await readdir(this.folder).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      });
      const files = names.filter((name) => name.startsWith(prefix) && !name.endsWith(UNFINISHED));
      return Promise.all(files.map(async (name) => ({ name, size: (await stat(join(this.folder, name))).size })));
    });
  }

  /** Writes under another name, and renames the file when all of it is on the disk. */
  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.folder, name);
    const unfinished = `${path}.${process.pid}${UNFINISHED}`;
    await this.attempt(() => mkdir(this.folder, { recursive: true, mode: 0o700 }));
    try {
      const file = await this.attempt(() => open(unfinished, "wx", 0o600));
      try {
        for await (const chunk of content) await this.attempt(() => file.writeFile(chunk));
        await this.attempt(() => file.sync());
      } finally {
        await file.close();
      }
      await this.attempt(() => rename(unfinished, path));
      await this.attempt(() => syncFolder(this.folder));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  readText(name: string): Promise<string> {
    return this.attempt(() => readFile(join(this.folder, name), "utf8"));
  }

  async *read(name: string): AsyncGenerator<Uint8Array> {
    try {
      yield* createReadStream(join(this.folder, name)) as AsyncIterable<Buffer>;
    } catch (error) {
      throw this.failure(error);
    }
  }

  remove(name: string): Promise<void> {
    return this.attempt(() => rm(join(this.folder, name), { force: true }));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(error);
    }
  }

  private failure(error: unknown): unknown {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof OperationError || code === undefined) return error;
    return new OperationError(
      "snapshot-target",
      `The folder ${this.folder} cannot be used (${code}); check that it exists, is writable and has space.`,
      { cause: error },
    );
  }
}

/** A rename is on the disk only once its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
