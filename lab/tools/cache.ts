import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

/** What the lab obtains by itself is kept here, below the project. */
export const CACHE = resolve(__dirname, "..", "..", ".cache");

/** A folder of the cache; made once, whole or not at all. */
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
 * The same path where other accounts reach it: what is in the cache may be below a home that only its owner enters,
 * and is copied into the given folder.
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
