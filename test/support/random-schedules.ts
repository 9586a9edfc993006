import { Exploration, faultsAt } from "./exploration";
import { LONGEST_STOP } from "./play";
import { describe, type ExploredOperation } from "./schedule";
import type { Switch } from "./interleaving";
import { randomOf } from "./random";
import type { Call, Fault } from "./simulated-faults";

/** The most faults of one schedule, and the most changes between two processes. */
const MOST_FAULTS = 5;
const MOST_SWITCHES = 6;

/** Milliseconds for which a process stops mostly. */
const SHORT_STOPS = [0, 0, 1_000];

/** Plays schedules that a seed determines. */
export class RandomSchedules {
  static async of(operations: readonly ExploredOperation[]): Promise<RandomSchedules> {
    const explorations = await Promise.all(
      operations.map(async (operation) => {
        const exploration = await Exploration.of(operation);
        const { calls } = await exploration.play({ faults: [] });
        return { operation, exploration, length: calls.length };
      }),
    );
    return new RandomSchedules(explorations);
  }

  private constructor(
    private readonly explorations: readonly {
      operation: ExploredOperation;
      exploration: Exploration;
      length: number;
    }[],
  ) {}

  /** Plays one schedule: some operation, faults at some calls, and sometimes two processes at once. @returns What failed; empty if nothing did. */
  async failuresOf(seed: number): Promise<string[]> {
    const random = randomOf(seed);
    const below = (end: number): number => Math.floor(random() * end);
    const found = this.explorations[below(this.explorations.length)];
    if (found === undefined) throw new Error("there are no operations");
    const { operation, exploration, length } = found;
    const stops = [...SHORT_STOPS, operation.longestStop ?? LONGEST_STOP];
    const planned = new Set(Array.from({ length: 1 + below(MOST_FAULTS) }, () => below(Math.ceil(length * 1.5))));
    const switches = random() < 0.4 && operation.breaksGlass !== true ? switchesOf(below, length, stops) : undefined;
    let calls = 0;
    const source = (call: Call): Fault | undefined => {
      if (!planned.has(calls++)) return undefined;
      const faults = faultsAt(call);
      return faults[below(faults.length)];
    };
    const played = await exploration.play(source, switches);
    if (played.problems.length === 0) return [];
    return [
      `FAULT_SEED=${seed} npx vitest run --project unit test/unit/operations/faults.test.ts\n  ${describe(operation.name, played)}`,
    ];
  }
}

function switchesOf(below: (end: number) => number, length: number, stops: readonly number[]): Switch[] {
  return Array.from({ length: 1 + below(MOST_SWITCHES) }, (_, index) => ({
    process: index % 2,
    call: below(length),
    pause: stops[below(stops.length)] ?? 0,
  }));
}
