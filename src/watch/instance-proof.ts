import { OperationError } from "../core/errors";
import type { Gate } from "../core/gate";
import type { WatchSurroundings } from "./instance-watch";
import { jitter } from "./jitter";
import type { Repeated } from "./schedule";

/** Milliseconds between two requests for the record, because a drill elsewhere changes it. */
const EVERY = 3_600_000;
/** Milliseconds in which the first request happens. */
const FIRST = 30_000;

/** Tells when a snapshot of one instance was last proven, as its record says. */
export class InstanceProof implements Repeated {
  constructor(
    private readonly instance: string,
    private readonly surroundings: Pick<WatchSurroundings, "fleet" | "tell">,
    /** Limits how many records are read at once. */
    private readonly gate: Gate,
  ) {}

  /** Milliseconds until the first turn. */
  get delay(): number {
    return Math.random() * FIRST;
  }

  /** @returns Milliseconds until the next turn. */
  async turn(): Promise<number> {
    const { fleet, tell } = this.surroundings;
    try {
      const { proof } = await this.gate.run(() => fleet.restoreState(this.instance));
      tell({ kind: "proven", instance: this.instance, time: proof && Date.parse(proof.time) / 1000 });
      return EVERY * jitter();
    } catch (error) {
      // The list of the records tells that the central Vault does not answer.
      if (error instanceof OperationError) return FIRST * jitter();
      throw error;
    }
  }
}
