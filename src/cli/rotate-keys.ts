import { wantedSharesOf } from "../contract/instance";
import { OperationError } from "../core/errors";
import { rotateKeys as rotate } from "../operations/ceremonies/rotate-keys";
import { differingShares, type Shares } from "../operations/shares";
import type { CommandHost, CommandResult } from "./command";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of `rotate-keys`. */
export interface RotateKeysOptions extends InstanceOptions {
  /** @default - as the tenant's file says */
  readonly shares?: number;
  /** @default - as the tenant's file says */
  readonly threshold?: number;
}

/** `tenant-vault rotate-keys`: replaces the unseal or recovery keys of an instance. */
export function rotateKeys(host: CommandHost, target: string, options: RotateKeysOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    const described = wantedSharesOf(context.instance);
    const { shares = described.shares, threshold = described.threshold } = options;
    checkShares({ shares, threshold });
    const report = await rotate(context, { shares, threshold });
    const difference = differingShares(context.instance, report);
    if (difference !== undefined) context.log.warn(difference);
    return {
      text: `${target}: rotated to ${report.shares} ${report.keyType} keys with threshold ${report.threshold}; version ${report.formerVersion} of its record has the former keys\n`,
      json: { instance: target, ...report },
    };
  });
}

function checkShares({ shares, threshold }: Shares): void {
  if (threshold > shares || (threshold === 1 && shares > 1)) {
    throw new OperationError(
      "usage",
      `${shares} keys with threshold ${threshold} are not possible; write a --threshold from 2 to the number of --shares, or 1 for a single key.`,
    );
  }
}
