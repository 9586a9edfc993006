import type { MonitoringTarget } from "../../../../src/constructs/monitoring/monitoring-values";

/** The instance that the tests monitor. */
export const TARGET: MonitoringTarget = {
  tenant: "customer10",
  name: "main",
  namespace: "customer10-main",
  release: "customer10-main",
  replicas: 3,
  tlsSecret: "customer10-main-tls",
};
