import { ValidationError } from "../../core/errors";
import { PLAIN_PATH } from "../../core/path";
import { templateProblem } from "../../policy/policy-path";

/** First names of API paths. People write them by mistake, because policies contain them. */
const API_PARTS = ["data", "delete", "destroy", "detailed-metadata", "metadata", "subkeys", "undelete"];

/**
 * Checks a folder, because Vault would match other paths.
 *
 * @param mount Written before the folder in errors. @default - none
 * @throws ValidationError unless the folder is a plain path as people write it.
 */
export function checkFolder(folder: string, mount?: string): string {
  const written = (path: string): string => JSON.stringify(mount === undefined ? path : `${mount}/${path}`);
  if (!PLAIN_PATH.test(folder)) {
    throw new ValidationError(
      "folder",
      `${written(folder)} is not a valid folder; write names separated by single slashes, without a slash at the ends, "+", "*", "." or "..".`,
    );
  }
  const wrong = templateProblem(folder);
  if (wrong !== undefined) throw new ValidationError("folder", `${written(folder)} ${wrong}.`);
  const [first = "", ...rest] = folder.split("/");
  if (API_PARTS.includes(first)) {
    const fix = rest.length === 0 ? "name another folder" : `write ${written(rest.join("/"))}`;
    throw new ValidationError(
      "folder",
      `${written(folder)} contains "${first}", which the API adds by itself; ${fix}.`,
    );
  }
  return folder;
}
