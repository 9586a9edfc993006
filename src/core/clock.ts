import { setTimeout as sleep } from "node:timers/promises";

/** Source of time. Tests replace it to run faster. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  date(): Date;
  /** @param signal Ends the sleep at once if it is aborted. @default - the sleep takes its full time */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep: async (milliseconds, signal) => {
    // The caller asked for the end of the sleep, so an abort is not an error.
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  },
};

/** Longest time of a timer, in milliseconds. A longer one would end at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls a function after a time. The timer does not keep the program running.
 *
 * @returns Stops the timer.
 */
export function callAfter(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, Math.min(milliseconds, LONGEST)).unref();
  return () => clearTimeout(timer);
}
