/** How a user ends a command. */
export interface Interruption {
  /** Aborted by the first signal: the command ends as soon as that loses nothing. */
  readonly signal: AbortSignal;
  /** What would be lost if the program ended now. */
  readonly holds: Set<string>;
}

/** Exit code of a program that a Ctrl-C ended; https://tldp.org/LDP/abs/html/exitcodes.html */
const INTERRUPTED = 130;

/** Listens to the signals by which a user, or a system, ends a program. The second one ends it at once, unless that loses something. */
export function listenForInterruption(program: NodeJS.Process): Interruption {
  const interruption = new AbortController();
  const holds = new Set<string>();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    program.on(name, () => {
      if (!interruption.signal.aborted) {
        interruption.abort();
      } else if (holds.size > 0) {
        program.stderr.write(`tenant-vault: not ending yet, since that would lose ${[...holds].join(", ")}\n`);
      } else {
        program.exit(INTERRUPTED);
      }
    });
  }
  return { signal: interruption.signal, holds };
}
