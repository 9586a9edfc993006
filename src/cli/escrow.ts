import type { Instance } from "../contract/instance";
import { OperationError } from "../core/errors";
import { verifyEscrow as prove } from "../operations/escrow/verify-escrow";
import type { CommandHost, CommandResult } from "./command";
import { forEachInstance } from "./each-instance";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of `escrow verify`. */
export interface EscrowOptions extends InstanceOptions {
  /** Whether every instance is verified. @default - the named one */
  readonly all?: true;
  /** The tenant whose instances are verified. @default - the named instance */
  readonly tenant?: string;
  readonly parallel: number;
}

/** `tenant-vault escrow verify`: proves that the records have the keys that open the data. */
export function verifyEscrow(
  host: CommandHost,
  target: string | undefined,
  options: EscrowOptions,
): Promise<CommandResult> {
  const { parallel, all, tenant, timeout } = options;
  if ([target, all, tenant].filter((each) => each !== undefined).length !== 1) {
    throw new OperationError(
      "usage",
      "Which records are meant is not clear; name one instance, or write --tenant or --all.",
    );
  }
  if (target !== undefined) return verify(host, target, options);
  const skipped = (code: string): string | undefined =>
    code === "record-deleted" ? ", because its record is deleted" : undefined;
  return forEachInstance(host, { tenant, parallel, skipped }, (own, each) => verify(own, each, { timeout }));
}

function verify(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    const text = unverifiable(context.instance);
    if (text !== undefined) {
      return { text: `${target}: ${text}\n`, json: { instance: target, verified: false } };
    }
    const report = await prove(context);
    const { shares, threshold, keyType } = report;
    return {
      text: `${target}: its record has all ${shares} ${keyType} keys, and any ${threshold} of them open the data\n`,
      json: { instance: target, verified: true, ...report },
    };
  });
}

/** Why nothing can be proven; undefined if it can. */
function unverifiable({ selfInitializes, retired, sharedInstance }: Instance): string | undefined {
  if (retired === true) return "retired, so no server can prove its keys";
  if (selfInitializes === true) return "self-initialised, so there are no keys";
  if (sharedInstance === undefined) return undefined;
  return `a namespace of ${sharedInstance}, whose keys only its next unsealing proves`;
}
