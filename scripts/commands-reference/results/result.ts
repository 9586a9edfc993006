/** Output of a command with `--json`. */
interface Result {
  readonly example: unknown;
  /** Explanations of fields whose names are not enough. */
  readonly notes: readonly string[];
}

/** The outputs, by the names of the commands. */
export type Results = Readonly<Record<string, Result>>;
