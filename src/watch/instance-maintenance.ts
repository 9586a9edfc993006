import { OperationError } from "../core/errors";
import type { Gate } from "../core/gate";
import type { Log } from "../core/log";
import { jitter } from "./jitter";
import type { Repeated } from "./schedule";
import type { WatchListener } from "./watch-events";

/** Work that keeps an instance in order, such as the renewal of what expires. */
export interface Maintenance {
  /** Milliseconds between two runs for an instance. */
  readonly every: number;
  /** Limits how many instances are worked on at once. It is not the gate of the watches: no run may delay an unsealing. */
  readonly gate: Gate;
  /** @throws OperationError if it fails. */
  run(instance: string): Promise<void>;
}

/** What the maintenance of all instances shares. */
export interface MaintenanceSurroundings {
  readonly maintenance: Maintenance;
  readonly log: Log;
  readonly tell: WatchListener;
}

/** Milliseconds after which a failed run is repeated, at most. What expires is renewed a month or a third of its time before. */
const RETRY = 3_600_000;

/** Maintains one instance, run by run, beside its watch. */
export class InstanceMaintenance implements Repeated {
  constructor(
    private readonly instance: string,
    private readonly surroundings: MaintenanceSurroundings,
  ) {}

  /** Milliseconds until the first run, so that a watcher that starts does not maintain its whole fleet at once. */
  get delay(): number {
    return Math.random() * this.pauseAfterFailure;
  }

  /** @returns Milliseconds until the next turn. */
  async turn(): Promise<number> {
    const { maintenance, tell } = this.surroundings;
    try {
      await maintenance.gate.run(() => maintenance.run(this.instance));
      tell({ kind: "maintained", instance: this.instance });
      return maintenance.every * jitter();
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      this.fail(error);
      return this.pauseAfterFailure * jitter();
    }
  }

  private get pauseAfterFailure(): number {
    return Math.min(this.surroundings.maintenance.every, RETRY);
  }

  private fail({ code, message }: OperationError): void {
    const { log, tell } = this.surroundings;
    // The watcher is told to end.
    if (code === "interrupted") return;
    log.warn("cannot maintain it", { instance: this.instance, code, reason: message });
    tell({ kind: "failed", instance: this.instance, code, message });
  }
}
