import { mkdirSync } from "node:fs";
import { run } from "../../../lab/run";

/** A folder with a file system of its own, which can turn read-only while a program uses it. Needs root, or sudo. */
export class MountedFolder {
  static async create(path: string): Promise<MountedFolder> {
    mkdirSync(path, { recursive: true });
    const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()},mode=700,size=1m`;
    await asRoot("mount", "-t", "tmpfs", "-o", owner, "tmpfs", path);
    return new MountedFolder(path);
  }

  private constructor(readonly path: string) {}

  async makeReadOnly(): Promise<void> {
    await asRoot("mount", "-o", "remount,ro", this.path);
  }

  async remove(): Promise<void> {
    await asRoot("umount", this.path);
  }
}

async function asRoot(...command: [string, ...string[]]): Promise<void> {
  const [program, ...args] = process.getuid?.() === 0 ? command : ["sudo", "--non-interactive", ...command];
  await run(program, args);
}
