import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Folder in the project for the programs that the lab obtains. */
export const CACHE = resolve(__dirname, "..", "..", ".cache");

/** Returns a folder of the cache. It is created once, and completely or not at all. */
export async function cachedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (existsSync(folder)) return folder;
    const unfinished = mkdtempSync(join(CACHE, "unfinished-"));
    try {
      await make(unfinished);
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return folder;
  } finally {
    unlock();
  }
}

/** Waits until no other program that still runs holds the lock, and takes it. Two builds at once would take twice as long. */
async function lock(file: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => {
        rmSync(file);
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (isOrphaned(file)) rmSync(file, { force: true });
      else await sleep(500);
    }
  }
}

/** Whether the program that holds a lock was ended. */
function isOrphaned(file: string): boolean {
  try {
    // Nothing is written yet, or the lock was given back meanwhile.
    const owner = Number(readFileSync(file, "utf8"));
    if (owner === 0) return false;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Copies a program from the cache into a folder that other accounts can read, because the cache may be in a private home.
 * Returns the new path, or the same path if it is not in the cache.
 */
export function copyFromCache(path: string, folder: string): string {
  const inCache = relative(CACHE, path);
  const [name = ""] = inCache.split(sep);
  if (name === "..") return path;
  const copy = join(folder, name);
  if (!existsSync(copy)) cpSync(join(CACHE, name), copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return join(folder, inCache);
}
