import type { Sample } from "./prometheus";

/** Counts of observed values, by upper bounds. */
export class Histogram {
  private readonly counts: number[];
  private sum = 0;
  private count = 0;

  /** @param bounds Upper bounds of the buckets, ascending. */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.sum += value;
    this.count++;
    this.bounds.forEach((bound, index) => {
      if (value <= bound) this.counts[index] = (this.counts[index] ?? 0) + 1;
    });
  }

  /** Samples of a metric of the type histogram. */
  samples(): readonly Sample[] {
    const buckets = this.bounds.map((bound, index) => ({
      suffix: "_bucket",
      labels: { le: String(bound) },
      value: this.counts[index] ?? 0,
    }));
    return [
      ...buckets,
      { suffix: "_bucket", labels: { le: "+Inf" }, value: this.count },
      { suffix: "_sum", labels: {}, value: this.sum },
      { suffix: "_count", labels: {}, value: this.count },
    ];
  }
}
