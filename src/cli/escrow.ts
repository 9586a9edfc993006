import type { Instance } from "../contract/instance";
import type { OperationContext } from "../operations/context";
import { verifyEscrow as prove, type EscrowReport } from "../operations/escrow/verify-escrow";
import type { CommandHost, CommandResult } from "./command";
import { verifyConfiguredCustody } from "./custody";
import { forEachInstance, requireSelection, type InstanceSelection } from "./each-instance";
import { withInstance, type InstanceOptions } from "./instance";

/** Options of `escrow verify`. */
export interface EscrowOptions extends InstanceOptions, InstanceSelection {}

/** `tenant-vault escrow verify`: proves that the records have the keys that open the data. */
export function verifyEscrow(
  host: CommandHost,
  target: string | undefined,
  options: EscrowOptions,
): Promise<CommandResult> {
  const { parallel, tenant, timeout } = options;
  requireSelection(target, options);
  if (target !== undefined) return verify(host, target, options);
  const skipped = (code: string): string | undefined =>
    code === "record-deleted" ? ", because its record is deleted" : undefined;
  return forEachInstance(host, { tenant, parallel, skipped }, (own, each) => verify(own, each, { timeout }));
}

function verify(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  return withInstance(host, target, options, async (context) => {
    const { text, ...result } = await verifyRecord(context);
    const checked = context.instance.selfInitializes !== true && (await verifyConfiguredCustody(host, context));
    return {
      text: `${target}: ${text}${checked ? "; people have them as well" : ""}\n`,
      json: { instance: target, ...result, ...(checked ? { custody: true } : {}) },
    };
  });
}

async function verifyRecord(
  context: OperationContext,
): Promise<{ readonly text: string; readonly verified: boolean } & Partial<EscrowReport>> {
  const reason = unverifiable(context.instance);
  if (reason !== undefined) return { text: reason, verified: false };
  const report = await prove(context);
  const { shares, threshold, keyType } = report;
  const text = `its record has all ${shares} ${keyType} keys, and any ${threshold} of them open the data`;
  return { text, verified: true, ...report };
}

/** Why nothing can be proven; undefined if it can. */
function unverifiable({ selfInitializes, retired, sharedInstance }: Instance): string | undefined {
  if (retired === true) return "retired, so no server can prove its keys";
  if (selfInitializes === true) return "self-initialised, so there are no keys";
  if (sharedInstance === undefined) return undefined;
  return `a namespace of ${sharedInstance}, whose keys only its next unsealing proves`;
}
