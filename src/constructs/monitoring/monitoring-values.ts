import type { Product } from "../../core/product";
import { alertRules } from "./alert-rules";
import type { MonitoredInstance } from "./series";
import { METRICS_PATH, METRICS_PORT } from "./telemetry";

/** How an instance is monitored. */
export interface MonitoringProps {
  /**
   * Namespace in which Prometheus runs. No other namespace reaches the metrics.
   *
   * @changes in place: the former namespace is cut off at once
   */
  readonly namespace: string;
  /**
   * How Prometheus finds the servers: by a ServiceMonitor, or by the annotations `prometheus.io/*` of the pods. A ServiceMonitor
   * needs the Prometheus Operator in the cluster before the release.
   *
   * @default "service-monitor"
   * @changes rolling restart by the hook: the annotations of the pods come or go
   */
  readonly scrape?: "service-monitor" | "annotations";
  /**
   * Labels by which Prometheus selects ServiceMonitors and rules.
   *
   * @default - the label of the charts, `release: prometheus`
   * @changes in place
   */
  readonly selectors?: Readonly<Record<string, string>>;
  /**
   * Whether to create the alerts, as a PrometheusRule. It needs the Prometheus Operator.
   *
   * @default - true with a ServiceMonitor, otherwise false
   * @changes in place
   */
  readonly alerts?: boolean;
  /**
   * Whether to create a ConfigMap with a dashboard in the namespace, for the sidecar of Grafana.
   *
   * @default true
   * @changes in place
   */
  readonly dashboard?: boolean;
  /**
   * Host and port of a statsd to which the servers also send metrics, over UDP.
   *
   * @default - none
   * @changes rolling restart by the hook
   */
  readonly statsdAddress?: string;
}

/** The instance of the Helm release. */
export interface MonitoringTarget extends MonitoredInstance {
  /** Secret with the certificate of the servers; `ca.crt` holds their CA. */
  readonly tlsSecret: string;
}

/** Differences between the charts of the products. */
interface ChartFacts {
  /** Name of the port that the ServiceMonitor of the chart scrapes. */
  readonly port: string;
  /** Labels of the Services that it scrapes, in addition to those of the release. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The ServiceMonitor of both charts scrapes a Service that omits sealed and standby servers, or has no port for metrics. So we
 * create a Service that it scrapes instead. In HashiCorp's chart the labels of the Service are configurable, in OpenBao's chart
 * the port. OpenBao's own Services with these labels have no such port, and are not scraped.
 */
export const CHART_FACTS: Readonly<Record<Product, ChartFacts>> = {
  vault: { port: "https", labels: { "tenant-vault/metrics": "true" } },
  openbao: { port: "metrics", labels: { "openbao-active": "true", "openbao-internal": "true" } },
};

/** Values of the official charts for monitoring, to be merged into the other values. */
export function monitoringValues(
  product: Product,
  props: MonitoringProps,
  target: MonitoringTarget,
): Readonly<Record<string, unknown>> {
  const { scrape = "service-monitor", selectors = {}, alerts = scrape === "service-monitor" } = props;
  const port = { name: "metrics", containerPort: METRICS_PORT, protocol: "TCP" };
  return {
    server: {
      extraPorts: [port],
      ...(scrape === "annotations" ? { annotations: annotations() } : {}),
    },
    ...(scrape === "service-monitor" || alerts
      ? {
          serverTelemetry: {
            ...(scrape === "service-monitor" ? { serviceMonitor: serviceMonitor(product, selectors, target) } : {}),
            ...(alerts ? { prometheusRules: { enabled: true, selectors, rules: alertRules(target) } } : {}),
          },
        }
      : {}),
  };
}

function serviceMonitor(
  product: Product,
  selectors: Readonly<Record<string, string>>,
  target: MonitoringTarget,
): object {
  const { port, labels } = CHART_FACTS[product];
  return {
    enabled: true,
    selectors,
    interval: "30s",
    scrapeTimeout: "10s",
    tlsConfig: {
      ca: { secret: { name: target.tlsSecret, key: "ca.crt" } },
      // Prometheus scrapes pods at their IP addresses, which the certificate does not contain.
      serverName: `${target.release}.${target.namespace}.svc`,
    },
    ...(product === "vault" ? { matchLabels: labels } : { port, scheme: "https" }),
  };
}

/** Annotations for the scrape configuration of Prometheus' community chart. The scraper must trust the CA of the servers. */
function annotations(): Readonly<Record<string, string>> {
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/scheme": "https",
    "prometheus.io/port": String(METRICS_PORT),
    "prometheus.io/path": METRICS_PATH,
    "prometheus.io/param_format": "prometheus",
  };
}
