import type { RestoreState } from "../operations/drill/restore-state";

/** An instance that may be due for a drill. */
export interface DrillCandidate extends RestoreState {
  readonly instance: string;
  /** Whether its last drill failed, so that it is not repeated at once. */
  readonly resting: boolean;
}

/** Before every other time. */
const NEVER = Number.MIN_SAFE_INTEGER;

/**
 * Chooses the instances whose last proof is older than `age`. Those without a proof come first, then the oldest proof.
 *
 * @param now Milliseconds since the epoch.
 * @param age Milliseconds.
 * @returns Names.
 */
export function dueDrills(candidates: readonly DrillCandidate[], now: number, age: number): string[] {
  return candidates
    .filter(({ drillable, resting }) => drillable && !resting)
    .map(({ instance, proof }) => ({ instance, proven: proof === undefined ? NEVER : Date.parse(proof.time) }))
    .filter(({ proven }) => now - proven > age)
    .sort((one, other) => one.proven - other.proven || (one.instance < other.instance ? -1 : 1))
    .map(({ instance }) => instance);
}
