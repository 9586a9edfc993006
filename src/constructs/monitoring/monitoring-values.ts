import type { Product } from "../../core/product";
import { alertRules } from "./alert-rules";
import type { MonitoredInstance } from "./series";
import { METRICS_PATH, METRICS_PORT } from "./telemetry";

/** How an instance is monitored. */
export interface MonitoringProps {
  /** Namespace in which Prometheus runs, the only one that reaches the metrics. */
  readonly namespace: string;
  /**
   * How Prometheus finds the servers: by a ServiceMonitor, which needs the Prometheus Operator in the cluster before the
   * release, or by the annotations `prometheus.io/*` of the pods.
   *
   * @default "service-monitor"
   */
  readonly scrape?: "service-monitor" | "annotations";
  /**
   * Labels by which the operator's Prometheus selects ServiceMonitors and rules.
   *
   * @default - the charts' own, `release: prometheus`
   */
  readonly selectors?: Readonly<Record<string, string>>;
  /**
   * Whether the alerts are made, as a PrometheusRule, which needs the operator as well.
   *
   * @default - with a ServiceMonitor
   */
  readonly alerts?: boolean;
  /**
   * Whether a ConfigMap with a dashboard is made in the namespace, for Grafana's sidecar.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Host and port of a statsd that the servers send metrics to, over UDP, besides.
   *
   * @default - none
   */
  readonly statsdAddress?: string;
}

/** The instance whose release the values are for. */
export interface MonitoringTarget extends MonitoredInstance {
  /** Secret with the servers' certificate, in whose `ca.crt` their CA is. */
  readonly tlsSecret: string;
}

/** What the products' charts do differently. */
interface ChartFacts {
  /** Name of the port by which the chart's ServiceMonitor scrapes. */
  readonly port: string;
  /** Labels of the Services that it scrapes, besides those of the release. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Both charts' ServiceMonitor scrapes a Service that leaves out sealed and standby servers, or has no port for metrics;
 * hence one of our own that it takes instead. HashiCorp's chart lets us name the Service's labels and not the port, that
 * of OpenBao the port and not the labels. Its own Services with these labels have no such port, and are not scraped.
 */
export const CHART_FACTS: Readonly<Record<Product, ChartFacts>> = {
  vault: { port: "https", labels: { "tenant-vault/metrics": "true" } },
  openbao: { port: "metrics", labels: { "openbao-active": "true", "openbao-internal": "true" } },
};

/** Values of the official charts that have an instance monitored, to be merged into the others. */
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
      // Prometheus scrapes pods by their IP addresses, which the certificate does not hold.
      serverName: `${target.release}.${target.namespace}.svc`,
    },
    ...(product === "vault" ? { matchLabels: labels } : { port, scheme: "https" }),
  };
}

/** As the scrape configuration of Prometheus' community chart reads them; whoever scrapes has to trust the servers' CA. */
function annotations(): Readonly<Record<string, string>> {
  return {
    "prometheus.io/scrape": "true",
    "prometheus.io/scheme": "https",
    "prometheus.io/port": String(METRICS_PORT),
    "prometheus.io/path": METRICS_PATH,
    "prometheus.io/param_format": "prometheus",
  };
}
