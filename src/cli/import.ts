import { resolve } from "node:path";
import { BundleReader } from "../operations/portability/bundle-reader";
import { importBundle, type ImportReport } from "../operations/portability/import-instance";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";
import { readIdentities } from "./snapshot";

/** Options of `import`. */
export interface ImportOptions extends InstanceOptions {
  /** Path of the bundle. */
  readonly from: string;
  /** Identity file of age. */
  readonly identity: string;
  readonly dryRun?: true;
  readonly overwrite?: true;
}

/** Exit code if the instance is not as the bundle says. */
const DIFFERS = 2;

/** `tenant-vault import`: writes what a bundle has into an instance. */
export async function importData(host: CommandHost, path: string, options: ImportOptions): Promise<CommandResult> {
  const { dryRun = false, overwrite = false } = options;
  const identities = await readIdentities(options.identity);
  // Before anything is changed, the whole bundle is decrypted and checked.
  const bundle = await BundleReader.open(resolve(options.from), identities);
  try {
    return await withInstance(host, path, options, async (context) => {
      const report = await importBundle(context, bundle, { dryRun, overwrite });
      return {
        text: textOf(path, report, dryRun),
        json: { instance: path, dryRun, ...report },
        exitCode: report.conflicts.length + report.refused.length === 0 ? 0 : DIFFERS,
      };
    });
  } finally {
    await bundle.close();
  }
}

function textOf(path: string, report: ImportReport, dryRun: boolean): string {
  const { written, equal, conflicts, refused, passwords } = report;
  const list = (title: string, names: readonly string[]): string =>
    names.length === 0 ? "" : `${title}:\n${names.map((name) => `- ${name}\n`).join("")}`;
  return [
    `${path}: ${dryRun ? "would write" : "wrote"} ${written} records; ${equal} are there already, ${conflicts.length} have another value, ${refused.length} were refused\n`,
    list("The instance has another value, which stays unless you write --overwrite", conflicts),
    list(
      "The server refused",
      refused.map(({ name, reason }) => `${name} (${reason})`),
    ),
    list("Users who need a new password", passwords),
    list("In the bundle to read, and not written", report.public),
  ].join("");
}
