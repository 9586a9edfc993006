/** Open files of the program itself, of its lists of records, and of its connections to the central Vault. */
const RESERVED = 40;

/** Open files for one instance: to each of seven replicas one connection for requests and one that reads its certificate. */
const PER_INSTANCE = 14;

/** Instances that are inspected at once by a program that may open any number of files. */
const MOST = 32;

/** Returns the number of instances to inspect at once, at least one. @param openFiles Limit of this process. */
export function instancesAtOnce(openFiles: number): number {
  return Math.min(MOST, Math.max(1, Math.floor((openFiles - RESERVED) / PER_INSTANCE)));
}

/** Limit of open files of this process; infinite if there is none, or if Node.js does not tell it. */
export function openFilesLimit(): number {
  const { userLimits } = reportWithoutNetwork() as { userLimits?: { open_files?: { soft?: number | string } } };
  const limit = userLimits?.open_files?.soft;
  return typeof limit === "number" ? limit : Number.POSITIVE_INFINITY;
}

/** With the network, Node.js looks up the names of the machine's interfaces and of the other ends of connections. */
function reportWithoutNetwork(): object {
  // The types of Node.js 20 omit the setting.
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const { excludeNetwork } = report;
  report.excludeNetwork = true;
  try {
    return report.getReport();
  } finally {
    report.excludeNetwork = excludeNetwork;
  }
}
