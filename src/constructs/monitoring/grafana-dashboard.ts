import { createHash } from "node:crypto";
import { arrange, graph, row, stat, timeline, type Panel } from "./panels";
import { Series, type MonitoredInstance } from "./series";
import { STATUS_METRICS, WATCH_METRICS } from "../../contract/metrics";

/** Version of the dashboard schema in Grafana 10 and 11. */
const SCHEMA_VERSION = 39;
const SEALED = [
  { value: 0, text: "sealed", color: "red" },
  { value: 1, text: "unsealed", color: "green" },
] as const;
const HEALTHY = [
  { value: 0, text: "unhealthy", color: "red" },
  { value: 1, text: "healthy", color: "green" },
] as const;

/** Creates the dashboard of an instance as JSON for Grafana; https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
export function grafanaDashboard(instance: MonitoredInstance): object {
  const target = `${instance.tenant}/${instance.name}`;
  return {
    // A name may be longer than the 40 characters that Grafana allows.
    uid: `vault-${createHash("sha256").update(target).digest("hex").slice(0, 16)}`,
    title: `Vault ${target}`,
    tags: ["vault", `tenant:${instance.tenant}`],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    timezone: "utc",
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus", hide: 0 }],
    },
    panels: arrange([
      ...health(instance),
      ...traffic(instance),
      ...storage(instance),
      ...escrow(instance),
      ...watch(instance),
    ]),
  };
}

function health(instance: MonitoredInstance): Panel[] {
  const series = new Series(instance);
  const ofActive = (metric: string): string => series.ofActive(series.ofServers(metric));
  return [
    row("Health"),
    stat(
      "Active",
      { expr: `${series.ofServers("vault_core_active")} == 1`, legend: "{{pod}}" },
      { shows: "name", description: "The replica that serves requests." },
    ),
    stat(
      "Unsealed",
      { expr: `count(${series.ofServers("vault_core_unsealed")} == 1) or vector(0)`, legend: "unsealed" },
      { description: `Of ${instance.replicas} replicas.`, thresholds: upTo(instance.replicas) },
    ),
    stat(
      "Raft peers",
      { expr: ofActive("vault_raft_peers"), legend: "peers" },
      { description: "As configured, lost ones included.", thresholds: upTo(instance.replicas) },
    ),
    stat("Raft", { expr: ofActive("vault_autopilot_healthy"), legend: "autopilot" }, { words: HEALTHY }),
    stat(
      "Failure tolerance",
      { expr: ofActive("vault_autopilot_failure_tolerance"), legend: "replicas" },
      { description: "Number of replicas that may fail before the service stops.", thresholds: upTo(1) },
    ),
    stat(
      "Audit failures",
      { expr: `sum(${auditFailures(series, "1h")})`, legend: "last hour" },
      { thresholds: [{ color: "green" }, { from: 1, color: "red" }] },
    ),
    timeline(
      "Seal of each replica",
      { expr: `max by (pod) (${series.ofServers("vault_core_unsealed")})`, legend: "{{pod}}" },
      SEALED,
    ),
    timeline(
      "Raft's view of each replica",
      { expr: `max by (node_id) (${ofActive("vault_autopilot_node_healthy")})`, legend: "{{node_id}}" },
      HEALTHY,
    ),
  ];
}

function traffic(instance: MonitoredInstance): Panel[] {
  const series = new Series(instance);
  const rate = (metric: string): string => `sum(rate(${series.ofServers(metric)}[$__rate_interval]))`;
  const mean = (metric: string): string => `${rate(`${metric}_sum`)} / ${rate(`${metric}_count`)}`;
  return [
    row("Requests"),
    graph(
      "Requests",
      [
        { expr: rate("vault_core_handle_request_count"), legend: "requests" },
        { expr: rate("vault_core_handle_login_request_count"), legend: "logins" },
      ],
      { unit: "reqps" },
    ),
    graph(
      "Latency",
      [
        { expr: mean("vault_core_handle_request"), legend: "requests, mean" },
        {
          expr: `max(${series.ofServers("vault_core_handle_request", 'quantile="0.99"')})`,
          legend: "requests, 99th percentile",
        },
        { expr: mean("vault_core_handle_login_request"), legend: "logins, mean" },
      ],
      { unit: "ms" },
    ),
    graph("Tokens and leases", [
      { expr: `sum(${series.ofActive(series.ofServers("vault_token_count"))})`, legend: "tokens" },
      { expr: `sum(${series.ofActive(series.ofServers("vault_expire_num_leases"))})`, legend: "leases" },
      {
        expr: `sum(${series.ofActive(series.ofServers("vault_expire_num_irrevocable_leases"))})`,
        legend: "irrevocable leases",
      },
    ]),
  ];
}

function storage(instance: MonitoredInstance): Panel[] {
  const series = new Series(instance);
  return [
    row("Storage"),
    graph("Volumes used", [{ expr: volumesUsed(series), legend: "{{persistentvolumeclaim}}" }], {
      unit: "percentunit",
      description: "Of data and audit log; from the kubelet.",
    }),
    graph(
      "Raft commit, mean",
      [
        {
          expr: ["sum", "count"]
            .map((part) => `sum(rate(${series.ofServers(`vault_raft_commitTime_${part}`)}[$__rate_interval]))`)
            .join(" / "),
          legend: "commit",
        },
      ],
      { unit: "ms" },
    ),
    graph("Audit failures", [{ expr: auditFailures(series, "$__rate_interval"), legend: "{{pod}}" }]),
  ];
}

function watch(instance: MonitoredInstance): Panel[] {
  const series = new Series(instance);
  const increase = (metric: string): string => `sum(increase(${series.ofStatus(metric)}[1h]))`;
  return [
    row("Unsealing: what tenant-vault watch does"),
    stat(
      "Sealed replicas",
      { expr: `max(${series.ofStatus(WATCH_METRICS.sealedReplicas)})`, legend: "sealed" },
      { width: 6, thresholds: [{ color: "green" }, { from: 1, color: "red" }] },
    ),
    stat(
      "Unreachable replicas",
      { expr: `max(${series.ofStatus(WATCH_METRICS.unreachableReplicas)})`, legend: "unreachable" },
      { width: 6, thresholds: [{ color: "green" }, { from: 1, color: "orange" }] },
    ),
    stat("Unsealed in the last hour", { expr: increase(WATCH_METRICS.unseals), legend: "replicas" }, { width: 6 }),
    stat(
      "Failures in the last hour",
      { expr: increase(WATCH_METRICS.failures), legend: "attempts" },
      { width: 6, thresholds: [{ color: "green" }, { from: 1, color: "red" }] },
    ),
  ];
}

function escrow(instance: MonitoredInstance): Panel[] {
  const series = new Series(instance);
  const days = (metric: string): string => `(${series.ofStatus(metric)} - time()) / 86400`;
  const healthyTime = `${series.ofStatus(STATUS_METRICS.statusTime)} and ${series.ofStatus(STATUS_METRICS.instanceHealthy)} == 1`;
  return [
    row("Escrow and certificates: what tenant-vault status sees"),
    stat(
      "Record in the central Vault",
      { expr: series.ofStatus(STATUS_METRICS.recordComplete), legend: "record" },
      {
        width: 6,
        words: [
          { value: 0, text: "incomplete", color: "red" },
          { value: 1, text: "complete", color: "green" },
        ],
      },
    ),
    stat(
      "Certificates expire in",
      { expr: days(STATUS_METRICS.certificateExpiry), legend: "{{replica}}" },
      {
        width: 6,
        unit: "d",
        thresholds: [{ color: "red" }, { from: 14, color: "orange" }, { from: 30, color: "green" }],
      },
    ),
    stat(
      "Seal's token expires in",
      { expr: days(STATUS_METRICS.sealTokenExpiry), legend: "token" },
      { width: 6, unit: "d" },
    ),
    stat(
      "Last seen healthy",
      { expr: `1000 * max_over_time((${healthyTime})[7d:5m])`, legend: "status" },
      {
        width: 6,
        unit: "dateTimeFromNow",
        description: "When the record was complete, every replica unsealed and one active, in the last seven days.",
      },
    ),
  ];
}

/** Red below the wanted value, else green. */
function upTo(wanted: number): Panel["thresholds"] {
  return [{ color: "red" }, { from: wanted, color: "green" }];
}

function auditFailures(series: Series, interval: string): string {
  return ["request", "response"]
    .map((what) => `increase(${series.ofServers(`vault_audit_log_${what}_failure`)}[${interval}])`)
    .join(" + ");
}

function volumesUsed(series: Series): string {
  return ["used", "capacity"].map((what) => series.ofVolumes(`kubelet_volume_stats_${what}_bytes`)).join(" / ");
}
