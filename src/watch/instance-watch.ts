import { backoff } from "../core/backoff";
import type { Clock } from "../core/clock";
import { OperationError } from "../core/errors";
import type { Gate } from "../core/gate";
import type { Log } from "../core/log";
import { needsKeys } from "../operations/unseal/unseal-sealed";
import type { Fleet, Sight, WatchedInstance } from "./fleet";
import { jitter } from "./jitter";
import type { Repeated } from "./schedule";
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
  /** Group whose shares are sent, which open nothing alone. @default - all keys are there */
  readonly shareGroup?: string | undefined;
}

/** Pause after failures, in milliseconds. */
const FAILED = { first: 1_000, most: 60_000 };

/** Milliseconds between two inspections of an instance that has no servers. */
const RETIRED_POLL = 60_000;

/**
 * Milliseconds after which shares are sent again to an instance that has not changed. Those that a server has already do not count
 * twice. This also finds newer shares.
 */
const SHARES_AGAIN = 30_000;

/** A server that ended its connection restarts, most likely: it is asked each `poll`, for as long as `during`. Milliseconds. */
const RESTART = { poll: 200, during: 15_000 };

/** Watches one instance, turn by turn. */
export class InstanceWatch implements Repeated {
  private readonly log: Log;
  private opened: WatchedInstance | undefined;
  private failures = 0;
  /** Code of the last failure that was told; undefined after a success. */
  private toldFailure: string | undefined;
  private sealedSince: number | undefined;
  /** Time at which a server ended its connection, unless every server answers since. */
  private lostSince: number | undefined;
  /** How the instance was when it had got the shares of the group, and until when it gets no others while it stays so. */
  private given: { readonly sights: string; readonly until: number } | undefined;
  /** Whether it has got the shares of the group, and others are missing. */
  private lacksShares = false;
  /** Time at which the description was given up, because nothing answered. */
  private reopenedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly instance: string,
    private readonly surroundings: WatchSurroundings,
    /** Has the next turn at once. */
    private readonly hasten: (watch: InstanceWatch) => void,
  ) {
    this.log = surroundings.log.with({ instance });
  }

  /** Inspects the replicas once, and unseals those that are sealed. @returns Milliseconds until the next turn. */
  async turn(): Promise<number> {
    try {
      const { until = Number.POSITIVE_INFINITY } = this.opened ?? {};
      if (this.surroundings.clock.now() >= until) await this.reopen();
      this.opened ??= await this.open();
      const sights = await this.opened.look();
      const sealed = this.observe(sights);
      const unseals = sealed.length > 0 && !this.hasShares(sights);
      if (unseals) await this.unseal(this.opened);
      this.failures = 0;
      this.toldFailure = undefined;
      return unseals ? 0 : await this.pause(sights);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      await this.fail(error);
      return Math.max(this.surroundings.poll, backoff(this.failures, FAILED));
    }
  }

  /** Closes the connections. No turn may run or follow. */
  async end(): Promise<void> {
    await this.reopen();
    this.surroundings.tell({ kind: "forgotten", instance: this.instance });
  }

  private open(): Promise<WatchedInstance> {
    const { gate, clock, fleet } = this.surroundings;
    const changed = (): void => this.hasten(this);
    const lost = (): void => {
      this.lostSince = clock.now();
      changed();
    };
    return gate.run(() => fleet.open(this.instance, { lost, changed }));
  }

  /** @returns Milliseconds. */
  private async pause(sights: readonly Sight[]): Promise<number> {
    const { poll, clock } = this.surroundings;
    const now = clock.now();
    const unreachable = sights.filter(({ state }) => state === "unreachable").length;
    // An instance of which nothing answers may have moved, and a retired one may come back: read the description again.
    if (unreachable === sights.length && now - this.reopenedAt >= poll / 2) {
      this.reopenedAt = now;
      await this.reopen();
    }
    if (sights.length === 0) return RETIRED_POLL * jitter();
    if (unreachable === 0) this.lostSince = undefined;
    const restarting = this.lostSince !== undefined && now - this.lostSince < RESTART.during;
    return (restarting ? Math.min(RESTART.poll, poll) : poll) * jitter();
  }

  private observe(sights: readonly Sight[]): readonly string[] {
    const { clock, tell } = this.surroundings;
    const sealed = sights.filter(({ state }) => needsKeys(state)).map(({ replica }) => replica);
    const unreachable = sights.filter(({ state }) => state === "unreachable").length;
    if (sealed.length === 0) this.lacksShares = false;
    const waiting = this.lacksShares ? sealed.length : 0;
    tell({ kind: "seen", instance: this.instance, sealed: sealed.length, waiting, unreachable });
    if (sealed.length === 0) this.sealedSince = undefined;
    else if (this.sealedSince === undefined) {
      this.sealedSince = clock.now();
      this.log.warn("replicas are sealed", { replicas: sealed });
      tell({ kind: "sealed", instance: this.instance, replicas: sealed });
    }
    return sealed;
  }

  private async unseal(opened: WatchedInstance): Promise<void> {
    const { clock, gate, tell, shareGroup } = this.surroundings;
    const unsealed = await gate.run(() => opened.unseal());
    if (shareGroup !== undefined) await this.awaitOthers(opened);
    // Another watcher may have been faster.
    if (unsealed.length === 0) return;
    const seconds = (clock.now() - (this.sealedSince ?? clock.now())) / 1000;
    this.sealedSince = undefined;
    this.log.info("replicas unsealed", { replicas: unsealed, seconds });
    tell({ kind: "unsealed", instance: this.instance, replicas: unsealed, seconds });
  }

  /** Notes what the instance looks like with the shares of the group, so that it gets none again while it waits for others. */
  private async awaitOthers(opened: WatchedInstance): Promise<void> {
    const sights = await opened.look();
    this.given = { sights: JSON.stringify(sights), until: this.surroundings.clock.now() + SHARES_AGAIN };
    const replicas = sights.filter(({ state }) => needsKeys(state)).map(({ replica }) => replica);
    if (replicas.length === 0 || this.lacksShares) return;
    this.lacksShares = true;
    this.log.info("waits for the shares of other groups", { replicas });
  }

  private hasShares(sights: readonly Sight[]): boolean {
    const { given } = this;
    return (
      given !== undefined && this.surroundings.clock.now() < given.until && given.sights === JSON.stringify(sights)
    );
  }

  private async fail({ code, message }: OperationError): Promise<void> {
    this.failures++;
    this.given = undefined;
    this.lacksShares = false;
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
