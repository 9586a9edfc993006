/** Names of the metrics of `tenant-vault status --prometheus`. */
export const STATUS_METRICS = {
  instanceHealthy: "tenant_vault_instance_healthy",
  recordComplete: "tenant_vault_record_complete",
  replicaUnsealed: "tenant_vault_replica_unsealed",
  replicaActive: "tenant_vault_replica_active",
  replicaVotes: "tenant_vault_replica_votes",
  instanceLeaders: "tenant_vault_instance_leaders",
  auditDevices: "tenant_vault_replica_audit_devices",
  certificateExpiry: "tenant_vault_certificate_expiry_timestamp_seconds",
  /** Labelled with `mount`, the path of a PKI mount. */
  issuerExpiry: "tenant_vault_issuer_expiry_timestamp_seconds",
  sealTokenExpiry: "tenant_vault_seal_token_expiry_timestamp_seconds",
  restoreProven: "tenant_vault_restore_proven_timestamp_seconds",
  /** Labelled with `code`, an error code of docs/errors.md. */
  statusFailure: "tenant_vault_status_failure",
  statusTime: "tenant_vault_status_timestamp_seconds",
} as const;

/** Names of the metrics of `tenant-vault watch`. */
export const WATCH_METRICS = {
  centralUp: "tenant_vault_watch_central_up",
  instances: "tenant_vault_watch_instances",
  listTime: "tenant_vault_watch_list_timestamp_seconds",
  sealedReplicas: "tenant_vault_watch_sealed_replicas",
  /** Beside {@link sealedReplicas}, of a watcher that has the shares of one group. */
  waitingReplicas: "tenant_vault_watch_replicas_waiting_for_shares",
  unreachableReplicas: "tenant_vault_watch_unreachable_replicas",
  unseals: "tenant_vault_watch_unsealed_replicas_total",
  unsealDuration: "tenant_vault_watch_unseal_duration_seconds",
  lastUnseal: "tenant_vault_watch_last_unseal_timestamp_seconds",
  lastMaintenance: "tenant_vault_watch_last_maintenance_timestamp_seconds",
  /** The same fact as that of a status, so that one rule serves both. */
  restoreProven: STATUS_METRICS.restoreProven,
  /** Labelled with `code`, an error code of docs/errors.md. */
  failures: "tenant_vault_watch_failures_total",
  notificationsLost: "tenant_vault_watch_notifications_lost_total",
} as const;

/** Names of the metrics of a machine that renews its certificate by itself. Labelled with `certificate`, its name. */
export const MACHINE_METRICS = {
  certificateStart: "tenant_vault_machine_certificate_start_timestamp_seconds",
  certificateExpiry: "tenant_vault_machine_certificate_expiry_timestamp_seconds",
} as const;

/**
 * Labels of a metric of one instance. The label is not `instance`, because Prometheus uses that label for the scraped address.
 *
 * @param path `<tenant>/<instance>`.
 */
export function instanceLabels(path: string): { readonly tenant: string; readonly vault_instance: string } {
  const [tenant = "", name = ""] = path.split("/");
  return { tenant, vault_instance: name };
}
