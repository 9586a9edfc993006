import { chmodSync, writeFileSync } from "node:fs";

/** Writes a file that only its owner can read. @returns Its path. */
export function writePrivate(path: string, content: string): string {
  writeFileSync(path, content, { mode: 0o600 });
  // The mode above is only that of a file which is new.
  chmodSync(path, 0o600);
  return path;
}
