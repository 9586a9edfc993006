import { describe, expect, test } from "vitest";
import { grafanaDashboard, type MonitoringProps, type Product } from "../../../../src/index";
import { InstanceMonitoring } from "../../../../src/constructs/monitoring/instance-monitoring";
import { monitoringValues } from "../../../../src/constructs/monitoring/monitoring-values";
import { metricsListener, telemetry } from "../../../../src/constructs/monitoring/telemetry";
import { KubernetesProvider } from "../../../../src/terraform/providers/kubernetes";
import { addresses, only, synthesize, type Synthesized } from "../../../support/synth";
import { TARGET } from "./instance";
import { all } from "../../../support/all";

const PRODUCTS: Product[] = ["vault", "openbao"];

interface Values {
  readonly server: { readonly annotations?: Record<string, string> };
  readonly serverTelemetry?: {
    readonly serviceMonitor?: Record<string, unknown>;
    readonly prometheusRules?: { readonly enabled: boolean; readonly rules: object[]; readonly selectors: object };
  };
}

function values(product: Product, props: Partial<MonitoringProps> = {}): Values {
  return monitoringValues(product, { namespace: "monitoring", ...props }, TARGET) as unknown as Values;
}

function monitored(product: Product, props: Partial<MonitoringProps> = {}): Synthesized {
  return synthesize((stack) => {
    new KubernetesProvider(stack, "Kubernetes");
    const monitoring = { namespace: "monitoring", ...props };
    new InstanceMonitoring(stack, "Monitoring", { product, monitoring, target: TARGET });
  });
}

describe("the listener for metrics", () => {
  test.each(PRODUCTS)("of %s asks for no token, and serves as little as it can", (product) => {
    expect(metricsListener(product)).toMatchSnapshot();
  });

  test("comes with telemetry, and a statsd besides", () => {
    expect(telemetry()).toEqual({ prometheus_retention_time: "24h", disable_hostname: true });
    expect(telemetry("statsd.example:8125")).toMatchObject({ statsd_address: "statsd.example:8125" });
  });
});

describe.each(PRODUCTS)("the chart of %s", (product) => {
  test("makes a ServiceMonitor that verifies the certificate", () => {
    expect(values(product, { alerts: false })).toMatchSnapshot();
  });

  test("scrapes the port and the labels that the Service has", () => {
    const { metadata, spec } = only(monitored(product).resource, "kubernetes_service_v1") as {
      metadata: { labels: Record<string, string> };
      spec: { port: { name: string }[] };
    };
    const { port = "https", matchLabels = { "openbao-active": "true" } } = values(product).serverTelemetry
      ?.serviceMonitor as { port?: string; matchLabels?: object };
    expect(spec.port.map(({ name }) => name)).toEqual([port]);
    expect(metadata.labels).toMatchObject(matchLabels);
  });

  test("makes the alerts, with the labels by which Prometheus selects them", () => {
    const rules = values(product, { selectors: { release: "kube-prometheus-stack" } }).serverTelemetry?.prometheusRules;
    expect(rules).toMatchObject({ enabled: true, selectors: { release: "kube-prometheus-stack" } });
    expect(rules?.rules.length).toBeGreaterThan(5);
  });

  test("needs no operator where pods are annotated", () => {
    const annotated = values(product, { scrape: "annotations" });
    expect(annotated.serverTelemetry).toBeUndefined();
    expect(annotated.server.annotations).toMatchSnapshot();
    expect(values(product, { scrape: "annotations", alerts: true }).serverTelemetry).toHaveProperty("prometheusRules");
  });
});

describe("beside the release", () => {
  test.each(PRODUCTS)("a Service has an address for every pod of %s, and Grafana a dashboard", (product) => {
    const { resource } = monitored(product);
    expect(addresses(resource)).toEqual([
      "kubernetes_config_map_v1.monitoring_dashboard",
      "kubernetes_service_v1.monitoring_service",
    ]);
    expect(only(resource, "kubernetes_service_v1")).toMatchSnapshot();
  });

  test("there is nothing where neither is wanted", () => {
    expect(monitored("openbao", { scrape: "annotations", dashboard: false }).resource).toBeUndefined();
  });
});

describe("the dashboard", () => {
  const dashboard = grafanaDashboard(TARGET) as {
    uid: string;
    panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
  };

  test("is this", () => {
    expect(dashboard).toMatchSnapshot();
  });

  test("has a uid of its own, which Grafana allows", () => {
    const { uid } = grafanaDashboard({
      ...TARGET,
      tenant: "customer10-main",
      name: "x".repeat(60),
    }) as typeof dashboard;
    expect(uid).not.toBe(dashboard.uid);
    expect(uid).toMatch(/^[a-z0-9-]{1,40}$/);
  });

  test("puts no panel over another", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { gridPos } of all(dashboard.panels)) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  test("goes through Terraform as it is", () => {
    const { data } = only(monitored("openbao").resource, "kubernetes_config_map_v1") as {
      data: Record<string, string>;
    };
    const text = data["customer10-main.json"] ?? "";
    expect(JSON.parse(text)).toEqual(dashboard);
    // Terraform would read these as its own.
    expect(text).not.toMatch(/[$%]\{/);
  });
});
