import { parseTarget } from "../central/instances";
import { parsePlaceholders, PLACEHOLDERS_VARIABLE, type Placeholder } from "../contract/placeholders";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import { writePlaceholders } from "../operations/placeholders/write-placeholders";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault placeholders`: the hook of the config layer, which writes secrets that people fill in. */
export function placeholders(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  const described = describedPlaceholders(host.environment, target);
  return withInstance(host, target, { ...options, supplies: false }, async (context) => {
    const report = await writePlaceholders(context, described);
    return {
      text: `${target}: wrote ${report.written.length} placeholders, ${report.existing} exist\n`,
      json: { instance: target, ...report },
    };
  });
}

function describedPlaceholders(environment: NodeJS.ProcessEnv, target: string): readonly Placeholder[] {
  const { tenant, name } = parseTarget(target);
  const passed = setting(environment, PLACEHOLDERS_VARIABLE);
  if (passed === undefined) {
    throw new OperationError(
      "not-described",
      `${PLACEHOLDERS_VARIABLE} does not describe the placeholders of ${target}; deploy the stack ${tenant}-config, which runs this.`,
    );
  }
  const described = parsePlaceholders(passed);
  if (described.tenant === tenant && described.name === name) return described.placeholders;
  throw new OperationError(
    "description-mismatch",
    `${PLACEHOLDERS_VARIABLE} describes ${described.tenant}/${described.name}, not ${target}; unset it, or name the instance that it describes.`,
  );
}
