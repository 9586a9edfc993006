import { resolve } from "node:path";
import { exportInstance } from "../operations/portability/export-instance";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";
import { recipientsOf, type SaveOptions } from "./snapshot";

/** Options of `export`. */
export interface ExportOptions extends InstanceOptions, Pick<SaveOptions, "recipient"> {
  /** Path of the bundle. */
  readonly to: string;
}

/** `tenant-vault export`: writes everything that can leave an instance into an encrypted bundle. */
export function exportData(host: CommandHost, path: string, options: ExportOptions): Promise<CommandResult> {
  const recipients = recipientsOf(host, options);
  return withInstance(host, path, options, async (context) => {
    const report = await exportInstance(context, resolve(options.to), recipients);
    const { records, sha256, stays } = report;
    return {
      text: `${path}: exported ${records} records, SHA-256 ${sha256}\nThese could not leave:\n${stays.map((each) => `- ${each}\n`).join("")}`,
      json: { instance: path, ...report },
    };
  });
}
