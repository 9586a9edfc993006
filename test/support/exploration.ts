import type { ErrorCode } from "../../src/core/error-codes";
import { OperationError } from "../../src/core/errors";
import type { ContentContext } from "../../src/operations/context";
import { copyOf } from "./copy";
import { Interleaving, type Switch } from "./interleaving";
import { Crash, FAULTS_IN_WORDS, type Call, type Fault, type FaultSource } from "./simulated-faults";
import type { Universe } from "./simulation";

/** An operation whose faults are explored. */
export interface ExploredOperation {
  readonly name: string;
  /** Makes the world in which it begins. Each schedule gets a copy. */
  begin(): Promise<Universe>;
  run(context: ContentContext, universe: Universe): Promise<unknown>;
  /** Codes with which a run may end, beside those of {@link CODES_OF_FAULTS}. */
  readonly codes: readonly ErrorCode[];
  /** Called after each change. @returns What is lost; undefined if nothing is. */
  lost?(universe: Universe): string | undefined;
  /** Does what the error of the last run tells a person to do. @returns Whether it tells anything. */
  remedy?(universe: Universe, error: OperationError): boolean;
  /** Milliseconds for which one of two runs may stop at any call. @default 200000, which is longer than any lease */
  readonly longestStop?: number;
  /** Whether a run takes so long that CI plays only some schedules. @default false */
  readonly isLong?: boolean;
  /** Of how many changes of a long run CI plays the faults of one. @default 1 */
  readonly stride?: number;
  /** Whether it takes the lock from any other run, as break-glass does, so that two at once are a person's decision. @default false */
  readonly breaksGlass?: boolean;
  /** @throws Error if the world is not as it is after a run that ended well. */
  expectReached(universe: Universe): void;
}

/** A fault at the n-th call of all processes of a schedule. */
export interface PlannedFault {
  readonly call: number;
  readonly fault: Fault;
}

/** What is to go wrong. */
export interface Schedule {
  readonly faults: readonly PlannedFault[];
  /** Where one of two processes stops and the other goes on. @default - one process runs */
  readonly switches?: readonly Switch[];
}

/** What happened. */
export interface Played {
  /** Calls until the last run that a fault could meet. */
  readonly calls: readonly Call[];
  /** Faults that came true. */
  readonly happened: readonly PlannedFault[];
  /** How each run ended. */
  readonly ends: readonly string[];
  /** Broken promises; empty if all were kept. */
  readonly problems: readonly string[];
  /** Where two processes took turns. */
  readonly stops: readonly Switch[];
}

/** Codes with which any operation may end after a fault. */
const CODES_OF_FAULTS: Readonly<Partial<Record<Fault, readonly ErrorCode[]>>> = {
  deadline: ["timeout", "operation-lock-lost"],
  interrupt: ["interrupted"],
};

/** Codes with which one of two runs may end. */
const CODES_OF_COMPANY: readonly ErrorCode[] = [
  "operation-locked",
  "operation-lock-lost",
  "ceremony-under-way",
  "timeout",
];

/** Milliseconds for which one of two runs may stop. It is longer than any lease. */
export const LONGEST_STOP = 200_000;

/** Milliseconds of the simulated clock in which every run must end: its deadline, and what nothing may abort. */
const ENDS_WITHIN = 700_000;

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

/** One schedule that is played. */
class Play implements Played {
  readonly calls: Call[] = [];
  readonly happened: PlannedFault[] = [];
  readonly ends: string[] = [];
  readonly problems: string[] = [];
  readonly stops: readonly Switch[];
  private breakGlass: string | undefined;

  constructor(
    private readonly operation: ExploredOperation,
    private readonly universe: Universe,
    private readonly schedule: Schedule | FaultSource,
    switches: readonly Switch[] | undefined,
  ) {
    this.stops = switches ?? (typeof schedule === "function" ? undefined : schedule.switches) ?? [];
    universe.onEffect = () => this.note(operation.lost?.(universe));
  }

  async run(): Promise<void> {
    const { universe } = this;
    const planned = typeof this.schedule === "function" ? 4 : this.schedule.faults.length;
    const alone = this.stops.length === 0;
    if (!alone) await this.runTwo();
    for (let attempt = 0; attempt <= planned; attempt++) {
      if (!alone && this.happened.length >= planned) break;
      const error = await this.runOne((call) => this.faultAt(call));
      if (error === undefined || this.happened.length >= planned) break;
    }
    await this.finish();
    this.problems.push(...universe.violations.filter((each) => each.includes("quorum")));
  }

  /** The run after all faults. */
  private async finish(): Promise<void> {
    const { operation, universe } = this;
    for (let attempt = 0; ; attempt++) {
      const error = await this.runOne(() => undefined, this.breakGlass);
      if (error === undefined) break;
      if (attempt < 2 && error instanceof OperationError && this.isRemedied(error)) continue;
      this.note(`the run after the faults ends with ${tell(error)}`);
      return;
    }
    try {
      operation.expectReached(universe);
    } catch (error) {
      this.note(`the goal is not reached: ${(error as Error).message}`);
    }
  }

  /** Does what a person does. A run that slept beyond its lease may leave a ceremony without a lock. The error says how to cancel it. */
  private isRemedied(error: OperationError): boolean {
    const overslept = this.stops.some(({ pause }) => pause >= LONGEST_STOP);
    if (error.code !== "ceremony-under-way" || !overslept)
      return this.operation.remedy?.(this.universe, error) === true;
    this.breakGlass = "the run that began it is over";
    return true;
  }

  private async runTwo(): Promise<void> {
    const { universe } = this;
    const first = universe.newest + 1;
    const interleaving = new Interleaving(universe, [first, first + 1], this.stops);
    universe.turn = (pid, why) => interleaving.turn(pid, why);
    const runs = [0, 1].map(async () => {
      const pid = universe.newest + 1;
      await this.runOne((call) => this.faultAt(call));
      interleaving.end(pid);
    });
    await Promise.all(runs);
    universe.turn = () => Promise.resolve();
  }

  private async runOne(faults: FaultSource, breakGlass?: string): Promise<unknown> {
    const { universe, operation } = this;
    const context = { ...universe.start(faults), breakGlass };
    const pid = universe.newest;
    const begun = universe.now;
    try {
      await operation.run(context, universe);
      this.ends.push("well");
      return undefined;
    } catch (error) {
      this.ends.push(tell(error));
      if (!(error instanceof Crash || (error instanceof OperationError && this.mayEndWith(error.code))))
        this.note(`a run ends with ${tell(error)}`);
      if (!(error instanceof Crash) && context.holds.size > 0)
        this.note(`a run ends that holds ${[...context.holds].join()}`);
      return error;
    } finally {
      universe.living.delete(pid);
      // Two runs share the clock, so that each waits for the stops of both.
      const waits = this.stops.reduce((sum, { pause }) => sum + pause, this.stops.length === 0 ? 0 : ENDS_WITHIN);
      if (universe.now - begun > ENDS_WITHIN + waits) this.note(`a run takes ${universe.now - begun} ms`);
    }
  }

  private mayEndWith(code: ErrorCode): boolean {
    const ofFaults = this.happened.flatMap(({ fault }) => CODES_OF_FAULTS[fault] ?? []);
    const ofCompany = this.stops.length === 0 ? [] : CODES_OF_COMPANY;
    return [...this.operation.codes, ...ofFaults, ...ofCompany].includes(code);
  }

  private faultAt(call: Call): Fault | undefined {
    const index = this.calls.push(call) - 1;
    const fault =
      typeof this.schedule === "function"
        ? this.schedule(call)
        : this.schedule.faults.find((each) => each.call === index)?.fault;
    if (fault !== undefined) this.happened.push({ call: index, fault });
    return fault;
  }

  private note(problem: string | undefined): void {
    if (problem !== undefined && !this.problems.includes(problem)) this.problems.push(problem);
  }
}

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

/** A schedule in words, with what it broke. */
export function describe(name: string, { calls, happened, ends, problems, stops }: Played): string {
  const faults = happened.map(({ call, fault }) => {
    const { pid, name: asked } = calls[call] ?? { pid: 0, name: "?" };
    return `call ${call} (process ${pid}, ${asked}): ${FAULTS_IN_WORDS[fault]}`;
  });
  const turns = stops.map(
    ({ process, call, pause }) =>
      `before its call ${call}, process ${process === 0 ? "A" : "B"} stops for at least ${pause} ms, and the other one goes on`,
  );
  return [`${name}: ${problems.join("; ")}`, ...turns, ...faults, `runs end: ${ends.join(", ")}`].join("\n    ");
}

function tell(error: unknown): string {
  if (error instanceof Crash) return "a kill";
  return error instanceof OperationError ? `[${error.code}] ${error.message}` : String((error as Error).stack);
}
