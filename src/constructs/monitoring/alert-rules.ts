import { checkDurations, Duration } from "../../core/duration";
import { Series, type MonitoredInstance } from "./series";
import { STATUS_METRICS } from "../../contract/metrics";

/** A rule as Prometheus and its operator take it; https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface AlertRule {
  readonly alert: string;
  /** PromQL. */
  readonly expr: string;
  /** How long it must hold, such as `5m`. */
  readonly for: string;
  readonly labels: { readonly severity: "critical" | "warning"; readonly tenant: string; readonly instance: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    /** What to do. */
    readonly action: string;
  };
}

/** Properties of {@link alertRules}. */
export interface AlertRulesProps extends MonitoredInstance {
  /**
   * How long before a certificate ends it is told. The hook issues a new one 30 days before.
   *
   * @default - 14 days
   */
  readonly certificateMargin?: Duration;
  /**
   * How long before the seal's token ends it is told: less than the third of its period that is left when the servers
   * renew it.
   *
   * @default - 6 hours
   */
  readonly sealTokenMargin?: Duration;
}

/** What people are told about an instance, and what they do about it. */
export function alertRules(props: AlertRulesProps): AlertRule[] {
  checkDurations(props, ["certificateMargin", "sealTokenMargin"]);
  const { tenant, name } = props;
  const target = `${tenant}/${name}`;
  return [...serverAlerts(props, target), ...statusAlerts(props, target)].map(({ severity, ...rule }) => ({
    alert: rule.alert,
    expr: rule.expr,
    for: rule.for,
    labels: { severity, tenant, instance: name },
    annotations: { summary: rule.summary, description: rule.description, action: rule.action },
  }));
}

interface Alert {
  readonly alert: string;
  readonly severity: "critical" | "warning";
  readonly expr: string;
  readonly for: string;
  readonly summary: string;
  readonly description: string;
  readonly action: string;
}

/** From what the servers say of themselves. */
function serverAlerts(props: AlertRulesProps, target: string): Alert[] {
  const series = new Series(props);
  const up = `${series.ofServers("up")} == 1`;
  const active = `${series.ofServers("vault_core_active")} == 1`;
  const peerLost = `${series.ofServers("vault_autopilot_node_healthy")} == 0 or ${series.ofServers("vault_raft_peers")} < ${props.replicas}`;
  const auditFailures = ["request", "response"]
    .map((what) => `increase(${series.ofServers(`vault_audit_log_${what}_failure`)}[10m]) > 0`)
    .join(" or ");
  return [
    {
      alert: "VaultDown",
      severity: "critical",
      expr: `(count(${up}) or vector(0)) == 0`,
      for: "5m",
      summary: `${target}: no replica answers`,
      description: `No replica of ${target} has answered Prometheus for five minutes.`,
      action: `Run: tenant-vault status ${target}. Where the replicas answer it, look at what stands between them and Prometheus; else at the pods in the namespace ${props.namespace}.`,
    },
    {
      alert: "VaultNoLeader",
      severity: "critical",
      // Of what does not answer at all, VaultDown tells.
      expr: `count(${up}) unless count(${active})`,
      for: "2m",
      summary: `${target}: no replica is active`,
      description: `Replicas of ${target} answer, but none has been active for two minutes; clients are served by none.`,
      action: `Run: tenant-vault unseal ${target}. Where a majority of the replicas is lost for good, follow "lost quorum" in the product's documentation.`,
    },
    {
      alert: "VaultSealed",
      severity: "critical",
      // Not "vault_core_unsealed == 0": Vault says that once, and forgets it when its retention is over.
      expr: `${up} unless on (namespace, pod) ${series.ofServers("vault_core_unsealed")} == 1`,
      for: "5m",
      summary: `${target}: {{ $labels.pod }} is sealed`,
      description: `{{ $labels.pod }} of ${target} answers and does not say that it is unsealed.`,
      action: `Run: tenant-vault unseal ${target}.`,
    },
    {
      alert: "VaultRaftPeerLost",
      severity: "warning",
      expr: series.ofActive(peerLost),
      for: "5m",
      summary: `${target}: raft lacks a healthy peer`,
      description: `${target} has ${props.replicas} replicas, and raft lacks{{ with $labels.node_id }} {{ . }}{{ else }} one of them{{ end }}. The loss of another may end the service.`,
      action: `Run: tenant-vault status ${target}. Where the replica is sealed, run: tenant-vault unseal ${target}; where its pod does not run, look at the pod, its node and its volume.`,
    },
    {
      alert: "VaultAuditFailing",
      severity: "critical",
      expr: `${auditFailures} or ${series.ofStatus(STATUS_METRICS.auditDevices)} == 0`,
      for: "1m",
      summary: `${target}: audit fails`,
      description: `A replica of ${target} cannot write its audit log, or has none. Requests that no audit device records are refused.`,
      action: `Look whether the audit volume is full or read-only, and mend that; see the server's log for the reason.`,
    },
  ];
}

/** From what `tenant-vault status` sees, which the servers cannot tell. */
function statusAlerts(props: AlertRulesProps, target: string): Alert[] {
  const { certificateMargin = Duration.days(14), sealTokenMargin = Duration.hours(6) } = props;
  const series = new Series(props);
  const endsWithin = (metric: string, margin: Duration): string =>
    `${series.ofStatus(metric)} - time() < ${margin.toSeconds()}`;
  return [
    {
      alert: "VaultCertificateExpiring",
      severity: "warning",
      expr: endsWithin(STATUS_METRICS.certificateExpiry, certificateMargin),
      for: "1h",
      summary: `${target}: the certificate of {{ $labels.replica }} ends soon`,
      description: `The certificate that {{ $labels.replica }} of ${target} serves ends in {{ $value | humanizeDuration }}.`,
      action: `Run: tenant-vault unseal ${target}, which has a new one issued and restarts what serves the old one; where somebody else issues it, look there.`,
    },
    {
      alert: "VaultSealTokenExpiring",
      severity: "critical",
      expr: endsWithin(STATUS_METRICS.sealTokenExpiry, sealTokenMargin),
      for: "15m",
      summary: `${target}: the seal's token ends soon`,
      description: `The token by which the servers of ${target} unseal themselves ends in {{ $value | humanizeDuration }}, and they do not renew it.`,
      action: `Look whether the servers reach the central Vault; then run: tenant-vault unseal ${target}, which makes a new token.`,
    },
    {
      alert: "VaultEscrowRecordMissing",
      severity: "critical",
      expr: `${series.ofStatus(STATUS_METRICS.recordComplete)} == 0`,
      for: "15m",
      summary: `${target}: its keys are not in the central Vault`,
      description: `The record of ${target} in the central Vault is missing, deleted or incomplete. Once its servers restart, nobody can unseal them.`,
      action: `Do not restart the servers. Undelete or restore the record's last complete version; run: tenant-vault status ${target}.`,
    },
    {
      alert: "VaultStatusStale",
      severity: "warning",
      expr: `time() - max(${series.ofStatus(STATUS_METRICS.statusTime)}) > ${Duration.hours(2).toSeconds()}`,
      for: "15m",
      summary: `${target}: nobody looks at certificate, seal token and record`,
      description: `tenant-vault status --prometheus last wrote about ${target} {{ $value | humanizeDuration }} ago.`,
      action:
        "Look at the job that runs it: whether it runs, reaches the central Vault, and has a token that is valid.",
    },
  ];
}
