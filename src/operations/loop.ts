import type { ErrorCode } from "../core/error-codes";
import { OperationError } from "../core/errors";
import { ReplicaError } from "../vault/errors";
import type { RunContext } from "./context";

/** A reason to repeat a turn later. */
export interface Waiting {
  readonly wait: string;
  /** Milliseconds until the next turn. @default - the loop's poll */
  readonly pause?: number;
}

/** Result of a turn: the end, a reason to wait, or nothing. After nothing, the next turn follows at once. */
export type Outcome<Result> = { readonly done: Result } | Waiting | undefined;

/** End of an operation by its deadline or by the user. */
export class UnfinishedError extends OperationError {
  constructor(code: ErrorCode, message: string) {
    super(code, message, { retryable: true });
  }
}

/** An operation as the repetition of one turn: observe, decide, perform. */
export interface Loop<Seen, Step, Result> {
  observe(): Promise<Seen>;
  decide(seen: Seen): Step;
  perform(step: Step, seen: Seen): Promise<Outcome<Result>>;
  /** Returns a reason to wait after an error; undefined ends the operation with this error. */
  recover(error: unknown): Waiting | undefined;
  /** Creates the error at the deadline or after an interruption. @param last The last reason to wait. */
  unfinished(code: "timeout" | "interrupted", last: string | undefined): UnfinishedError;
  /** Milliseconds between two turns. */
  readonly poll: number;
  /** Remedy if one reason to wait lasts too long. */
  readonly stall?: {
    /** Milliseconds. */
    readonly after: number;
    /** @returns The obstacle of the remedy; undefined if there is none. */
    act(seen: Seen): Promise<string | undefined>;
  };
  /** Whether ending now loses nothing. @default - always */
  mayEnd?(): boolean;
}

/** Repeats a loop's turn until it is done. Each reason to wait is reported once. */
export async function runLoop<Seen, Step, Result>(
  context: RunContext,
  loop: Loop<Seen, Step, Result>,
): Promise<Result> {
  const { clock, log, signal, deadline, lease } = context;
  let waiting: { readonly reason: string; since: number; blockedBy?: string | undefined } | undefined;

  /** The end cuts requests off, which says less than the reason before. */
  const isCutOff = (): boolean =>
    waiting !== undefined && (loop.mayEnd?.() ?? true) && (signal.aborted || clock.now() >= deadline);

  const turn = async (): Promise<Outcome<Result>> => {
    await lease?.renew();
    try {
      const seen = await loop.observe();
      const outcome = await loop.perform(loop.decide(seen), seen);
      const { stall } = loop;
      if (stall === undefined || waiting === undefined || outcome === undefined || "done" in outcome) return outcome;
      if (outcome.wait !== waiting.reason || clock.now() - waiting.since < stall.after) return outcome;
      const blockedBy = await stall.act(seen);
      if (blockedBy !== undefined && blockedBy !== waiting.blockedBy)
        log.warn("cannot remedy this", { reason: blockedBy });
      waiting = { reason: waiting.reason, since: clock.now(), blockedBy };
      return outcome;
    } catch (error) {
      // An inner loop has the deadline of the outer loop.
      if (error instanceof UnfinishedError) throw error;
      const recovered = loop.recover(error) ?? (isCutOff() ? recoverRetryable(error) : undefined);
      if (recovered === undefined) throw error;
      return recovered;
    }
  };

  for (;;) {
    const outcome = await turn();
    if (outcome !== undefined && "done" in outcome) return outcome.done;
    const mayEnd = loop.mayEnd?.() ?? true;
    if (outcome !== undefined) {
      if (outcome.wait !== waiting?.reason && !isCutOff()) {
        log.info("waiting", { reason: outcome.wait });
        waiting = { reason: outcome.wait, since: clock.now() };
      }
      // An aborted signal would end each sleep at once, also of an operation that may not end and tries again.
      await clock.sleep(outcome.pause ?? loop.poll, mayEnd ? signal : undefined);
    }
    if ((signal.aborted || clock.now() > deadline) && mayEnd) {
      const last = [waiting?.reason, waiting?.blockedBy].filter((reason) => reason !== undefined).join("; ");
      throw loop.unfinished(signal.aborted ? "interrupted" : "timeout", last === "" ? undefined : last);
    }
  }
}

/** Waits after retryable errors. Other errors end the operation. */
export function recoverRetryable(error: unknown): Waiting | undefined {
  return error instanceof OperationError && error.retryable ? { wait: reasonOf(error) } : undefined;
}

/** Waits also for servers, which come and go. A token that a server denies ends the operation. */
export function recoverUnlessDenied(error: unknown): Waiting | undefined {
  if (error instanceof ReplicaError && error.failure !== "denied") return { wait: reasonOf(error) };
  return recoverRetryable(error);
}

/** Waits for servers, which come and go, as a restart makes them. */
export function recoverReplica(error: unknown): Waiting | undefined {
  return error instanceof ReplicaError ? { wait: `a replica does not answer (${reasonOf(error)})` } : undefined;
}

/** An error's message within another sentence. */
export function reasonOf({ message }: Error): string {
  return message.replace(/\.$/, "");
}
