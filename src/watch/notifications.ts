import { request, type Dispatcher } from "undici";
import { backoff } from "../core/backoff";
import type { Clock } from "../core/clock";
import type { Log } from "../core/log";
import type { WatchEvent } from "./watch-events";

/** Where notifications go, and how. */
export interface NotificationsOptions {
  /** Receives a POST with JSON. It may contain a secret, so it is never logged. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** @default - undici's own */
  readonly dispatcher?: Dispatcher;
}

const ATTEMPTS = 6;
const RETRY = { first: 500, most: 30_000 };
/** Milliseconds. */
const TIMEOUT = 10_000;
/** Notifications that wait at most. Later ones are lost, so that a dead receiver does not fill the memory. */
const MOST_WAITING = 1_000;

const NOTIFIED = ["sealed", "unsealed", "failed", "drilled", "drill-failed"] as const;

type Notified = Extract<WatchEvent, { readonly kind: (typeof NOTIFIED)[number] }>;

function isNotification(event: WatchEvent): event is Notified {
  return NOTIFIED.some((kind) => kind === event.kind);
}

/** Sends what happens to instances to a webhook, one after another. */
export class Notifications {
  /** Number of notifications that no attempt delivered. */
  lost = 0;
  private waiting = 0;
  private last: Promise<void> = Promise.resolve();
  /** Code of the last failure that was sent, by instance and work. A failure that lasts is sent once. */
  private readonly failing = new Map<string, string>();

  constructor(private readonly options: NotificationsOptions) {}

  /** Queues a notification if the event is one. */
  notify(event: WatchEvent): void {
    this.forgive(event);
    if (!isNotification(event)) return;
    if (event.kind === "failed" || event.kind === "drill-failed") {
      const work = `${event.kind} ${event.instance}`;
      if (this.failing.get(work) === event.code) return;
      this.failing.set(work, event.code);
    }
    if (this.waiting >= MOST_WAITING) {
      this.lost++;
      return;
    }
    this.waiting++;
    const { kind, ...details } = event;
    const body = JSON.stringify({ event: kind, time: this.options.clock.date().toISOString(), ...details });
    this.last = this.last.then(() => this.deliver(body, event.instance)).finally(() => this.waiting--);
  }

  /** After a success, the same failure is news again. */
  private forgive(event: WatchEvent): void {
    const isWell = event.kind === "seen" && event.sealed === 0 && event.unreachable === 0;
    if (isWell || event.kind === "forgotten") this.failing.delete(`failed ${event.instance}`);
    if (event.kind === "drilled" || event.kind === "forgotten") this.failing.delete(`drill-failed ${event.instance}`);
  }

  /** Ends when every notification that waits is delivered or lost. */
  async flush(): Promise<void> {
    await this.last;
  }

  private async deliver(body: string, instance: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const failure = await this.post(body);
      if (failure === undefined) return;
      if (attempt === ATTEMPTS) {
        this.lost++;
        this.options.log.warn("a notification is lost", { instance, reason: failure });
        return;
      }
      await this.options.clock.sleep(backoff(attempt, RETRY));
    }
  }

  /** @returns Why the receiver did not take it; undefined if it did. */
  private async post(body: string): Promise<string | undefined> {
    const { url, dispatcher } = this.options;
    try {
      const answer = await request(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: AbortSignal.timeout(TIMEOUT),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      await answer.body.dump();
      return answer.statusCode < 300 ? undefined : `status ${answer.statusCode}`;
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return code ?? name;
    }
  }
}
