import { join } from "node:path";
import { cachedFolder } from "./cache";
import { unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

const REMEDY = "shellcheck is missing; put it on PATH.";

/** Finds `shellcheck` on PATH, else unpacks Debian's package without installing it. */
export async function obtainShellcheck(): Promise<string> {
  const installed = findProgram("shellcheck");
  if (installed !== undefined) return installed;
  const root = await cachedFolder("shellcheck", (folder) =>
    unpackDebianPackages(folder, { packages: ["shellcheck"], remedy: REMEDY }),
  );
  return join(root, "usr", "bin", "shellcheck");
}
