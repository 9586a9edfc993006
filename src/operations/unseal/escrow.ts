import { CentralError } from "../../central/client";
import { contradicts, holds as recordHolds, withAnswer } from "../../central/record";
import type { SeenRecord } from "../../central/record-store";
import { recordPath } from "../../contract/central-vault";
import { OperationError } from "../../core/errors";
import type { InitAnswer } from "../../vault/keys";
import type { OperationContext } from "../context";
import { reasonOf, runLoop, type Outcome, type Waiting, UnfinishedError } from "../loop";

/** Milliseconds between two attempts to write the keys. */
const RETRY = 1_000;

/** The answer of an initialisation, and its journal. */
export interface Escrow {
  readonly answer: InitAnswer;
  readonly journal: string;
  /**
   * Writes the answer into the journal, and returns whether that succeeded. No error ends the escrow until then.
   *
   * @default - the answer came out of the journal
   */
  readonly keep?: () => boolean;
}

/** Writes the answer into the record until the central Vault confirms it and a read-back compares equal. */
export async function escrowKeys(context: OperationContext, { answer, journal, keep }: Escrow): Promise<void> {
  const { store, patientStore, holds } = context;
  const only = `the keys of ${store.path}, which nothing but this program holds`;
  holds.add(only);
  let kept = false;
  let failed = false;
  await runLoop<SeenRecord, "confirmed" | "write", true>(context, {
    observe: async () => {
      kept ||= keep?.() ?? true;
      if (kept) holds.delete(only);
      return patientStore.read();
    },
    decide: ({ fields }) => (recordHolds(fields, answer) ? "confirmed" : "write"),
    perform: async (step, { fields, version }): Promise<Outcome<true>> => {
      if (step === "confirmed") {
        holds.delete(only);
        return { done: true };
      }
      if (contradicts(fields, answer)) throw contradiction(store.path, journal);
      await patientStore.write(withAnswer(fields, answer), version);
      return undefined;
    },
    recover: (error): Waiting | undefined => {
      failed = true;
      if (error instanceof CentralError && error.failure === "conflict") {
        return { wait: "another run writes the record as well", pause: 0 };
      }
      if (kept && !(error instanceof CentralError)) return undefined;
      return { wait: `the keys are not in the central Vault yet: ${reasonOf(error as Error)}` };
    },
    // A central Vault that answers gets the keys, also when time is up.
    mayEnd: () => kept && failed,
    unfinished: (_code, last) =>
      new UnfinishedError(
        "escrow-unconfirmed",
        `The keys of ${store.path} could not be written to the central Vault (last: ${last ?? "nothing"}); ` +
          `they are encrypted in ${journal}: keep that file and run this again on this machine when the central Vault is back.`,
      ),
    poll: RETRY,
  });
  forgetJournal(context, journal);
}

/** Deletes a journal that is not needed any more. @returns Whether that worked; the operation goes on in any case. */
export function forgetJournal({ journal, log }: OperationContext, file: string): boolean {
  try {
    journal.forget(file);
    return true;
  } catch (error) {
    log.warn("nothing is lost, and the journal cannot be deleted; delete it", {
      journal: file,
      reason: reasonOf(error as Error),
    });
    return false;
  }
}

function contradiction(instance: string, journal: string): OperationError {
  return new OperationError(
    "escrow-contradiction",
    `The record ${recordPath(instance)} already holds other keys; those of this initialisation are in the journal ${journal}: compare both before anything is deleted.`,
  );
}
