import { interruption } from "./interruption";

/** Prints the current step and its duration. It starts no step after an interruption. */
export class Progress {
  private readonly started = Date.now();

  constructor(private readonly write: (line: string) => void) {}

  /** Runs one step. */
  async step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
    interruption.signal.throwIfAborted();
    this.write(`      …  ${title}`);
    const begun = Date.now();
    const result = await work();
    this.write(`${seconds(Date.now() - begun)}  ${title}`);
    return result;
  }

  /** Runs one proof and prints its result. The result is undefined if the tenant does not use the feature. */
  async prove(work: () => Promise<string | undefined>): Promise<void> {
    interruption.signal.throwIfAborted();
    const proved = await work();
    if (proved !== undefined) this.write(`     ✔  ${proved}`);
  }

  line(text: string): void {
    this.write(text);
  }

  /** Seconds since the start, as text. */
  elapsed(): string {
    return seconds(Date.now() - this.started).trim();
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`.padStart(7);
}
