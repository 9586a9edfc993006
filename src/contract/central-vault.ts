/** KV version 2 mount in the central Vault that holds the records. */
export const RECORDS_MOUNT = "customers";

/** Path of an instance's record for `vault kv` commands. */
export function recordPath(instance: string): string {
  return `${RECORDS_MOUNT}/${instance}`;
}

/** KV version 2 mount in the central Vault that holds the kubeconfig of each tenant's cluster, in the field `kubeconfig`. */
export const CLUSTERS_MOUNT = "clusters";

/**
 * Location of a kubeconfig: a KV version 2 secret in the central Vault with the field `kubeconfig`.
 *
 * @changes in place: the next deployment uses the kubeconfig there; a different cluster needs new instances
 */
export interface KubeconfigLocation {
  /** Path of the mount. */
  readonly mount: string;
  /** Path of the secret. */
  readonly path: string;
}

/** Transit mount in the central Vault with one key per instance that it seals. */
export const SEALS_MOUNT = "tenant-seals";

/** Prefix of the names of token roles and policies of seals. */
export const SEAL_ROLE_PREFIX = "tenant-vault-seal-";

/** Path of the AppRole mount at which the hook logs in. */
export const HOOK_LOGIN = "tenant-vault";

/** Policy of the hook in the central Vault. */
export const HOOK_POLICY = "tenant-vault-hook";

/** PKI mount of the root CA in the central Vault. */
export const ROOT_CA_MOUNT = "pki-root";

/** Role of the root CA that issues the TLS certificates of instances. */
export const INSTANCE_CERTIFICATE_ROLE = "instances";
