import { join } from "node:path";
import { cachedFolder } from "./cache";
import { unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

const REMEDY = "No promtool: put Prometheus' promtool on PATH.";

/** `promtool` on PATH, else that of Debian's package, unpacked and not installed. */
export async function obtainPromtool(): Promise<string> {
  const installed = findProgram("promtool");
  if (installed !== undefined) return installed;
  const root = await cachedFolder("prometheus", (folder) =>
    unpackDebianPackages(folder, { packages: ["prometheus"], remedy: REMEDY }),
  );
  return join(root, "usr", "bin", "promtool");
}
