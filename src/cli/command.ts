import type { Clock } from "../core/clock";
import type { Log } from "../core/log";

/** Surroundings of a command. */
export interface CommandHost {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted if the user interrupts the command. */
  readonly signal: AbortSignal;
  /** Names of what would be lost if the program ended now. It may end while the set is empty. */
  readonly holds: Set<string>;
}

/** Result of a command. Only the result goes to standard output. */
export interface CommandResult {
  /** Output for people, with a line end. */
  readonly text: string;
  /** Output for programs, with `--json`; undefined if the command has printed its result itself. */
  readonly json: object | undefined;
  /** @default 0 */
  readonly exitCode?: number;
}
