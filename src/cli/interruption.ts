/** Interruption of a command by the user. */
export interface Interruption {
  /** Aborted by the first signal. The command then ends as soon as nothing would be lost. */
  readonly signal: AbortSignal;
  /** Names of what would be lost if the program ended now. */
  readonly holds: Set<string>;
}

/** Exit code after Ctrl-C; https://tldp.org/LDP/abs/html/exitcodes.html */
const INTERRUPTED = 130;

/** Handles the signals that end a program. The second signal ends it at once, unless that would lose something. */
export function listenForInterruption(program: NodeJS.Process): Interruption {
  const interruption = new AbortController();
  const holds = new Set<string>();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    program.on(name, () => {
      if (!interruption.signal.aborted) {
        interruption.abort();
      } else if (holds.size > 0) {
        program.stderr.write(`tenant-vault: not ending yet, because that would lose ${[...holds].join(", ")}; wait\n`);
      } else {
        program.exit(INTERRUPTED);
      }
    });
  }
  return { signal: interruption.signal, holds };
}
