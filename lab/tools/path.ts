import { findProgram as findOn } from "../../src/core/find-program";

/** Finds a program on PATH, then in further folders. */
export function findProgram(name: string, moreFolders?: readonly string[]): string | undefined {
  return findOn(name, process.env.PATH, moreFolders);
}

/** Finds a required program. @throws Error with the remedy if it is missing. */
export function requireProgram(name: string, remedy: string): string {
  const program = findProgram(name);
  if (program === undefined) throw new Error(remedy);
  return program;
}
