import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Finds a program on PATH, and in more folders after it. */
export function findProgram(name: string, moreFolders: readonly string[] = []): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), ...moreFolders]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Finds a program that something else is obtained with. @throws Error that says what to install. */
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
