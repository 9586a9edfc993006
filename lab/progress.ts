import { interruption } from "./interruption";

/** Tells what is being done, and how long it took; begins nothing more once the user wants the lab to end. */
export class Progress {
  private readonly started = Date.now();

  constructor(private readonly write: (line: string) => void) {}

  /** Does one step. */
  async step<Result>(title: string, work: () => Promise<Result>): Promise<Result> {
    interruption.signal.throwIfAborted();
    this.write(`      …  ${title}`);
    const begun = Date.now();
    const result = await work();
    this.write(`${seconds(Date.now() - begun)}  ${title}`);
    return result;
  }

  /** Does one proof; what it returns is what was proved, nothing where the tenant has no such thing. */
  async prove(work: () => Promise<string | undefined>): Promise<void> {
    interruption.signal.throwIfAborted();
    const proved = await work();
    if (proved !== undefined) this.write(`     ✔  ${proved}`);
  }

  line(text: string): void {
    this.write(text);
  }

  /** Seconds since the beginning. */
  elapsed(): string {
    return seconds(Date.now() - this.started).trim();
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`.padStart(7);
}
