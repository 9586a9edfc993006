import { instanceLabels, WATCH_METRICS } from "../contract/metrics";
import { Histogram } from "../core/histogram";
import { renderMetrics, type Metric } from "../core/prometheus";
import type { WatchEvent } from "./watch-events";

/** Upper bounds in seconds: a replica is unsealed in a fraction of a second, unless something is wrong. */
const DURATIONS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];

interface InstanceCounts {
  sealed: number;
  waiting: number;
  unreachable: number;
  unseals: number;
  /** Seconds since the epoch. */
  lastUnseal?: number;
  /** Seconds since the epoch. */
  lastMaintenance?: number;
  /** Seconds since the epoch. */
  restoreProven?: number | undefined;
  readonly failures: Map<string, number>;
}

/** Counts what a watcher tells. */
export class WatchMetrics {
  private readonly instances = new Map<string, InstanceCounts>();
  private readonly durations = new Histogram(DURATIONS);
  private central: { up: boolean; watched: number; listed?: number } = { up: false, watched: 0 };

  /** @param now Returns milliseconds since the epoch. */
  constructor(
    private readonly now: () => number,
    private readonly lostNotifications: () => number,
  ) {}

  /** Whether the last request for the list of records was answered. */
  get ready(): boolean {
    return this.central.up;
  }

  count(event: WatchEvent): void {
    switch (event.kind) {
      case "listed":
        this.central =
          event.instances === undefined
            ? { ...this.central, up: false }
            : { up: true, watched: event.instances, listed: this.now() / 1000 };
        return;
      case "forgotten":
        this.instances.delete(event.instance);
        return;
      case "seen":
        Object.assign(this.of(event.instance), {
          sealed: event.sealed,
          waiting: event.waiting ?? 0,
          unreachable: event.unreachable,
        });
        return;
      case "sealed":
        return;
      case "unsealed": {
        const counts = this.of(event.instance);
        counts.unseals += event.replicas.length;
        counts.lastUnseal = this.now() / 1000;
        this.durations.observe(event.seconds);
        return;
      }
      case "maintained":
        this.of(event.instance).lastMaintenance = this.now() / 1000;
        return;
      case "proven":
        this.of(event.instance).restoreProven = event.time;
        return;
      case "drilled":
        this.of(event.instance).restoreProven = this.now() / 1000;
        return;
      case "drill-failed":
      case "failed": {
        const { failures } = this.of(event.instance);
        failures.set(event.code, (failures.get(event.code) ?? 0) + 1);
      }
    }
  }

  render(): string {
    const { up, watched, listed } = this.central;
    const single = (
      name: string,
      help: string,
      value: number | undefined,
      type: "gauge" | "counter" = "gauge",
    ): Metric => ({
      name,
      help,
      type,
      samples: [{ labels: {}, value }],
    });
    const perInstance = (
      name: string,
      help: string,
      type: "gauge" | "counter",
      value: (counts: InstanceCounts) => number | undefined,
    ): Metric => ({
      name,
      help,
      type,
      samples: [...this.instances].map(([path, counts]) => ({ labels: instanceLabels(path), value: value(counts) })),
    });
    return renderMetrics([
      single(WATCH_METRICS.centralUp, "Whether the central Vault listed its records.", Number(up)),
      single(WATCH_METRICS.instances, "Instances that this program watches.", watched),
      single(WATCH_METRICS.listTime, "Time of the last list of records.", listed),
      perInstance(WATCH_METRICS.sealedReplicas, "Replicas that need keys.", "gauge", ({ sealed }) => sealed),
      perInstance(
        WATCH_METRICS.waitingReplicas,
        "Replicas that have the shares of this program's group, and need those of other groups.",
        "gauge",
        ({ waiting }) => waiting,
      ),
      perInstance(
        WATCH_METRICS.unreachableReplicas,
        "Replicas that do not answer.",
        "gauge",
        (counts) => counts.unreachable,
      ),
      perInstance(WATCH_METRICS.unseals, "Replicas that this program unsealed.", "counter", ({ unseals }) => unseals),
      perInstance(WATCH_METRICS.lastUnseal, "Time of the last unsealing.", "gauge", ({ lastUnseal }) => lastUnseal),
      perInstance(
        WATCH_METRICS.lastMaintenance,
        "Time of the last maintenance.",
        "gauge",
        (counts) => counts.lastMaintenance,
      ),
      perInstance(
        WATCH_METRICS.restoreProven,
        "Time at which a snapshot was last proven by a restore.",
        "gauge",
        (counts) => counts.restoreProven,
      ),
      {
        name: WATCH_METRICS.unsealDuration,
        help: "Seconds from the sight of a sealed replica until all were unsealed.",
        type: "histogram",
        samples: this.durations.samples(),
      },
      {
        name: WATCH_METRICS.failures,
        help: "Failed attempts to watch, unseal, maintain or drill, by the code of the error.",
        type: "counter",
        samples: [...this.instances].flatMap(([path, { failures }]) =>
          [...failures].map(([code, value]) => ({ labels: { ...instanceLabels(path), code }, value })),
        ),
      },
      single(
        WATCH_METRICS.notificationsLost,
        "Notifications that no attempt delivered.",
        this.lostNotifications(),
        "counter",
      ),
    ]);
  }

  private of(instance: string): InstanceCounts {
    const known = this.instances.get(instance);
    if (known !== undefined) return known;
    const created = { sealed: 0, waiting: 0, unreachable: 0, unseals: 0, failures: new Map<string, number>() };
    this.instances.set(instance, created);
    return created;
  }
}
