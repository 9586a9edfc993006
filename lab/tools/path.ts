import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Finds a program on PATH, then in further folders. */
export function findProgram(name: string, moreFolders: readonly string[] = []): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), ...moreFolders]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Finds a required program. @throws Error with the remedy if it is missing. */
export function requireProgram(name: string, remedy: string): string {
  const program = findProgram(name);
  if (program === undefined) throw new Error(remedy);
  return program;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
