/** Time, so that tests can shorten it. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  date(): Date;
  sleep(milliseconds: number): Promise<void>;
}

/** When to give up. */
export interface Patience {
  /** {@link Clock.now} after which nothing is waited for any more. */
  readonly deadline: number;
  /** Aborted when the operator wants the run to end; heeded wherever ending loses nothing. */
  readonly signal: AbortSignal;
}
