import { endOfHold, holdPatch } from "../central/hold";
import { sealInstance } from "../operations/seal/seal-instance";
import { keyTypeOf } from "../vault/keys";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of `seal`. */
export interface SealOptions extends InstanceOptions {
  /** Why the instance is sealed. It becomes a value of the record's metadata. */
  readonly reason?: string;
}

/** `tenant-vault seal`: seals every replica of an instance, and keeps programs from unsealing it. */
export async function seal(host: CommandHost, target: string, options: SealOptions): Promise<CommandResult> {
  if (options.reason !== undefined) holdPatch(options.reason);
  return withInstance(host, target, options, async (context) => {
    const { sealed, held } = await sealInstance(context, options.reason);
    const { seal: type, replicas } = context.instance;
    if (keyTypeOf(type) !== "unseal") {
      context.log.warn("a server with this seal unseals itself when it restarts; stop its servers to keep it sealed", {
        seal: type,
      });
    }
    return {
      text: `${target}: ${replicas.length} of ${replicas.length} replicas sealed, and held (${held}); end the hold with "${endOfHold(target)}"\n`,
      json: { instance: target, replicas: replicas.length, sealed, held },
    };
  });
}
