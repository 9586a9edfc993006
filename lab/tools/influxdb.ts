import { join } from "node:path";
import { cachedFolder } from "./cache";
import { unpackDebianPackages } from "./debian";
import { findProgram } from "./path";

const REMEDY = "InfluxDB is missing; install the server of its version 1 (influxd).";

/** Finds the installed server of InfluxDB 1, else unpacks Debian's package without installing it. */
export async function obtainInfluxdb(): Promise<string> {
  const installed = findProgram("influxd", ["/usr/local/bin"]);
  if (installed !== undefined) return installed;
  const root = await cachedFolder("influxdb", (folder) =>
    unpackDebianPackages(folder, { packages: ["influxdb"], remedy: REMEDY }),
  );
  return join(root, "usr", "bin", "influxd");
}
