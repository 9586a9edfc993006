import { readFile } from "node:fs/promises";
import { OperationError } from "../core/errors";

/**
 * Reads a file that an option names.
 *
 * @param title What the file is, for the message.
 * @param fix What to do if it cannot be read.
 * @throws OperationError `usage` if it cannot be read.
 */
export async function readOptionFile(file: string, title: string, fix: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new OperationError("usage", `${title} ${file} cannot be read (${code}); ${fix}.`);
  }
}
