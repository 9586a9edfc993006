import { callAfter } from "./clock";

/** A time limit of some work. */
export interface Limit {
  /** Aborted when the time is over, or when one of the other signals is. */
  readonly signal: AbortSignal;
  /** Ends the timer. */
  readonly clear: () => void;
}

/**
 * Limits the time of some work. `AbortSignal.any` does not keep its sources: Node.js may collect a timeout before it ends.
 *
 * @param others Signals that end the work as well.
 */
export function limit(milliseconds: number, reason: "TimeoutError" | "AbortError", ...others: AbortSignal[]): Limit {
  const controller = new AbortController();
  const listeners = others.map((other) => [other, () => controller.abort(other.reason)] as const);
  const stop = callAfter(milliseconds, () => controller.abort(new DOMException("The time is over.", reason)));
  for (const [other, abort] of listeners) {
    if (other.aborted) abort();
    else other.addEventListener("abort", abort, { once: true });
  }
  return {
    signal: controller.signal,
    clear: () => {
      stop();
      for (const [other, abort] of listeners) other.removeEventListener("abort", abort);
    },
  };
}

/**
 * Waits for a result no longer than until a signal. The work goes on, and its later result is ignored.
 *
 * @throws The signal's reason.
 */
export function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    const forget = (): void => signal.removeEventListener("abort", abort);
    work.then(resolve, reject).then(forget, forget);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** Gives work a signal, and ends the wait for it, after a time or by other signals. */
export async function within<Result>(
  milliseconds: number,
  others: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const given = others.filter((other) => other !== undefined);
  const { signal, clear } = limit(milliseconds, "TimeoutError", ...given);
  try {
    return await untilAborted(work(signal), signal);
  } finally {
    clear();
  }
}
