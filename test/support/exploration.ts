import { copyOf } from "./copy";
import type { Switch } from "./interleaving";
import { LONGEST_STOP, Play } from "./play";
import { describe, type ExploredOperation, type Played, type Schedule } from "./schedule";
import type { Call, Fault, FaultSource } from "./simulated-faults";
import type { Universe } from "./simulation";

/** Begins an operation's world once, and plays schedules in copies of it. */
export class Exploration {
  static async of(operation: ExploredOperation): Promise<Exploration> {
    const universe = await operation.begin();
    universe.events.splice(0);
    universe.seen.clear();
    return new Exploration(operation, universe);
  }

  /** Schedules that were played. */
  schedules = 0;

  private constructor(
    private readonly operation: ExploredOperation,
    private readonly beginning: Universe,
  ) {}

  /** Runs the operation, with the faults, until it ends well or no fault is left. Then one more run must reach the goal. */
  async play(schedule: Schedule | FaultSource, switches?: readonly Switch[]): Promise<Played> {
    this.schedules++;
    const universe = copyOf(this.beginning);
    const played = new Play(this.operation, universe, schedule, switches);
    await played.run();
    return played;
  }

  /**
   * Plays every single fault at every call, and of the same questions between two changes at one.
   *
   * @param reads Whether also at calls that change nothing.
   * @param stride Plays only those of each n-th call. @default 1
   * @returns Failures.
   */
  async singles(reads = true, stride = 1): Promise<string[]> {
    const { calls } = await this.play({ faults: [] });
    const failures: string[] = [];
    const places = reads ? differentCalls(calls) : changes(calls);
    for (const call of places.filter((_, index) => index % stride === 0))
      for (const fault of faultsAt(calls[call] ?? NO_CALL))
        failures.push(...(await this.failuresOf({ faults: [{ call, fault }] })));
    return failures;
  }

  /**
   * Plays every pair of faults at changes.
   *
   * @param within Changes after the first fault that the second one may hit. @default - all
   * @param stride Plays only each n-th change for the first fault. @default 1
   * @returns Failures.
   */
  async pairs(within = Infinity, stride = 1): Promise<string[]> {
    const { calls } = await this.play({ faults: [] });
    const failures: string[] = [];
    for (const first of changes(calls).filter((_, index) => index % stride === 0)) {
      for (const fault of FAULTS_OF_CHANGES) {
        const single = await this.play({ faults: [{ call: first, fault }] });
        for (const second of changes(single.calls, first).slice(0, within)) {
          for (const other of FAULTS_OF_CHANGES) {
            const faults = [
              { call: first, fault },
              { call: second, fault: other },
            ];
            failures.push(...(await this.failuresOf({ faults })));
          }
        }
      }
    }
    return failures;
  }

  /**
   * Plays two runs at once: the first one stops before each change, for a moment or for longer than its lease, and the second one
   * before each of its own, or at its end.
   *
   * @param stride Plays only each n-th stop of the second run, another one for each stop of the first. @default 1
   * @param firstStride Plays only each n-th stop of the first run. @default 1
   * @returns Failures.
   */
  async interleavings(stride = 1, firstStride = 1): Promise<string[]> {
    const { calls } = await this.play({ faults: [] });
    const stops = this.operation.breaksGlass === true ? [] : changes(calls);
    const failures: string[] = [];
    for (const pause of [0, this.operation.longestStop ?? LONGEST_STOP]) {
      for (const [place, first] of [...stops.entries()].filter(([index]) => index % firstStride === 0)) {
        for (const second of [...stops.filter((_, index) => index % stride === place % stride), undefined]) {
          const switches: Switch[] = [{ process: 0, call: first, pause }];
          if (second !== undefined) switches.push({ process: 1, call: second, pause: 0 });
          failures.push(...(await this.failuresOf({ faults: [], switches })));
        }
      }
    }
    return failures;
  }

  private async failuresOf(schedule: Schedule): Promise<string[]> {
    const played = await this.play(schedule);
    return played.problems.length === 0 ? [] : [describe(this.operation.name, played)];
  }
}

const NO_CALL: Call = { pid: 0, name: "", writes: false, mayBeStale: false };

/** Indexes of calls, without questions that were asked before since the last change: nothing is different for them. */
function differentCalls(calls: readonly Call[]): number[] {
  const asked = new Set<string>();
  return calls.flatMap(({ name, writes }, index) => {
    if (writes) asked.clear();
    if (asked.has(name)) return [];
    if (!writes) asked.add(name);
    return [index];
  });
}

/** What can go wrong at a call, without what is the same as a fault of the change before. */
export function faultsAt({ writes, mayBeStale, name }: Call): readonly Fault[] {
  if (!writes) return ["cut-before", ...(mayBeStale ? (["stale"] as const) : []), "interrupt"];
  if (name.startsWith("journal.")) return ["crash-after", "cut-before", "interrupt"];
  return ["crash-after", "cut-before", "cut-after", "unavailable", "deadline", "interrupt"];
}

/** Of the faults of a change, those that leave the world or the process in another state. */
const FAULTS_OF_CHANGES = ["crash-after", "cut-before", "cut-after"] as const;

/** Indexes of calls that change something, after one of them. */
function changes(calls: readonly Call[], after = -1): number[] {
  return calls.flatMap(({ writes }, index) => (writes && index > after ? [index] : []));
}
