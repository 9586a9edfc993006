import { writeFile } from "node:fs/promises";
import { parseTarget } from "../central/instances";
import { OperationError } from "../core/errors";
import { describedObjects, unclearResources, type DescribedObject } from "../operations/adoption/described";
import { importBlocks } from "../operations/adoption/import-blocks";
import { findUnmanaged } from "../operations/adoption/unmanaged";
import { withSynthesis } from "../operations/preflight/synthesize";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of `unmanaged`. */
export interface UnmanagedOptions extends InstanceOptions {
  /** File for import blocks. @default - none are written */
  readonly imports?: string;
  /** The instance again, as confirmation that what is listed is removed. @default - nothing is removed */
  readonly purge?: string;
}

/** `tenant-vault unmanaged`: lists what an instance has and no tenant file describes. */
export async function unmanaged(host: CommandHost, path: string, options: UnmanagedOptions): Promise<CommandResult> {
  const { imports, purge } = options;
  if (purge !== undefined && purge !== path)
    throw new OperationError(
      "unconfirmed",
      `What no tenant file describes in ${path} would be removed with all data in it, such as the secrets of a KV engine; read the list without this option first, and confirm with --purge ${path}.`,
    );
  const { objects: described, unclear } = await describedIn(host, path);
  if (purge !== undefined && unclear.length > 0)
    throw new OperationError(
      "usage",
      `The stack describes ${unclear.join(", ")}, and this command cannot tell which objects of ${path} these are, so it removes nothing; remove single objects with the CLI of the product.`,
    );
  return withInstance(host, path, options, async (context) => {
    const report = await findUnmanaged(context, described, purge === path);
    if (imports !== undefined) await writeFile(imports, importBlocks(report.managed), { flag: "wx" });
    if (unclear.length > 0) host.log.warn("resources whose objects may be listed as not described", { unclear });
    const { managed, unmanaged: others, removed } = report;
    const summary = `${path}: ${managed.length} objects are described, ${others.length} are not, ${removed.length} were removed\n`;
    return { text: summary + others.map((each) => `- ${each}\n`).join(""), json: { instance: path, ...report } };
  });
}

/** What the project in the current folder describes in an instance. */
async function describedIn(
  host: CommandHost,
  path: string,
): Promise<{ readonly objects: readonly DescribedObject[]; readonly unclear: readonly string[] }> {
  const { tenant, name } = parseTarget(path);
  // As for cdktf, the app refuses the variable.
  const { VAULT_NAMESPACE: _, ...environment } = host.environment;
  return withSynthesis(environment, ({ stacks, problems }) => {
    const stack = stacks.find((each) => each.name === `${tenant}-config`);
    const isThere = stack?.json.provider?.vault?.some(({ alias }) => alias === `instance-${name}`) === true;
    if (stack !== undefined && isThere)
      return Promise.resolve({ objects: describedObjects(stack, name), unclear: unclearResources(stack, name) });
    throw new OperationError(
      "usage",
      problems.length > 0
        ? `The project in this folder cannot be synthesized (${problems[0]}); fix that, and run this again.`
        : `No tenant file of this project describes ${path}; write one, or run this in its project.`,
    );
  });
}
