import type { Clock } from "../core/clock";

/** Work that is repeated, one turn after another. */
export interface Repeated {
  /** @returns Milliseconds until the next turn. */
  turn(): Promise<number>;
}

interface Entry {
  /** Time of the next turn; infinite during a turn. */
  due: number;
  /** Whether the next turn follows the current one at once. */
  hastened: boolean;
  running: Promise<void>;
}

/** Milliseconds between two checks of what is due. */
const TICK = 20;

/** Repeats the work of many, with one timer for all: a timer of its own for each would be half of the garbage of a watcher. */
export class Schedule {
  private readonly entries = new Map<Repeated, Entry>();
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly clock: Clock) {}

  /** @param delay Milliseconds until the first turn. */
  add(work: Repeated, delay: number): void {
    this.entries.set(work, { due: this.clock.now() + delay, hastened: false, running: Promise.resolve() });
  }

  /** Has the next turn now, or right after the current one. */
  hasten(work: Repeated): void {
    const entry = this.entries.get(work);
    if (entry === undefined) return;
    entry.hastened = true;
    if (entry.due !== Number.POSITIVE_INFINITY) entry.due = this.clock.now();
  }

  /** Ends with the current turn of the work, which is the last. */
  async remove(work: Repeated): Promise<void> {
    const entry = this.entries.get(work);
    this.entries.delete(work);
    await entry?.running;
  }

  /**
   * Runs until the signal is aborted, and ends with the turns that have begun.
   *
   * @throws What a turn throws. No other turn begins after that.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.failure === undefined) {
      const now = this.clock.now();
      for (const [work, entry] of this.entries) if (entry.due <= now) this.begin(work, entry);
      await this.clock.sleep(TICK, signal);
    }
    await Promise.all([...this.entries.values()].map(({ running }) => running));
    if (this.failure !== undefined) throw this.failure.error;
  }

  private begin(work: Repeated, entry: Entry): void {
    entry.due = Number.POSITIVE_INFINITY;
    entry.hastened = false;
    entry.running = work.turn().then(
      (pause) => void (entry.due = this.clock.now() + (entry.hastened ? 0 : pause)),
      (error: unknown) => void (this.failure ??= { error }),
    );
  }
}
