import { backoff } from "../core/backoff";
import type { Clock } from "../core/clock";
import { OperationError } from "../core/errors";
import type { Gate } from "../core/gate";
import type { Log } from "../core/log";
import { needsKeys } from "../operations/unseal/unseal-sealed";
import type { Fleet, Sight, WatchedInstance } from "./fleet";
import type { WatchListener } from "./watch-events";

/** What the watches of all instances share. */
export interface WatchSurroundings {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: WatchListener;
  /** Limits how many instances are opened or unsealed at once. */
  readonly gate: Gate;
  /** Milliseconds between two inspections of an instance. */
  readonly poll: number;
}

/** Pause after failures, in milliseconds. */
const FAILED = { first: 1_000, most: 60_000 };

/** Milliseconds between two inspections of an instance that has no servers. */
const RETIRED_POLL = 60_000;

/** Watches one instance until its signal is aborted. */
export class InstanceWatch {
  private readonly log: Log;
  private opened: WatchedInstance | undefined;
  private failures = 0;
  /** Code of the last failure that was told; undefined after a success. */
  private toldFailure: string | undefined;
  private sealedSince: number | undefined;

  constructor(
    private readonly instance: string,
    private readonly surroundings: WatchSurroundings,
  ) {
    this.log = surroundings.log.with({ instance });
  }

  /** Ends after the turn in which the signal was aborted: an unsealing that has begun is finished. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, poll } = this.surroundings;
    // All watches begin at once. Their requests must not.
    await clock.sleep(Math.random() * poll, signal);
    while (!signal.aborted) await clock.sleep(await this.turn(), signal);
    await this.reopen();
    this.surroundings.tell({ kind: "forgotten", instance: this.instance });
  }

  /** @returns Milliseconds until the next turn. */
  private async turn(): Promise<number> {
    const { gate, poll } = this.surroundings;
    try {
      this.opened ??= await gate.run(() => this.surroundings.fleet.open(this.instance));
      const sights = await this.opened.look();
      const sealed = this.observe(sights);
      if (sealed.length > 0) await this.unseal(this.opened);
      this.failures = 0;
      this.toldFailure = undefined;
      if (sealed.length > 0) return 0;
      // An instance of which nothing answers may have moved, and a retired one may come back: read the description again.
      if (sights.every(({ state }) => state === "unreachable")) await this.reopen();
      return (sights.length === 0 ? RETIRED_POLL : poll) * (0.9 + Math.random() / 5);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      await this.fail(error);
      return Math.max(poll, backoff(this.failures, FAILED));
    }
  }

  private observe(sights: readonly Sight[]): readonly string[] {
    const { clock, tell } = this.surroundings;
    const sealed = sights.filter(({ state }) => needsKeys(state)).map(({ replica }) => replica);
    const unreachable = sights.filter(({ state }) => state === "unreachable").length;
    tell({ kind: "seen", instance: this.instance, sealed: sealed.length, unreachable });
    if (sealed.length === 0) this.sealedSince = undefined;
    else if (this.sealedSince === undefined) {
      this.sealedSince = clock.now();
      this.log.warn("replicas are sealed", { replicas: sealed });
      tell({ kind: "sealed", instance: this.instance, replicas: sealed });
    }
    return sealed;
  }

  private async unseal(opened: WatchedInstance): Promise<void> {
    const { clock, gate, tell } = this.surroundings;
    const unsealed = await gate.run(() => opened.unseal());
    const seconds = (clock.now() - (this.sealedSince ?? clock.now())) / 1000;
    this.sealedSince = undefined;
    // Another watcher may have been faster.
    if (unsealed.length === 0) return;
    this.log.info("replicas unsealed", { replicas: unsealed, seconds });
    tell({ kind: "unsealed", instance: this.instance, replicas: unsealed, seconds });
  }

  private async fail({ code, message }: OperationError): Promise<void> {
    this.failures++;
    // What was read about the instance may be the reason.
    await this.reopen();
    this.surroundings.tell({ kind: "failed", instance: this.instance, code, message });
    if (this.toldFailure !== code) this.log.warn("cannot watch or unseal it", { code, reason: message });
    this.toldFailure = code;
  }

  private async reopen(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await opened?.close();
  }
}
