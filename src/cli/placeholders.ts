import { parsePlaceholders, PLACEHOLDERS_VARIABLE } from "../contract/placeholders";
import { writePlaceholders } from "../operations/placeholders/write-placeholders";
import type { CommandHost, CommandResult } from "./command";
import { hookDescription } from "./hook-description";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault placeholders`: the hook of the config layer, which writes secrets that people fill in. */
export function placeholders(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  const { placeholders: described } = hookDescription(host.environment, target, {
    variable: PLACEHOLDERS_VARIABLE,
    what: "the placeholders",
    parse: parsePlaceholders,
  });
  return withInstance(host, target, { ...options, supplies: false }, async (context) => {
    const report = await writePlaceholders(context, described);
    return {
      text: `${target}: wrote ${report.written.length} placeholders, ${report.existing} exist\n`,
      json: { instance: target, ...report },
    };
  });
}
