/** Names of the metrics of `tenant-vault status --prometheus`. */
export const STATUS_METRICS = {
  instanceHealthy: "tenant_vault_instance_healthy",
  recordComplete: "tenant_vault_record_complete",
  replicaUnsealed: "tenant_vault_replica_unsealed",
  replicaActive: "tenant_vault_replica_active",
  auditDevices: "tenant_vault_replica_audit_devices",
  certificateExpiry: "tenant_vault_certificate_expiry_timestamp_seconds",
  sealTokenExpiry: "tenant_vault_seal_token_expiry_timestamp_seconds",
  /** Labelled with `code`, an error code of docs/errors.md. */
  statusFailure: "tenant_vault_status_failure",
  statusTime: "tenant_vault_status_timestamp_seconds",
} as const;
