import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

/** Time, so that tests can shorten it. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  date(): Date;
  /** @param signal Ends the sleep at once if it is aborted. @default - nothing does */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep: async (milliseconds, signal) => {
    // An aborted sleep has ended, which is what was asked for.
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  },
};
