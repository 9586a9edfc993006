import type { Readable, Writable } from "node:stream";
import type { Clock } from "../core/clock";
import type { Log } from "../core/log";

/** Standard input: a terminal, a pipe or a file. */
export type Input = Readable & {
  readonly isTTY?: boolean;
  readonly isRaw?: boolean;
  setRawMode?(raw: boolean): unknown;
};

/** Where a command reads what people type, and writes. */
export interface Streams {
  /** Opened by the first call, which loads more of Node.js. */
  readonly stdin: () => Input;
  /** For the result alone. */
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** Surroundings of a command. */
export interface CommandHost extends Streams {
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
