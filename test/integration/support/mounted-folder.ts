import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../lab/run";

/** A folder with a file system of its own, which can turn read-only, or be full, while a program uses it. Needs root, or sudo. */
export class MountedFolder {
  /** @param mebibytes Size. @default 1 */
  static async create(path: string, mebibytes = 1): Promise<MountedFolder> {
    mkdirSync(path, { recursive: true });
    const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},mode=700,size=${mebibytes}m`;
    await asRoot("mount", "-t", "tmpfs", "-o", owner, "tmpfs", path);
    return new MountedFolder(path);
  }

  private constructor(readonly path: string) {}

  async makeReadOnly(): Promise<void> {
    await asRoot("mount", "-o", "remount,ro", this.path);
  }

  /** Takes all room that is left. */
  fill(): void {
    const file = openSync(this.filler, "w");
    try {
      for (const block = Buffer.alloc(4096); ;) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.filler);
  }

  private get filler(): string {
    return join(this.path, "filler");
  }

  async remove(): Promise<void> {
    await asRoot("umount", this.path);
  }
}

async function asRoot(...command: [string, ...string[]]): Promise<void> {
  const [program, ...args] = process.getuid?.() === 0 ? command : ["sudo", "--non-interactive", ...command];
  await run(program, args);
}
