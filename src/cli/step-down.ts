import { stepDown as step } from "../operations/step-down/step-down";
import { refuseForNamespace } from "../operations/namespaces/refusal";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault step-down`: makes another replica of an instance the active one. */
export function stepDown(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    refuseForNamespace(context.instance, "step-down");
    const report = await step(context);
    return {
      text: `${target}: ${report.from} stepped down, and ${report.to} is active\n`,
      json: { instance: target, ...report },
    };
  });
}
