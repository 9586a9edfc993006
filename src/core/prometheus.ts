/** A metric with its samples. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly samples: readonly Sample[];
}

/** A value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Undefined if it is not known. */
  readonly value: number | undefined;
  /** Follows the name of the metric, such as `_bucket`. @default - nothing */
  readonly suffix?: string;
}

/**
 * Formats metrics for Prometheus. Metrics without a known value are left out.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function renderMetrics(metrics: readonly Metric[]): string {
  return metrics.map(render).join("");
}

function render({ name, help, type, samples }: Metric): string {
  const known = samples.filter(({ value }) => value !== undefined && !Number.isNaN(value));
  if (known.length === 0) return "";
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...known.map(({ suffix = "", labels, value }) => `${name}${suffix}${renderLabels(labels)} ${String(value)}`),
    "",
  ].join("\n");
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escape(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escape(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}
