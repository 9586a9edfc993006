import type { ErrorCode } from "../../src/core/error-codes";
import type { OperationError } from "../../src/core/errors";
import type { ContentContext } from "../../src/operations/context";
import type { Switch } from "./interleaving";
import { FAULTS_IN_WORDS, type Call, type Fault } from "./simulated-faults";
import type { Universe } from "./simulation";

/** An operation whose faults are explored. */
export interface ExploredOperation {
  readonly name: string;
  /** Makes the world in which it begins. Each schedule gets a copy. */
  begin(): Promise<Universe>;
  run(context: ContentContext, universe: Universe): Promise<unknown>;
  /** Codes with which a run may end, beside those that a fault or another run explains. */
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
