import { Construct } from "constructs";
import { ConfigMapV1, ServiceV1 } from "../../terraform/providers/kubernetes";
import type { Product } from "../../core/product";
import { grafanaDashboard } from "./grafana-dashboard";
import { CHART_FACTS, type MonitoringProps, type MonitoringTarget } from "./monitoring-values";
import { METRICS_PORT } from "./telemetry";

/** Properties of an {@link InstanceMonitoring}. */
export interface InstanceMonitoringProps {
  readonly product: Product;
  readonly monitoring: MonitoringProps;
  readonly target: MonitoringTarget;
}

/** Resources for monitoring beside the Helm release: a Service to scrape, and a dashboard. */
export class InstanceMonitoring extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: InstanceMonitoringProps,
  ) {
    super(scope, id);
    const { scrape = "service-monitor", dashboard = true } = props.monitoring;
    if (scrape === "service-monitor") this.addService();
    if (dashboard) this.addDashboard();
  }

  /** Adds a Service with the address of every pod in any state, and with the labels that the chart's ServiceMonitor selects. */
  private addService(): void {
    const { product, target } = this.props;
    const { port, labels } = CHART_FACTS[product];
    const release = { "app.kubernetes.io/name": product, "app.kubernetes.io/instance": target.release };
    new ServiceV1(this, "Service", {
      metadata: {
        name: `${target.release}-metrics`,
        namespace: target.namespace,
        labels: { ...release, ...labels },
      },
      spec: {
        clusterIp: "None",
        publishNotReadyAddresses: true,
        selector: { ...release, component: "server" },
        port: [{ name: port, port: METRICS_PORT, targetPort: String(METRICS_PORT) }],
      },
    });
  }

  private addDashboard(): void {
    const { monitoring, target } = this.props;
    new ConfigMapV1(this, "Dashboard", {
      metadata: {
        name: `${target.release}-dashboard`,
        namespace: monitoring.namespace,
        // The label that Grafana's sidecar selects; https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards
        labels: { grafana_dashboard: "1" },
      },
      data: { [`${target.release}.json`]: JSON.stringify(grafanaDashboard(target)) },
    });
  }
}
