import { checkDurations, Duration } from "../../core/duration";
import { Series, type MonitoredInstance } from "./series";
import { STATUS_METRICS, WATCH_METRICS } from "../../contract/metrics";

/** An alerting rule of Prometheus; https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface AlertRule {
  readonly alert: string;
  /** PromQL. */
  readonly expr: string;
  /** Time for which the condition must hold, such as `5m`. */
  readonly for: string;
  readonly labels: { readonly severity: "critical" | "warning"; readonly tenant: string; readonly instance: string };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    /** What the operator does. */
    readonly action: string;
  };
}

/**
 * Properties of {@link alertRules}.
 *
 * @changes in place: the rules of the next deployment have it
 */
export interface AlertRulesProps extends MonitoredInstance {
  /**
   * Time before the expiry of a certificate at which the alert fires. The hook renews a certificate 30 days before.
   *
   * @default - 14 days
   */
  readonly certificateMargin?: Duration;
  /**
   * Time before the expiry of a PKI mount's issuer at which the alert fires. Choose more than the longest lifetime of its
   * certificates, because none may outlive it.
   *
   * @default - 30 days
   */
  readonly issuerMargin?: Duration;
  /**
   * Time before the expiry of the seal's token at which the alert fires. Choose less than a third of its period, because the
   * servers renew it then.
   *
   * @default - 6 hours
   */
  readonly sealTokenMargin?: Duration;
  /**
   * Age of the last proof that a snapshot can be restored (`tenant-vault drill`) at which the alert fires. It never fires for an
   * instance without a drill.
   *
   * @default - 40 days
   */
  readonly restoreProofAge?: Duration;
}

/** Creates the alerts of an instance, with an action for each. */
export function alertRules(props: AlertRulesProps): AlertRule[] {
  checkDurations(props, ["certificateMargin", "issuerMargin", "sealTokenMargin", "restoreProofAge"]);
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

/** Alerts from the metrics of the servers. */
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
      action: `Run: tenant-vault status ${target}. If the replicas answer, check the network between them and Prometheus. Otherwise check the pods in the namespace ${props.namespace}.`,
    },
    {
      alert: "VaultNoLeader",
      severity: "critical",
      // VaultDown covers the case that no replica answers.
      expr: `count(${up}) unless count(${active})`,
      for: "2m",
      summary: `${target}: no replica is active`,
      description: `Replicas of ${target} answer, but none has been active for two minutes, so clients are not served.`,
      action: `Run: tenant-vault unseal ${target}. If a majority of the replicas is permanently lost, follow "lost quorum" in the product's documentation.`,
    },
    {
      alert: "VaultSealed",
      severity: "critical",
      // Not "vault_core_unsealed == 0": Vault reports it once, and drops it after the retention time.
      expr: `${up} unless on (namespace, pod) ${series.ofServers("vault_core_unsealed")} == 1`,
      for: "5m",
      summary: `${target}: {{ $labels.pod }} is sealed`,
      description: `{{ $labels.pod }} of ${target} answers, but does not report that it is unsealed.`,
      action: `Run: tenant-vault unseal ${target}.`,
    },
    {
      alert: "VaultRaftPeerLost",
      severity: "warning",
      expr: series.ofActive(peerLost),
      for: "5m",
      summary: `${target}: raft lacks a healthy peer`,
      description: `${target} has ${props.replicas} replicas, and raft lacks{{ with $labels.node_id }} {{ . }}{{ else }} one of them{{ end }}. The loss of another replica may stop the service.`,
      action: `Run: tenant-vault status ${target}. If the replica is sealed, run: tenant-vault unseal ${target}. If its pod does not run, check the pod, its node and its volume.`,
    },
    {
      alert: "VaultAuditFailing",
      severity: "critical",
      expr: `${auditFailures} or ${series.ofStatus(STATUS_METRICS.auditDevices)} == 0`,
      for: "1m",
      summary: `${target}: audit fails`,
      description: `A replica of ${target} cannot write its audit log, or has none. It refuses requests that no audit device records.`,
      action: `Check whether the audit volume is full or read-only, and fix that. The server's log contains the reason.`,
    },
    {
      alert: "VaultLeasesNotRevoked",
      severity: "warning",
      // A server tries six times, within about ten minutes: https://developer.hashicorp.com/vault/docs/concepts/lease
      expr: series.ofActive(`${series.ofServers("vault_expire_num_irrevocable_leases")} > 0`),
      for: "5m",
      summary: `${target}: credentials outlive their leases`,
      description: `${target} gave up {{ $value }} leases, because a database or cloud did not revoke their credentials. These still work.`,
      action: `Check whether the database or cloud answers, and takes the password of its connection. List the leases with "vault read sys/leases type=irrevocable". Then revoke each of them with "vault write sys/leases/revoke lease_id=<id>".`,
    },
  ];
}

/** Alerts from the metrics of `tenant-vault status` and `tenant-vault watch`, which the servers cannot report. */
function statusAlerts(props: AlertRulesProps, target: string): Alert[] {
  const {
    tenant,
    certificateMargin = Duration.days(14),
    issuerMargin = Duration.days(30),
    sealTokenMargin = Duration.hours(6),
    restoreProofAge = Duration.days(40),
  } = props;
  const series = new Series(props);
  const expiresWithin = (metric: string, margin: Duration): string =>
    `${series.ofStatus(metric)} - time() < ${margin.toSeconds()}`;
  return [
    {
      alert: "VaultCertificateExpiring",
      severity: "warning",
      expr: expiresWithin(STATUS_METRICS.certificateExpiry, certificateMargin),
      for: "1h",
      summary: `${target}: the certificate of {{ $labels.replica }} expires soon`,
      description: `The certificate that {{ $labels.replica }} of ${target} presents expires in {{ $value | humanizeDuration }}.`,
      action: `Run: tenant-vault unseal ${target}, which requests a new one and restarts replicas with the old one. If cert-manager or another program issues it, check that program.`,
    },
    {
      alert: "VaultIssuerExpiring",
      severity: "warning",
      expr: expiresWithin(STATUS_METRICS.issuerExpiry, issuerMargin),
      for: "1h",
      summary: `${target}: the issuer of {{ $labels.mount }} expires soon`,
      description: `The CA of {{ $labels.mount }} in ${target} expires in {{ $value | humanizeDuration }}. No certificate may outlive it.`,
      action: `Deploy the stack ${tenant}-config, which creates another intermediate once half of its lifetime is over. For an authority of another kind, raise generation in the tenant file.`,
    },
    {
      alert: "VaultSealTokenExpiring",
      severity: "critical",
      expr: expiresWithin(STATUS_METRICS.sealTokenExpiry, sealTokenMargin),
      for: "15m",
      summary: `${target}: the seal's token expires soon`,
      description: `The servers of ${target} unseal themselves with a token that expires in {{ $value | humanizeDuration }}, and do not renew it.`,
      action: `Check whether the servers reach the central Vault. Then run: tenant-vault unseal ${target}, which creates a new token.`,
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
      alert: "VaultRestoreUnproven",
      severity: "warning",
      // A status and a watcher tell the same fact, each when it last looked: the newest counts. Without a drill there is no such series.
      expr: `time() - max(${series.ofStatus(STATUS_METRICS.restoreProven)}) > ${restoreProofAge.toSeconds()}`,
      for: "1h",
      summary: `${target}: no recent proof that it can be restored`,
      description: `The last drill that restored a snapshot of ${target} was {{ $value | humanizeDuration }} ago.`,
      action: `Check the job that takes snapshots. Then run: tenant-vault drill ${target}.`,
    },
    {
      alert: "VaultStatusStale",
      severity: "warning",
      expr: `time() - max(${series.ofStatus(STATUS_METRICS.statusTime)}) > ${Duration.hours(2).toSeconds()}`,
      for: "15m",
      summary: `${target}: certificate, seal token and record are not checked`,
      description: `tenant-vault status --prometheus last wrote about ${target} {{ $value | humanizeDuration }} ago.`,
      action: "Check the job that runs it: whether it runs, reaches the central Vault, and has a valid token.",
    },
    {
      alert: "VaultSharesMissing",
      severity: "critical",
      // Without a share group it is always 0.
      expr: `max(${series.ofStatus(WATCH_METRICS.waitingReplicas)}) > 0`,
      for: "1m",
      summary: `${target}: it waits for the shares of another group of watchers`,
      description: `{{ $value }} sealed replicas of ${target} have had the shares of one group for a minute, and not those of another.`,
      action: `Start the watchers of the other groups, and read their logs. Without them, run: tenant-vault unseal ${target}.`,
    },
    {
      alert: "VaultWatchStuck",
      severity: "critical",
      // Without a watcher there is no such series.
      expr: `max(${series.ofStatus(WATCH_METRICS.sealedReplicas)}) > 0`,
      for: "2m",
      summary: `${target}: the watcher cannot unseal it`,
      description: `tenant-vault watch has seen {{ $value }} sealed replicas of ${target} for two minutes.`,
      action: `Read the watcher's log for its reason, or ${WATCH_METRICS.failures} for its code. If the record says that the instance is held, a person keeps it sealed. Otherwise run: tenant-vault unseal ${target}.`,
    },
  ];
}
