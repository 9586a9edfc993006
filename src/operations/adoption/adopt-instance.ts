import { contradicts, holds, withAnswer } from "../../central/record";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import { keyTypeOf, type InitAnswer } from "../../vault/keys";
import type { OperationContext } from "../context";
import { verifyEscrow } from "../escrow/verify-escrow";
import { withLock } from "../operation-lock";
import { proveKeys } from "../snapshot/key-proof";
import { unsealInstance } from "../unseal/unseal-instance";
import { checkTypedKeys, type TypedKeys } from "./typed-keys";

/** What an adoption did. */
export interface AdoptionReport {
  /** Number of keys in the record. */
  readonly keys: number;
  /** Whether the server has shown, with the keys of the record, that every one of them opens the data. */
  readonly verified: boolean;
}

/**
 * Makes a server that was initialised by hand an instance: proves its keys, writes them into its record, which must not have others, and does
 * what the hook does. Can be run again at any time.
 *
 * @throws OperationError `keys-refused` if the keys are not those of the server, `adoption-differs` if the record has others.
 */
export async function adoptInstance(
  context: OperationContext,
  { keys, rootToken }: TypedKeys,
): Promise<AdoptionReport> {
  const { instance, store, log } = context;
  const { secretShares: shares, secretThreshold: threshold } = instance;
  checkTypedKeys(store.path, keys, { shares, threshold });
  const answer: InitAnswer = {
    keyType: keyTypeOf(instance.seal),
    keys,
    ...(rootToken === undefined ? {} : { rootToken }),
  };
  await withLock(context, "adopt", async (locked) => {
    await checkRecord(context, answer);
    // A sealed server proves the keys when it is unsealed.
    if (rootToken !== undefined && (await isOpen(context)))
      await proveKeys(locked, { keys, threshold }, () => Promise.resolve(rootToken));
    const { fields, version } = await context.patientStore.read();
    if (!holds(fields, answer)) await context.patientStore.write(withAnswer(fields, answer), version);
    if (holds((await context.patientStore.read()).fields, answer)) return;
    throw differs(context, "has not what was just written");
  });
  log.info("the record has the keys", { keys: keys.length });
  await unsealInstance(context);
  const verified = keys.length === shares && rootToken !== undefined;
  if (verified) await verifyEscrow(context);
  else
    log.warn("not every key is proven; rotate the keys once the identities work", {
      keys: keys.length,
      of: shares,
      rootToken: rootToken !== undefined,
    });
  return { keys: keys.length, verified };
}

/** Existing keys are never overwritten. */
async function checkRecord(context: OperationContext, answer: InitAnswer): Promise<void> {
  const { fields, deleted } = await context.store.read();
  if (deleted) throw differs(context, "is deleted");
  if (contradicts(fields, answer)) throw differs(context, "has other keys");
}

async function isOpen(context: OperationContext): Promise<boolean> {
  const states = await Promise.all(context.instance.replicas.map((each) => context.replica(each).status()));
  return states.some(({ state }) => state === "unsealed");
}

function differs({ store }: OperationContext, problem: string): OperationError {
  return new OperationError(
    "adoption-differs",
    `The record ${recordPath(store.path)} ${problem}, so it stays as it is; choose another name for the instance, or find out what belongs there.`,
  );
}
