import type { Clock } from "../core/clock";
import type { Log } from "../core/log";

/** What a command runs with. */
export interface CommandHost {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted if the user wants the command to end. */
  readonly signal: AbortSignal;
  /** What would be lost if the program ended now: nothing while it is empty. */
  readonly holds: Set<string>;
}

/** What a command prints on standard output, and nothing else does. */
export interface CommandResult {
  /** For people; with a line end. */
  readonly text: string;
  /** For programs, with `--json`. */
  readonly json: object;
  /** @default 0 */
  readonly exitCode?: number;
}
