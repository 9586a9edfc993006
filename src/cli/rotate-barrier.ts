import { rotateBarrier as rotate } from "../operations/ceremonies/rotate-barrier";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault rotate-barrier`: replaces the key with which the servers of an instance encrypt new data. */
export function rotateBarrier(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    const term = await rotate(context);
    return {
      text: `${target}: new data are encrypted with key ${term}\n`,
      json: { instance: target, term },
    };
  });
}
