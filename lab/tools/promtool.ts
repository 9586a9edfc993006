import { join } from "node:path";
import { cachedFolder } from "./cache";
import { unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

const REMEDY = "promtool is missing; put the promtool of Prometheus on PATH.";

/** Finds `promtool` on PATH, else unpacks Debian's package without installing it. */
export async function obtainPromtool(): Promise<string> {
  const installed = findProgram("promtool");
  if (installed !== undefined) return installed;
  const root = await cachedFolder("prometheus", (folder) =>
    unpackDebianPackages(folder, { packages: ["prometheus"], remedy: REMEDY }),
  );
  return join(root, "usr", "bin", "promtool");
}
