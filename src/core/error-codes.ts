/** Error codes of commands. docs/errors.md has an example and a fix for each. */
export const ERROR_CODES = [
  // The command line and what Terraform passes.
  "usage",
  "description-invalid",
  "description-mismatch",
  "not-described",
  "no-records",
  "internal",

  // The central Vault.
  "central-unreachable",
  "central-untrusted",
  "central-sealed",
  "central-denied",
  "central-missing",
  "central-conflict",
  "central-refused",

  // One server of an instance.
  "replica-unreachable",
  "replica-untrusted",
  "replica-sealed",
  "replica-denied",
  "replica-missing",
  "replica-conflict",
  "replica-refused",

  // The cluster that an instance runs in.
  "kubernetes-unreachable",
  "kubernetes-denied",
  "kubernetes-missing",
  "kubernetes-conflict",
  "kubernetes-refused",
  "kubeconfig-unusable",
  "certificate-missing",
  "certificate-damaged",

  // Any operation.
  "timeout",
  "interrupted",
  "local-limit",
  "namespace-login",
  "namespaces-unsupported",
  "operation-locked",
  "operation-lock-lost",
  "shared-servers",
  "journal-damaged",
  "journal-locked",
  "journal-unwritable",

  // unseal
  "answer-lost",
  "data-lost",
  "description-unverified",
  "escrow-contradiction",
  "escrow-unconfirmed",
  "foreign-peers",
  "former-member",
  "identities-unrepairable",
  "identity-rehearsal",
  "initialized-elsewhere",
  "journal-orphaned",
  "keys-overwritten",
  "keys-refused",
  "pod-not-starting",
  "record-deleted",
  "replica-undescribed",
  "seal-differs",
  "split",
  "still-outdated",
  "threshold-differs",
  "too-few-keys",

  // rotate-keys and other ceremonies
  "ceremony-under-way",
  "escrow-incomplete",
  "unverified-rotation",
  "versions-too-few",
  "rotation-unfinished",
  "namespace-rotation",

  // certificates
  "certificates-denied",
  "serial-unknown",

  // authority
  "authority-bundle",
  "authority-conflict",
  "authority-deleted",
  "authority-denied",

  // database
  "database-missing",
  "database-password",
  "database-refused",

  // placeholders
  "placeholder-denied",

  // escrow custody
  "custody-outdated",
  "custody-people",

  // mirror
  "mirror-diverged",

  // central
  "clusters-differ",
  "share-refused",

  // seal and step-down
  "no-successor",
  "seal-unconfirmed",

  // snapshot
  "restart-needed",
  "restore-unfinished",
  "snapshot-damaged",
  "snapshot-keys",
  "snapshot-missing",
  "snapshot-target",
  "snapshot-undecryptable",
  "standby-unmarked",

  // export and import
  "bundle-damaged",
  "bundle-file",

  // adopt
  "adoption-differs",

  // drill
  "drill-failed",
  "drill-not-isolated",
  "drill-server-missing",
  "drill-unsupported",

  // watch
  "held",
  "listen-failed",
  "not-initialized",
  "shares-missing",
  "shares-outdated",
  "shares-refused",

  // purge
  "record-missing",
  "record-kept",
  "unconfirmed",

  // kubespray
  "kubespray-missing",
  "kubespray-mismatch",
  "kubespray-credentials",
  "kubespray-failed",
  "kubespray-host-key",

  // guide
  "synthesis-failed",

  // user
  "user-mfa",
  "user-not-allowed",
  "user-unknown",
] as const;

/** An error code of a command. */
export type ErrorCode = (typeof ERROR_CODES)[number];
