import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Finds a program in the folders of PATH, then in further ones. @returns Its path. */
export function findProgram(
  name: string,
  path: string | undefined,
  moreFolders: readonly string[] = [],
): string | undefined {
  return [...(path ?? "").split(delimiter), ...moreFolders]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
