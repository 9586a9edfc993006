import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

/** Folder in the project for the programs that the lab obtains. */
export const CACHE = resolve(__dirname, "..", "..", ".cache");

/** Returns a folder of the cache. It is created once, and completely or not at all. */
export async function cachedFolder(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, "unfinished-"));
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
    return folder;
  } catch (error) {
    // Another program may have been faster.
    if (existsSync(folder)) return folder;
    throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
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
