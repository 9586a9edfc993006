import { join } from "node:path";
import { cachedFolder } from "./cache";
import { unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

const REMEDY = "No shellcheck: put shellcheck on PATH.";

/** `shellcheck` on PATH. If there is none, the program of Debian's package, unpacked and not installed. */
export async function obtainShellcheck(): Promise<string> {
  const installed = findProgram("shellcheck");
  if (installed !== undefined) return installed;
  const root = await cachedFolder("shellcheck", (folder) =>
    unpackDebianPackages(folder, { packages: ["shellcheck"], remedy: REMEDY }),
  );
  return join(root, "usr", "bin", "shellcheck");
}
