import type { ErrorCode } from "../../src/core/error-codes";
import { OperationError } from "../../src/core/errors";
import { Interleaving, type Switch } from "./interleaving";
import type { ExploredOperation, PlannedFault, Played, Schedule } from "./schedule";
import { Crash, type Call, type Fault, type FaultSource } from "./simulated-faults";
import type { Universe } from "./simulation";

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

/** One schedule that is played. */
export class Play implements Played {
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

function tell(error: unknown): string {
  if (error instanceof Crash) return "a kill";
  return error instanceof OperationError ? `[${error.code}] ${error.message}` : String((error as Error).stack);
}
