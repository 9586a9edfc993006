import type { SimulatedWorld } from "./simulated-process";

/** Where one of two processes stops, and the other goes on. */
export interface Switch {
  /** 0 or 1. */
  readonly process: number;
  /** Number of the call before which it stops, counted per process. */
  readonly call: number;
  /** Milliseconds for which it stops at least. With more than a lease, it is like a machine that was asleep. */
  readonly pause: number;
}

/** Lets one of two processes run at a time. The other one waits for its turn. */
export class Interleaving {
  private readonly calls = [0, 0];
  private readonly parked: (() => void)[][] = [[], []];
  private readonly over = [false, false];
  private active = 0;

  constructor(
    private readonly world: Pick<SimulatedWorld, "now">,
    private readonly pids: readonly [number, number],
    private readonly switches: readonly Switch[],
  ) {}

  /** Resolves when the process may go on. A process that sleeps lets the other one go on. */
  turn(pid: number, why: "call" | "sleep"): Promise<void> {
    const process = this.pids.indexOf(pid);
    if (process < 0) return Promise.resolve();
    const found = why === "sleep" ? { pause: 0 } : this.stopAt(process);
    if (process === this.active && found !== undefined && this.over[1 - process] !== true) {
      this.world.now += found.pause;
      this.activate(1 - process);
    }
    if (process === this.active) return Promise.resolve();
    return new Promise((resolve) => this.parked[process]?.push(resolve));
  }

  /** The process is over. */
  end(pid: number): void {
    const process = this.pids.indexOf(pid);
    this.over[process] = true;
    if (process === this.active) this.activate(1 - process);
  }

  private stopAt(process: number): Switch | undefined {
    const call = this.calls[process] ?? 0;
    this.calls[process] = call + 1;
    return this.switches.find((each) => each.process === process && each.call === call);
  }

  private activate(process: number): void {
    this.active = process;
    for (const resume of this.parked[process]?.splice(0) ?? []) resume();
  }
}
