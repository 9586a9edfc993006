import { contradicts, holds, withAnswer } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import { keyTypeOf, type InitAnswer } from "../../vault/keys";
import type { Lease, OperationContext } from "../context";
import { proveEscrow } from "../escrow/verify-escrow";
import { recoverRetryable, runLoop, UnfinishedError } from "../loop";
import { withLock } from "../operation-lock";
import { proveKeys } from "../snapshot/key-proof";
import { unsealInstance } from "../unseal/unseal-instance";
import { checkTypedKeys, type TypedKeys } from "./typed-keys";

const POLL = 1_000;

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
  return withLock(context, "adopt", async (locked) => {
    // A killed run may have left a ceremony. Until the proof cancels it, the next run must learn of it, too.
    locked.lease.stays = locked.lease.interrupted !== undefined;
    await new KeysRecording(locked, answer, threshold).run();
    log.info("the record has the keys", { keys: keys.length });
    await unsealInstance(locked);
    const verified = keys.length === shares && rootToken !== undefined;
    if (verified) await proveEscrow(locked);
    else {
      locked.lease.stays = false;
      log.warn("not every key is proven; rotate the keys once the identities work", {
        keys: keys.length,
        of: shares,
        rootToken: rootToken !== undefined,
      });
    }
    return { keys: keys.length, verified };
  });
}

/** Brings keys into a record that has none. Existing keys are never overwritten. */
class KeysRecording {
  private proven = false;

  constructor(
    private readonly context: OperationContext & { readonly lease: Lease },
    private readonly answer: InitAnswer,
    private readonly threshold: number,
  ) {}

  run(): Promise<true> {
    const { context, answer } = this;
    return runLoop<SeenRecord, "end" | "write" | "prove" | "refuse", true>(context, {
      observe: () => context.patientStore.read(),
      decide: ({ fields, deleted }) => {
        if (deleted || contradicts(fields, answer)) return "refuse";
        if (holds(fields, answer)) return "end";
        return this.proven ? "write" : "prove";
      },
      perform: async (step, { fields, version, deleted }) => {
        if (step === "refuse") throw differs(context, deleted ? "is deleted" : "has other keys");
        if (step === "prove") await this.prove();
        if (step === "write") await context.patientStore.write(withAnswer(fields, answer), version);
        return step === "end" ? { done: true } : undefined;
      },
      recover: recoverRetryable,
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `The keys are not in the record of ${context.store.path} yet${last === undefined ? "" : ` (last: ${last})`}; run this again.`,
        ),
      poll: POLL,
    });
  }

  /** A sealed server proves the keys when it is unsealed. */
  private async prove(): Promise<void> {
    const { context, answer, threshold } = this;
    const { keys, rootToken } = answer;
    if (rootToken !== undefined && (await isOpen(context)))
      await proveKeys(context, { keys, threshold }, () => Promise.resolve(rootToken));
    this.proven = true;
  }
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
