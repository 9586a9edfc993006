import { migrateSeal as migrate } from "../operations/migrate-seal/migrate-seal";
import { refuseForNamespace } from "../operations/namespaces/refusal";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault migrate-seal`: migrates an instance from its current seal to the described seal. */
export function migrateSeal(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    refuseForNamespace(context.instance, "migrate-seal");
    await migrate(context);
    const { seal } = context.instance;
    return {
      text: `${target}: every replica runs with the seal "${seal}"\n`,
      json: { instance: target, seal },
    };
  });
}
