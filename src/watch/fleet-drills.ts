import { backoff } from "../core/backoff";
import { OperationError } from "../core/errors";
import type { RestoreState } from "../operations/drill/restore-state";
import { dueDrills, type DrillCandidate } from "./due-drills";
import type { WatchSurroundings } from "./instance-watch";
import { jitter } from "./jitter";
import type { Repeated } from "./schedule";

/** Proofs that the snapshots of the fleet can be restored. */
export interface Drills {
  /** Milliseconds. An instance is due if its last proof is older. */
  readonly age: number;
  /**
   * Proves the newest snapshot of an instance.
   *
   * @param signal Ends it, and nothing of the data stays on this machine.
   * @throws OperationError if it is not proven, or if there is no snapshot since the last proof.
   */
  run(instance: string, signal: AbortSignal): Promise<Drilled>;
}

/** What a drill proved. */
export interface Drilled {
  /** Name of the snapshot. */
  readonly snapshot: string;
  readonly seconds: number;
}

/** What the drills need. */
export interface DrillSurroundings extends Pick<WatchSurroundings, "fleet" | "clock" | "log" | "tell"> {
  readonly drills: Drills;
  /** The watched instances, by name. They change. */
  readonly watched: ReadonlyMap<string, unknown>;
  readonly signal: AbortSignal;
}

const HOUR = 3_600_000;
/** Milliseconds after the start in which no drill needs to begin: after a power failure, the fleet is unsealed first. */
const SETTLING = 600_000;
/** Pause of an instance whose drill failed, in milliseconds. */
const FAILED = { first: HOUR, most: 24 * HOUR };

/** Drills the whole fleet, one instance at a time, beside the watches. */
export class FleetDrills implements Repeated {
  /** What failed, by instance: how often in a row, and until when it rests. */
  private readonly failed = new Map<string, { readonly failures: number; readonly until: number }>();

  constructor(private readonly surroundings: DrillSurroundings) {}

  /** Milliseconds until the first turn. */
  get delay(): number {
    return Math.random() * Math.min(this.surroundings.drills.age, SETTLING);
  }

  /** Drills every instance that is due. @returns Milliseconds until the next turn. */
  async turn(): Promise<number> {
    const { watched, drills, signal } = this.surroundings;
    const candidates: DrillCandidate[] = [];
    for (const instance of watched.keys()) candidates.push(...(await this.candidate(instance)));
    for (const instance of this.due(candidates)) {
      // Meanwhile another watcher or a person may have proven it, or its record is gone.
      if (!watched.has(instance) || this.due(await this.candidate(instance)).length === 0) continue;
      if (signal.aborted) break;
      await this.drill(instance);
    }
    return Math.min(drills.age, HOUR) * jitter();
  }

  private due(candidates: readonly DrillCandidate[]): string[] {
    const { clock, drills } = this.surroundings;
    return dueDrills(candidates, clock.date().getTime(), drills.age);
  }

  /** @returns Nothing if the record cannot be read now. The next turn asks again. */
  private async candidate(instance: string): Promise<DrillCandidate[]> {
    const { fleet, clock, signal } = this.surroundings;
    if (signal.aborted) return [];
    let state: RestoreState;
    try {
      state = await fleet.restoreState(instance);
    } catch (error) {
      if (error instanceof OperationError) return [];
      throw error;
    }
    return [{ ...state, instance, resting: clock.now() < (this.failed.get(instance)?.until ?? 0) }];
  }

  private async drill(instance: string): Promise<void> {
    const { drills, signal, log, tell, watched } = this.surroundings;
    try {
      const drilled = await drills.run(instance, signal);
      this.failed.delete(instance);
      log.info("a snapshot is proven", { instance, ...drilled });
      if (watched.has(instance)) tell({ kind: "drilled", instance, ...drilled });
    } catch (error) {
      // What an ended drill fails with says nothing about the snapshot.
      if (!signal.aborted) this.fail(instance, error);
    }
  }

  /** Files, processes and storage of others are involved: whatever fails there must not end the unsealing. */
  private fail(instance: string, error: unknown): void {
    const { clock, log, tell, watched } = this.surroundings;
    const failures = (this.failed.get(instance)?.failures ?? 0) + 1;
    this.failed.set(instance, { failures, until: clock.now() + backoff(failures, FAILED) });
    const code = error instanceof OperationError ? error.code : "internal";
    const message = error instanceof Error ? error.message : String(error);
    log.warn("cannot prove a snapshot", { instance, code, reason: message });
    if (watched.has(instance)) tell({ kind: "drill-failed", instance, code, message });
  }
}
